"""Reader of the worked examples: answers to one instrument, and the scores in the source."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "data" / "instruments"
RANGE = re.compile(r"(?P<stem>.*_)(?P<first>\d+)\.\.(?P<last>\d+)")


@dataclass(frozen=True)
class Example:
    """One row: ``vas_1..7=5`` answers seven items, ``aids=GRIP+REACH`` is a list, ``di=-`` not scored."""

    name: str
    answers: dict[str, object]
    options: dict[str, int | bool]
    scores: dict[str, float | None]


def examples_of(code: str) -> list[Example]:
    """Return the worked examples of an instrument; their first line is the source."""
    _, lines = _file(code)
    return [
        Example(
            row["example"],
            dict(_pairs(row["answers"])),
            {name: _option(value) for name, value in _pairs(row["options"])},
            {name: None if value == "-" else float(value) for name, value in _pairs(row["scores"])},
        )
        for row in csv.DictReader(lines)
    ]


def source_of(code: str) -> str:
    """Return the source of the worked examples of an instrument."""
    return _file(code)[0]


def _file(code: str) -> tuple[str, list[str]]:
    first, *lines = (FOLDER / f"{code}.csv").read_text(encoding="utf-8").splitlines()
    assert first.startswith("# Source: ")
    return first.removeprefix("# Source: "), lines


def _pairs(text):
    for word in text.split():
        name, value = word.split("=")
        for item in _names(name):
            yield item, _read(value)


def _names(name):
    span = RANGE.fullmatch(name)
    if span is None:
        return [name]
    return [f"{span['stem']}{n}" for n in range(int(span["first"]), int(span["last"]) + 1)]


def _read(value):
    if value == "-":
        return value
    if value.isdigit():
        return int(value)
    return float(value) if re.fullmatch(r"[\d.]+", value) else value.split("+")


def _option(value):
    return value == ["true"] if value in (["true"], ["false"]) else int(value)
