"""Working days on a site's calendar, the moments of a ladder's rungs, and ladders as documents."""

import textwrap
import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import Tier
from api.domain.authority import Role
from api.domain.documents import UnusableDocument
from api.domain.escalation.ladder import BUILT_IN, Delay, Ladder, Rung, Unit, due_at, version_of
from api.domain.escalation.parse import read_ladders
from api.domain.escalation.render import changes, document_of
from api.domain.escalation.working_time import MIDNIGHT, OFFICE, WorkingTime
from api.domain.schedule import moment_of, zone_of

NURSES = frozenset({Role.NURSE})
DAY = timedelta(days=1)
ZONES = ("UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut")
"""Clocks that change by an hour at night, at midnight, by half an hour, and not at all."""
BERLIN = WorkingTime(zone="Europe/Berlin")
OURS: dict[str, Any] = {"name": "Ward 3", "source": "Ward 3, team meeting of 1 March 2026"}


def berlin(text: str) -> datetime:
    """Return the moment of a local time in Berlin."""
    wall = datetime.fromisoformat(text)
    return moment_of(wall.date(), wall.time(), zone_of("Europe/Berlin"))


def read_in_berlin(moment: datetime) -> str:
    return moment.astimezone(zone_of("Europe/Berlin")).strftime("%a %d %b %H:%M")


def two_days_of(*holidays: str) -> WorkingTime:
    return WorkingTime(holidays={date.fromisoformat(day): "closed" for day in holidays}, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("opened", "holidays", "due"),
    [
        ("2026-03-02 10:30", (), "Wed 04 Mar 10:30"),
        ("2026-03-05 16:59", (), "Mon 09 Mar 16:59"),
        ("2026-03-06 10:30", (), "Tue 10 Mar 10:30"),
        ("2026-03-07 03:00", (), "Wed 11 Mar 08:00"),  # a Saturday counts from Monday morning
        ("2026-03-06 17:00", (), "Wed 11 Mar 08:00"),  # work is over as the clock strikes
        ("2026-03-06 16:59", (), "Tue 10 Mar 16:59"),
        ("2026-04-02 10:30", ("2026-04-03", "2026-04-06"), "Wed 08 Apr 10:30"),  # Easter
        ("2026-12-23 10:30", ("2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01"), "Tue 29 Dec 10:30"),
        ("2026-03-27 10:30", (), "Tue 31 Mar 10:30"),  # the clocks go forward in between
        ("2026-10-23 10:30", (), "Tue 27 Oct 10:30"),  # and back
    ],
)
def test_two_working_days_are_counted_on_the_sites_calendar(
    opened: str, holidays: tuple[str, ...], due: str
) -> None:
    two = Rung(NURSES, Delay(2, Unit.WORKING_DAYS))
    assert read_in_berlin(due_at(two, berlin(opened), two_days_of(*holidays))) == due


def test_a_delay_that_a_day_is_too_short_for_ends_the_next_morning() -> None:
    short_fridays = WorkingTime((OFFICE,) * 4 + (((480, 720),),) + ((),) * 2, zone="Europe/Berlin")
    due = short_fridays.after_days(berlin("2026-03-05 16:00"), 1)
    assert read_in_berlin(due) == "Mon 09 Mar 08:00"


def test_a_break_at_noon_is_not_worked_in() -> None:
    with_a_break = WorkingTime((((480, 720), (780, 1020)),) * 7, zone="Europe/Berlin")
    assert not with_a_break.is_open(berlin("2026-03-02 12:00"))
    assert read_in_berlin(with_a_break.after_days(berlin("2026-03-02 12:10"), 1)) == "Tue 03 Mar 13:00"


@pytest.mark.parametrize("days", [0, 1, 2, 31])
def test_a_site_that_never_works_counts_plain_days_and_does_not_loop(days: int) -> None:
    never = WorkingTime(week=((),) * 7, holidays={date(2026, 3, 3): "closed"})
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert never.opens_at(noon) is None
    assert never.after_days(noon, days) == noon + days * DAY


