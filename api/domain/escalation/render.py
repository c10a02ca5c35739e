"""Ladders written out: as a document to edit, and what they say otherwise than built in."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from api.domain.escalation.ladder import BUILT_IN, Delay, Ladder, LadderSet, Rung
from api.domain.escalation.working_time import DAYS


def document_of(ladders: LadderSet) -> dict[str, Any]:
    """Return ladders as a whole document; reading it gives the same ladders back.

    >>> document_of(BUILT_IN)["hours"]["monday"], document_of(BUILT_IN)["ladders"]["routine"]["rungs"][1]
    (['08:00-17:00'], {'roles': ['clinician', 'nurse'], 'after': {'working_days': 2}})
    """
    week = zip(DAYS, ladders.calendar.week, strict=True)
    return {
        "name": ladders.name,
        "source": ladders.source,
        "hours": {
            day: [f"{_clock(begin)}-{_clock(end)}" for begin, end in hours] for day, hours in week if hours
        },
        "holidays": {day.isoformat(): name for day, name in ladders.calendar.holidays.items()},
        "ladders": {"same_day": _ladder(ladders.same_day), "routine": _ladder(ladders.routine)},
    }


def changes(ladders: LadderSet) -> list[str]:
    """Return what ladders say otherwise than the built-in ones, a line each.

    >>> changes(BUILT_IN)
    []
    """
    now, before = (dict(_flat(document_of(each), "")) for each in (ladders, BUILT_IN))
    places = [place for place in {**before, **now} if place not in {"name", "source"}]
    return [
        f"{place}: {now.get(place, 'none')} (built in: {before.get(place, 'none')})"
        for place in places
        if now.get(place) != before.get(place)
    ]


def _ladder(ladder: Ladder) -> dict[str, Any]:
    return {
        "rungs": [_rung(rung) for rung in ladder.rungs],
        "then_every": _delay(ladder.then_every),
        "answer_within": _delay(ladder.answer_within),
    }


def _rung(rung: Rung) -> dict[str, Any]:
    roles = {"roles": sorted(role.value for role in rung.roles)} if rung.roles else {}
    named = {"rota": rung.rota, "on_call": rung.on_call}
    return {
        **roles,
        **{key: name for key, name in named.items() if name is not None},
        "after": _delay(rung.after),
    }


def _delay(delay: Delay) -> dict[str, int]:
    return {delay.unit.value: delay.number}


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}"


def _flat(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Give each part of a document that is written in one line, by its place."""
    if isinstance(value, Mapping) and not place.endswith((".then_every", ".answer_within")):
        for key, inner in value.items():
            yield from _flat(inner, f"{place}.{key}".strip("."))
    elif isinstance(value, list) and place.endswith(".rungs"):
        for number, inner in enumerate(value):
            yield f"{place}.{number}", json.dumps(inner)
    else:
        yield place, json.dumps(value, ensure_ascii=False)
