"""Strict reading of escalation ladders as a document."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from api.domain.alerts.finding import Tier
from api.domain.authority import Role
from api.domain.documents import MAX_NAME, MAX_SOURCE, DocumentReader, Table, amount, shorten
from api.domain.escalation.contradictions import contradictions
from api.domain.escalation.ladder import BUILT_IN, TIERS, Delay, Ladder, LadderSet, Rung, Unit
from api.domain.escalation.working_time import DAYS, MIDNIGHT, Hours, WorkingTime

FIELDS = ("name", "source", "hours", "holidays", "ladders")
LADDER_FIELDS = ("rungs", "then_every", "answer_within")
RUNG_FIELDS = ("roles", "rota", "on_call", "after")
MAX_RUNGS, MAX_SPANS, MAX_HOLIDAYS = 10, 10, 400
MAX_ROTA_NAME = 60
DELAY_LIMITS = {
    Unit.SECONDS.value: (0, 86_400),
    Unit.MINUTES.value: (0, 10_080),
    Unit.HOURS.value: (0, 744),
    Unit.WORKING_DAYS.value: (0, 31),
}
"""Lowest and highest number of each unit; the longest delay is a month."""

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


def read_ladders(document: Any) -> LadderSet:
    """Read ladders; a part that is left out is the built-in one, a part that is given replaces it whole.

    Args:
        document: Parsed JSON or TOML with ``name``, ``source``, ``hours``, ``holidays`` and ``ladders``.

    Returns:
        The ladders. Their calendar has no time zone yet; the site's applies.

    Raises:
        UnusableDocument: The document does not hold ladders; with every problem.

    >>> ours = {"name": "Ward 3", "source": "Ward 3, team meeting of 1 March 2026"}
    >>> read_ladders(ours | {"hours": {"monday": ["08:00-12:00"]}}).calendar.week[0]
    ((480, 720),)
    >>> read_ladders(ours | {"hours": {"mondy": ["08:00-12:00"]}})
    Traceback (most recent call last):
    api.domain.documents.UnusableDocument: hours.mondy: is not known; did you mean 'monday'?
    """
    reader = _LadderReader()
    root = reader.root(document, FIELDS)
    chosen = reader.table(root.get("ladders", {}), "ladders", [tier.value for tier in TIERS])
    ladders = LadderSet(
        name=reader.text(root.get("name"), "name", MAX_NAME),
        source=reader.text(root.get("source", BUILT_IN.source), "source", MAX_SOURCE),
        calendar=reader.calendar(root),
        same_day=reader.ladder(chosen, Tier.SAME_DAY, BUILT_IN.same_day),
        routine=reader.ladder(chosen, Tier.ROUTINE, BUILT_IN.routine),
    )
    reader.refuse_unsourced(ladders)
    return reader.finish(ladders)


class _LadderReader(DocumentReader):
    def refuse_unsourced(self, ladders: LadderSet) -> None:
        decided = (ladders.calendar, ladders.same_day, ladders.routine)
        if decided == (BUILT_IN.calendar, BUILT_IN.same_day, BUILT_IN.routine):
            return
        if ladders.name == BUILT_IN.name:
            taken = "is the built-in ladders' name, and these differ: name them otherwise"
            self.refuse("name", f"{BUILT_IN.name!r} {taken}")
        if ladders.source == BUILT_IN.source:
            self.refuse("source", "they differ from the built-in ones: name who decided it and when")

    def calendar(self, document: Table) -> WorkingTime:
        week = BUILT_IN.calendar.week
        if "hours" in document:
            hours = self.table(document["hours"], "hours", DAYS)
            week = tuple(self._hours(hours[day], f"hours.{day}") if day in hours else () for day in DAYS)
        return WorkingTime(week, self._holidays(document.get("holidays", {})))

    def ladder(self, chosen: Table, tier: Tier, built_in: Ladder) -> Ladder:
        if tier.value not in chosen:
            return built_in
        path = f"ladders.{tier.value}"
        table = self.table(chosen[tier.value], path, LADDER_FIELDS)
        before = len(self.problems)
        rungs = self.items(table.get("rungs"), f"{path}.rungs", MAX_RUNGS)
        ladder = Ladder(
            tuple(self._rung(each, f"{path}.rungs.{number}") for number, each in enumerate(rungs)),
            self._delay(table.get("then_every"), f"{path}.then_every"),
            self._delay(table.get("answer_within"), f"{path}.answer_within"),
        )
        if len(self.problems) == before:
            self.problems += [(f"{path}.{inner}", reason) for inner, reason in contradictions(ladder, tier)]
        return ladder

    def _hours(self, value: Any, path: str) -> Hours:
        if value == []:
            return ()
        items = self.items(value, path, MAX_SPANS)
        spans = [self._span(each, f"{path}.{number}") for number, each in enumerate(items)]
        if any(begin < end for (_, end), (begin, _) in pairwise(spans)):
            self.refuse(path, "the spans are not in order, or overlap")
        return tuple(spans)

    def _span(self, value: Any, path: str) -> tuple[int, int]:
        found = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if found:
            first, second, *last = (int(each) for each in found.groups() if each is not None)
            begin, end = first * 60 + second, last[0] * 60 + last[1] if last else MIDNIGHT
            if begin < end:
                return begin, end
        reason = 'is no span of a day: write it as "08:00-16:30"; a day ends at 24:00'
        self.refuse(path, f"{shorten(value)} {reason}")
        return 0, MIDNIGHT

    def _holidays(self, value: Any) -> Mapping[date, str]:
        if not isinstance(value, Mapping) or len(value) > MAX_HOLIDAYS:
            self.refuse("holidays", f"is not a table of at most {MAX_HOLIDAYS} days, each with its name")
            return {}
        days = {}
        for key, name in value.items():
            path = f"holidays.{shorten(key, quoted=False)}"
            day = _day(key)
            if day is None:
                self.refuse(path, "is no day of this century, such as 2026-12-25")
            else:
                days[day] = self.text(name, path, MAX_NAME)
        return dict(sorted(days.items()))

    def _rung(self, value: Any, path: str) -> Rung:
        table = self.table(value, path, RUNG_FIELDS)
        roles = self._roles(table["roles"], f"{path}.roles") if "roles" in table else frozenset()
        rota, cover = (
            self.text(table[key], f"{path}.{key}", MAX_ROTA_NAME) if key in table else None
            for key in ("rota", "on_call")
        )
        if "roles" not in table and rota is None:
            self.refuse(path, "names no recipient: give roles, a rota, or both")
        return Rung(roles, self._delay(table.get("after"), f"{path}.after"), rota, cover)

    def _roles(self, value: Any, path: str) -> frozenset[Role]:
        known = {role.value: role for role in Role}
        roles = set()
        for number, name in enumerate(self.items(value, path, len(known))):
            if isinstance(name, str) and name in known:
                roles.add(known[name])
            else:
                self.refuse(f"{path}.{number}", f"{shorten(name)} is no role; there are {', '.join(known)}")
        return frozenset(roles)

    def _delay(self, value: Any, path: str) -> Delay:
        found = amount(value, DELAY_LIMITS)
        if found is not None:
            unit, number = found
            return Delay(number, Unit(unit))
        limits = ", ".join(f'{{"{unit}": {low} to {high}}}' for unit, (low, high) in DELAY_LIMITS.items())
        self.refuse(path, f"{shorten(value)} is no delay: use one of {limits}, a whole number")
        return Delay(0)


def _day(key: Any) -> date | None:
    if not isinstance(key, str) or not _DAY.fullmatch(key):
        return None
    try:
        return date.fromisoformat(key)
    except ValueError:
        return None