def test_a_year_of_holidays_in_a_row_ends() -> None:
    closed = {date(2026, 3, 3) + n * DAY: "closed" for n in range(400)}
    here = WorkingTime(week=((),) + (OFFICE,) + ((),) * 5, holidays=closed)  # Tuesdays alone
    due = here.after_days(datetime(2026, 3, 2, 12, tzinfo=UTC), 1)
    assert due == datetime(2027, 4, 20, 8, tzinfo=UTC)


def test_hours_removed_by_a_change_of_clocks_are_not_working_hours() -> None:
    sundays = ((120, 150), (165, 190), (230, 240))  # 2:00 to 2:30, 2:45 to 3:10, 3:50 to 4:00
    night = WorkingTime(week=((),) * 6 + (sundays,), zone="Europe/Berlin")
    spans = [berlin("2026-03-29 03:00") + n * timedelta(minutes=10) for n in range(7)]
    assert [night.is_open(moment) for moment in spans] == [True, True, True, False, False, True, False]


def test_a_site_that_works_round_the_clock_is_always_open() -> None:
    always = WorkingTime((((0, MIDNIGHT),),) * 7, zone="Europe/Berlin")
    night = berlin("2026-03-07 23:59") + timedelta(seconds=59)
    assert always.opens_at(night) == night
    assert always.after_days(night, 1) == night + DAY
    assert always.opens_at(night + timedelta(seconds=1)) == night + timedelta(seconds=1)


HOURS = st.lists(st.integers(0, MIDNIGHT), max_size=6, unique=True).map(
    lambda minutes: tuple((begin, end) for begin, end in zip(*[iter(sorted(minutes))] * 2, strict=False))
)
CALENDARS = st.builds(
    WorkingTime,
    week=st.tuples(*[st.one_of(st.just(OFFICE), HOURS)] * 7),
    holidays=st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.just("closed"), max_size=20),
    zone=st.sampled_from(ZONES),
)
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * timedelta(minutes=1)
)
DELAYS = st.builds(Delay, st.integers(0, 31), st.sampled_from(Unit))


@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(0), 9 * DAY), DELAYS)
def test_a_later_opening_is_never_due_earlier(
    calendar: WorkingTime, opened_at: datetime, later: timedelta, delay: Delay
) -> None:
    rung = Rung(NURSES, delay)
    first, second = (due_at(rung, moment, calendar) for moment in (opened_at, opened_at + later))
    assert opened_at <= first <= second


@given(CALENDARS, MOMENTS, st.sampled_from(Unit))
def test_a_longer_delay_is_never_over_earlier(calendar: WorkingTime, opened_at: datetime, unit: Unit) -> None:
    due = [due_at(Rung(NURSES, Delay(number, unit)), opened_at, calendar) for number in range(6)]
    assert due == sorted(due)


@given(CALENDARS, MOMENTS, st.integers(0, 10))
def test_a_delay_in_working_days_ends_in_working_hours(
    calendar: WorkingTime, opened_at: datetime, days: int
) -> None:
    due = calendar.after_days(opened_at, days)
    assert calendar.is_open(due) or not any(calendar.week)


@given(MOMENTS, st.integers(1, 10), st.sampled_from(ZONES))
def test_in_an_office_working_days_keep_the_time_on_the_clock(
    opened_at: datetime, days: int, zone: str
) -> None:
    office = WorkingTime(zone=zone)
    opens = office.opens_at(opened_at)
    assert opens is not None
    there, due = (moment.astimezone(zone_of(zone)) for moment in (opens, office.after_days(opened_at, days)))
    assert there.time() == due.time()
    worked = sum((there.date() + n * DAY).weekday() < 5 for n in range((due.date() - there.date()).days))
    assert worked == days


def test_the_built_in_ladders_keep_their_delays_and_the_routine_one_counts_working_days() -> None:
    saturday = berlin("2026-03-07 03:00")
    due = {
        tier: [read_in_berlin(due_at(rung, saturday, BERLIN)) for rung in ladder.rungs]
        for tier in (Tier.SAME_DAY, Tier.ROUTINE)
        if (ladder := BUILT_IN.for_tier(tier))
    }
    assert due == {
        Tier.SAME_DAY: ["Sat 07 Mar 03:00", "Sat 07 Mar 03:30", "Sat 07 Mar 05:00"],
        Tier.ROUTINE: ["Sat 07 Mar 03:00", "Wed 11 Mar 08:00", "Thu 12 Mar 08:00"],
    }
    assert BUILT_IN.for_tier(Tier.SELF_CARE) is None


