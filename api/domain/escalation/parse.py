"""Ladders as a document: read with nothing guessed, and every problem named with what would be right."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from api.domain.alerts.finding import Tier
from api.domain.authority import Role
from api.domain.documents import LONGEST_NAME, LONGEST_SOURCE, DocumentError, DocumentReading, Table, short
from api.domain.escalation.ladder import BUILT_IN, TIERS, Delay, Ladder, LadderSet, Rung, Unit
from api.domain.escalation.limits import misfits
from api.domain.escalation.working_time import DAYS, MIDNIGHT, Hours, WorkingTime

PARTS = ("name", "source", "hours", "holidays", "ladders")
OF_LADDER = ("rungs", "then_every", "answer_within")
OF_RUNG = ("roles", "rota", "on_call", "after")
MOST_RUNGS, MOST_SPANS, MOST_HOLIDAYS = 10, 10, 400
LONGEST_ROTA = 60
LONGEST = {Unit.SECONDS: 86_400, Unit.MINUTES: 10_080, Unit.HOURS: 744, Unit.WORKING_DAYS: 31}
"""A month, or in the small units as much as anybody would say in them."""

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")


class UnusableLadders(DocumentError):
    """A document holds no ladders; ``problems`` names each place and what would be right."""


def read_ladders(document: Any) -> LadderSet:
    """Read ladders; a part that is left out is as built in, a part that is there is there as a whole.

    Args:
        document: What JSON or TOML gave: ``name``, ``source``, ``hours``, ``holidays`` and ``ladders``.

    Returns:
        The ladders; their calendar has no time zone yet: it is the site's.

    Raises:
        UnusableLadders: With every problem there is.

    >>> ours = {"name": "Ward 3", "source": "Ward 3, team meeting of 1 March 2026"}
    >>> read_ladders(ours | {"hours": {"monday": ["08:00-12:00"]}}).calendar.week[0]
    ((480, 720),)
    >>> read_ladders(ours | {"hours": {"mondy": ["08:00-12:00"]}})
    Traceback (most recent call last):
    api.domain.escalation.parse.UnusableLadders: hours.mondy: is not known; did you mean 'monday'?
    """
    if not isinstance(document, Mapping):
        raise UnusableLadders([("document", f"is not a table of {', '.join(PARTS)}")])
    reading = _LadderReader()
    reading.refuse_unknown("", document, PARTS)
    chosen = reading.table(document.get("ladders", {}), "ladders", [tier.value for tier in TIERS])
    ladders = LadderSet(
        name=reading.text(document.get("name"), "name", LONGEST_NAME),
        source=reading.text(document.get("source", BUILT_IN.source), "source", LONGEST_SOURCE),
        calendar=reading.calendar(document),
        same_day=reading.ladder(chosen, Tier.SAME_DAY, BUILT_IN.same_day),
        routine=reading.ladder(chosen, Tier.ROUTINE, BUILT_IN.routine),
    )
    reading.refuse_unsourced(ladders)
    if reading.problems:
        raise UnusableLadders(reading.problems)
    return ladders


class _LadderReader(DocumentReading):
    def refuse_unsourced(self, ladders: LadderSet) -> None:
        decided = (ladders.calendar, ladders.same_day, ladders.routine)
        if decided == (BUILT_IN.calendar, BUILT_IN.same_day, BUILT_IN.routine):
            return
        if ladders.name == BUILT_IN.name:
            self.refuse(
                "name",
                f"{BUILT_IN.name!r} is the built-in ladders' name, and these differ: name them otherwise",
            )
        if ladders.source == BUILT_IN.source:
            self.refuse("source", "they differ from the built-in ones: say who decided it and when")

    def items(self, value: Any, place: str, most: int) -> Sequence[Any]:
        if isinstance(value, list | tuple) and 1 <= len(value) <= most:
            return value
        self.refuse(place, f"{short(value)} is not a list of 1 to {most}")
        return ()

    def calendar(self, document: Table) -> WorkingTime:
        week = BUILT_IN.calendar.week
        if "hours" in document:
            hours = self.table(document["hours"], "hours", DAYS)
            week = tuple(self._hours(hours[day], f"hours.{day}") if day in hours else () for day in DAYS)
        return WorkingTime(week, self._holidays(document.get("holidays", {})))

    def ladder(self, chosen: Table, tier: Tier, built_in: Ladder) -> Ladder:
        if tier.value not in chosen:
            return built_in
        place = f"ladders.{tier.value}"
        said = self.table(chosen[tier.value], place, OF_LADDER)
        before = len(self.problems)
        rungs = self.items(said.get("rungs"), f"{place}.rungs", MOST_RUNGS)
        ladder = Ladder(
            tuple(self._rung(each, f"{place}.rungs.{number}") for number, each in enumerate(rungs)),
            self._delay(said.get("then_every"), f"{place}.then_every"),
            self._delay(said.get("answer_within"), f"{place}.answer_within"),
        )
        if len(self.problems) == before:
            self.problems += [(f"{place}.{inner}", what) for inner, what in misfits(ladder, tier)]
        return ladder

    def _hours(self, value: Any, place: str) -> Hours:
        if value == []:
            return ()
        spans = [
            self._span(each, f"{place}.{n}") for n, each in enumerate(self.items(value, place, MOST_SPANS))
        ]
        for (_, end), (begin, _) in pairwise(spans):
            if begin < end:
                self.refuse(place, "the spans are not in order, or overlap")
                break
        return tuple(spans)

    def _span(self, value: Any, place: str) -> tuple[int, int]:
        found = _SPAN.fullmatch(value) if isinstance(value, str) else None
        numbers = [int(each) for each in found.groups() if each is not None] if found else []
        begin, end = 0, MIDNIGHT
        if numbers:
            begin, end = (
                numbers[0] * 60 + numbers[1],
                numbers[2] * 60 + numbers[3] if numbers[2:] else MIDNIGHT,
            )
        if not numbers or begin >= end:
            what = f'{short(value)} is no span of a day: say it as "08:00-16:30"; a day ends at 24:00'
            self.refuse(place, what)
        return begin, end

    def _holidays(self, value: Any) -> Mapping[date, str]:
        if not isinstance(value, Mapping) or len(value) > MOST_HOLIDAYS:
            self.refuse("holidays", f"is not a table of at most {MOST_HOLIDAYS} days, each with its name")
            return {}
        days = {}
        for key, name in value.items():
            place = f"holidays.{short(key, quoted=False)}"
            if not (isinstance(key, str) and re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", key)) or not _day(
                key
            ):
                self.refuse(place, "is no day of this century, such as 2026-12-25")
            else:
                days[date.fromisoformat(key)] = self.text(name, place, LONGEST_NAME)
        return dict(sorted(days.items()))

    def _rung(self, value: Any, place: str) -> Rung:
        said = self.table(value, place, OF_RUNG)
        names = {role.value: role for role in Role}
        roles = set()
        for number, word in enumerate(
            self.items(said["roles"], f"{place}.roles", len(names)) if "roles" in said else ()
        ):
            if isinstance(word, str) and word in names:
                roles.add(names[word])
            else:
                self.refuse(
                    f"{place}.roles.{number}", f"{short(word)} is no role; there are {', '.join(names)}"
                )
        rota, cover = (
            self.text(said[key], f"{place}.{key}", LONGEST_ROTA) if key in said else None
            for key in ("rota", "on_call")
        )
        if "roles" not in said and rota is None:
            self.refuse(place, "names nobody: give roles, a rota, or both")
        return Rung(frozenset(roles), self._delay(said.get("after"), f"{place}.after"), rota, cover)

    def _delay(self, value: Any, place: str) -> Delay:
        units = [unit.value for unit in Unit]
        if isinstance(value, Mapping) and len(value) == 1:
            (unit, number), *_ = value.items()
            whole = isinstance(number, int) and not isinstance(number, bool)
            if unit in units and whole and 0 <= number <= LONGEST[Unit(unit)]:
                return Delay(number, Unit(unit))
        limits = ", ".join(f'{{"{unit}": 0 to {most}}}' for unit, most in LONGEST.items())
        self.refuse(place, f"{short(value)} is no delay: say one of {limits}, a whole number")
        return Delay(0)


def _day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
