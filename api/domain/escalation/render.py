"""Writing escalation ladders as a document, and their differences from the built-in ladders."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from api.domain.documents import DocumentFormat
from api.domain.escalation.ladder import BUILT_IN, Delay, Ladder, LadderSet, Rung
from api.domain.escalation.parse import read_ladders
from api.domain.escalation.working_time import DAYS


def document_of(ladders: LadderSet) -> dict[str, Any]:
    """Return ladders as a whole document; reading it returns the same ladders.

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
    """Return the differences from the built-in ladders, one per line.

    >>> changes(BUILT_IN)
    []
    """
    chosen, built_in = (dict(_flatten(document_of(each), "")) for each in (ladders, BUILT_IN))
    paths = [path for path in {**built_in, **chosen} if path not in {"name", "source"}]
    return [
        f"{path}: {chosen.get(path, 'none')} (built in: {built_in.get(path, 'none')})"
        for path in paths
        if chosen.get(path) != built_in.get(path)
    ]


LADDER_FORMAT = DocumentFormat("ladder", BUILT_IN, read_ladders, document_of, document_of, changes)


def _ladder(ladder: Ladder) -> dict[str, Any]:
    return {
        "rungs": [_rung(rung) for rung in ladder.rungs],
        "then_every": _delay(ladder.then_every),
        "answer_within": _delay(ladder.answer_within),
    }


def _rung(rung: Rung) -> dict[str, Any]:
    roles = {"roles": sorted(role.value for role in rung.roles)} if rung.roles else {}
    rotas = {"rota": rung.rota, "on_call": rung.on_call}
    return {
        **roles,
        **{key: name for key, name in rotas.items() if name is not None},
        "after": _delay(rung.after),
    }


def _delay(delay: Delay) -> dict[str, int]:
    return {delay.unit.value: delay.number}


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}"


def _flatten(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield path and JSON text of each part of a document that is shown on one line."""
    if isinstance(value, Mapping) and not path.endswith((".then_every", ".answer_within")):
        for key, inner in value.items():
            yield from _flatten(inner, f"{path}.{key}".strip("."))
    elif isinstance(value, list) and path.endswith(".rungs"):
        for number, inner in enumerate(value):
            yield f"{path}.{number}", json.dumps(inner)
    else:
        yield path, json.dumps(value, ensure_ascii=False)