def test_past_the_top_the_last_rung_is_repeated() -> None:
    ladder = BUILT_IN.same_day
    now = berlin("2026-03-07 09:00")
    assert [ladder.is_top(number) for number in (2, 3, 7)] == [False, True, True]
    assert ladder.rung(7) == ladder.rungs[-1]
    assert ladder.next_due(3, since=now - DAY, now=now, calendar=BERLIN) == now + timedelta(hours=2)
    assert ladder.next_due(1, since=now, now=now, calendar=BERLIN) == now + timedelta(minutes=30)


def test_a_dumped_document_reads_as_the_same_ladders() -> None:
    ours = read_ladders(
        OURS
        | {
            "hours": {"monday": ["00:00-12:00", "13:00-24:00"], "sunday": []},
            "holidays": {"2026-12-25": "Christmas Day"},
            "ladders": {
                "same_day": a_ladder({"roles": ["nurse"], "on_call": "night", "after": {"minutes": 0}})
            },
        }
    )
    assert read_ladders(document_of(ours)) == ours
    assert read_ladders(document_of(BUILT_IN)) == read_ladders({"name": "default"}) == BUILT_IN
    assert ours.calendar.week[0] == ((0, 720), (780, 1440))
    assert ours.rotas() == {"night"}
    assert ours.routine == BUILT_IN.routine
    assert version_of(document_of(ours)) != version_of(document_of(BUILT_IN))
    assert changes(ours)[0] == 'hours.monday: ["00:00-12:00", "13:00-24:00"] (built in: ["08:00-17:00"])'
    assert 'holidays.2026-12-25: "Christmas Day" (built in: none)' in changes(ours)
    assert len(changes(ours)) == 10


def a_ladder(*rungs: Any, **changed: Any) -> dict[str, Any]:
    """Return a ladder as a document."""
    last = {"roles": ["coordinator"], "after": {"hours": 1}}
    values = {"rungs": [*rungs, last], "then_every": {"hours": 1}, "answer_within": {"hours": 8}}
    return values | changed


def rung(**fields: Any) -> dict[str, Any]:
    """Return a rung of nurses, notified at once."""
    return {"roles": ["nurse"], "after": {"minutes": 0}} | fields


def test_the_example_of_the_page_is_read_as_described() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/ladders.md").read_text()
    example = page[page.index("    name =") : page.index("- **A rung**")]
    ours = read_ladders(tomllib.loads(textwrap.dedent(example)))
    assert (ours.name, ours.rotas()) == ("Ward 3", {"night", "second"})
    assert [len(hours) for hours in ours.calendar.week] == [2, 0, 0, 0, 1, 0, 0]
    assert ours.same_day.rungs[1] == Rung(rota="second", after=Delay(20, Unit.MINUTES))
    assert ours.routine == BUILT_IN.routine


@pytest.mark.parametrize(
    ("document", "place", "what"),
    [
        ([], "document", "is not a table"),
        ({}, "name", "is missing"),
        ({"name": "default", "hours": {}}, "name", "is the built-in ladders' name"),
        ({"name": "x", "hours": {}}, "source", "name who decided it and when"),
        (OURS | {"hour": {}}, "hour", "did you mean 'hours'?"),
        (OURS | {"hours": []}, "hours", "is not a table of monday"),
        (OURS | {"hours": {"mon": ["08:00-12:00"]}}, "hours.mon", "did you mean 'monday'?"),
        (OURS | {"hours": {"monday": "08:00-12:00"}}, "hours.monday", "is not a list of 1 to 10"),
        (OURS | {"hours": {"monday": ["8-12"]}}, "hours.monday.0", 'write it as "08:00-16:30"'),
        (OURS | {"hours": {"monday": ["12:00-08:00"]}}, "hours.monday.0", "is no span of a day"),
        (OURS | {"hours": {"monday": ["08:00-12:00", "11:00-13:00"]}}, "hours.monday", "overlap"),
        (OURS | {"holidays": ["2026-12-25"]}, "holidays", "each with its name"),
        (OURS | {"holidays": {"2026-02-30": "no day"}}, "holidays.2026-02-30", "is no day"),
        (OURS | {"holidays": {"25.12.2026": "x"}}, "holidays.25.12.2026", "is no day"),
        (OURS | {"holidays": {"2026-12-25": ""}}, "holidays.2026-12-25", "one line of text"),
        (OURS | {"ladders": {"self_care": {}}}, "ladders.self_care", "the names are same_day, routine"),
        (OURS | {"ladders": {"routine": {}}}, "ladders.routine.rungs", "is not a list of 1 to 10"),
    ],
)
def test_an_unusable_document_is_refused_by_path(document: Any, place: str, what: str) -> None:
    refused = problems(document)
    assert what in refused[place], refused


@pytest.mark.parametrize(
    ("tier", "ladder", "place", "what"),
    [
        ("same_day", a_ladder(rung(roles=["doctor"])), "rungs.0.roles.0", "is no role; there are nurse"),
        ("same_day", a_ladder({"after": {"minutes": 0}}), "rungs.0", "names no recipient"),
        ("same_day", a_ladder(rung(after="1 h")), "rungs.0.after", "is no delay"),
        ("same_day", a_ladder(rung(after={"hours": True})), "rungs.0.after", "a whole number"),
        ("same_day", a_ladder(rung(after={"hours": 1, "minutes": 1})), "rungs.0.after", "is no delay"),
        ("same_day", a_ladder(rung(after={"hours": 745})), "rungs.0.after", '{"hours": 0 to 744}'),
        ("same_day", a_ladder(rung(after={"minutes": 5})), "rungs.0.after", "is notified at once"),
        ("same_day", a_ladder(rung(), rung(after={"hours": 2})), "rungs.2.after", "is before the rung below"),
        ("same_day", a_ladder(rung(after={"working_days": 0})), "rungs.0.after", "does not wait"),
        ("same_day", a_ladder(rung(), then_every={"minutes": 4}), "then_every", "5 minutes at least"),
        ("same_day", a_ladder(rung(), answer_within={"hours": 0}), "answer_within", "no time to answer"),
        ("same_day", a_ladder(rung(rota="")), "rungs.0.rota", "one line of text of 1 to 60"),
        ("same_day", a_ladder(rung(who="me")), "rungs.0.who", "is not known"),
        ("same_day", {"rungs": [{"rota": "day", "after": {"hours": 0}}]}, "then_every", "is no delay"),
        ("routine", a_ladder(rung(), rung(after={"working_days": 1})), "rungs.2.after", "do not go together"),
        (
            "routine",
            a_ladder(rung(after={"working_days": 0}, on_call="night")),
            "rungs.0.on_call",
            "needs no cover",
        ),
        (
            "routine",
            a_ladder() | {"rungs": [{"rota": "day", "after": {"hours": 0}}]},
            "rungs.0.roles",
            "the last rung names roles",
        ),
    ],
)
def test_an_unusable_ladder_is_refused_by_path(
    tier: str, ladder: dict[str, Any], place: str, what: str
) -> None:
    refused = problems(OURS | {"ladders": {tier: ladder}})
    assert what in refused[f"ladders.{tier}.{place}"], refused


def test_of_a_thousand_unknown_names_twenty_are_reported() -> None:
    assert len(problems(OURS | {f"x{n}": 1 for n in range(1000)})) == 20


def test_a_deeply_nested_document_is_refused_by_path() -> None:
    deep: list[Any] = reduce(lambda inner, _: [inner], range(5000), [])
    assert list(problems(OURS | {"name": deep, "hours": deep})) == ["name", "hours"]


def problems(document: Any) -> dict[str, str]:
    """Return the problems of a document by path."""
    with pytest.raises(UnusableDocument) as refused:
        read_ladders(document)
    return dict(refused.value.problems)


def test_a_ladder_of_one_rung_is_at_its_top_at_once() -> None:
    alone = Ladder((Rung(NURSES),), then_every=Delay(1), answer_within=Delay(8))
    assert alone.is_top(1)
