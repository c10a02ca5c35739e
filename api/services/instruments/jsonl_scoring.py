"""Answers in files, scored line by line: one JSON object in, one out, and no database."""

import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from api.domain.errors import InvalidAnswers, UnreadableLine
from api.domain.instruments import registry, scoring
from api.domain.instruments.catalogue.pro_ctcae import PRO_CTCAE
from api.domain.instruments.catalogue.pro_ctcae_grading import baseline_adjusted_grade, worst_grade
from api.domain.instruments.definition import Unscored
from api.services import strict_json

LONGEST_LINE = 1_000_000
"""How many bytes a line may have; a questionnaire has a few thousand at most."""

_BOM = b"\xef\xbb\xbf"
_NO_LINES = {
    b"\x1f\x8b": "compressed with gzip: unpack it first, as with gunzip -c FILE | flask --app wsgi score",
    b"\xff\xfe": "UTF-16: JSON lines are UTF-8",
    b"\xfe\xff": "UTF-16: JSON lines are UTF-8",
    b"PK\x03\x04": "a workbook or zip archive: JSON lines are needed, one object a line",
}
_READ = ("instrument", "version", "answers", "options")
_ANSWERED = ("scores", "unscored", "problem")


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Return the lines of a stream one by one; of one that is too long only so much as shows that it is."""
    first = True
    while line := stream.readline(LONGEST_LINE + 1):
        rest = line if len(line) > LONGEST_LINE else b""
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield line.removeprefix(_BOM) if first else line
        first = False


def read_line(line: bytes) -> dict[str, Any]:
    """Return the JSON object a line holds.

    Raises:
        UnreadableLine: It holds none; with what would be right.
    """
    if len(line) > LONGEST_LINE:
        raise UnreadableLine(f"the line is longer than {LONGEST_LINE:,} bytes")
    for mark, words in _NO_LINES.items():
        if line.startswith(mark):
            raise UnreadableLine(f"the input is {words}")
    if not line.strip():
        raise UnreadableLine('the line is blank; {"instrument": …, "answers": {…}} is needed')
    try:
        found = strict_json.read(line)
    except ValueError as error:
        raise UnreadableLine(f"the line is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnreadableLine('the line is no JSON object; {"instrument": …, "answers": {…}} is needed')
    return found


def score_line(said: dict[str, Any]) -> dict[str, Any]:
    """Return the scores of the answers a line holds, or of its series of reports.

    Raises:
        UnreadableLine: It lacks the instrument or the answers, or one is of the wrong kind.
        UnknownInstrument: There is no such instrument.
        InvalidAnswers: An answer or option is not one it takes; each is named.
    """
    if "answers" not in said and isinstance(said.get("series"), list):
        return _score_series(said)
    code, version, answers, options = _parts(said)
    instrument = registry.find(code, version)
    scored = scoring.score(instrument, answers, options)
    shown: dict[str, Any] = {"instrument": instrument.code, "version": instrument.version}
    if scored.options:
        shown["options"] = dict(scored.options)
    shown["scores"] = dict(scored.scores)
    return shown | ({"unscored": dict(scored.unscored)} if scored.unscored else {})


def carried(said: dict[str, Any]) -> dict[str, Any]:
    """Return what else a line holds, to be given back beside its scores: an id, a date, a number.

    Never what an answer says itself: a refused line must not come back with scores, nor a scored one
    with a problem.
    """
    own = {*_READ, *_ANSWERED}
    return {name: value for name, value in said.items() if name not in own and _is_plain(value)}


def as_line(answer: dict[str, Any]) -> bytes:
    """Return the answer to a line as a line; every number so that reading it gives the same double."""
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"


def _score_series(said: dict[str, Any]) -> dict[str, Any]:
    """Return the grades of each report of a series, the worst of each symptom, and the adjusted ones."""
    nothing = score_line({**said, "answers": {}})
    if nothing["instrument"] != PRO_CTCAE.code:
        wrong = f"only {PRO_CTCAE.code} has grades over a series; send answers, a line for each report"
        raise UnreadableLine(f"series: {wrong}", {"series": wrong})
    series = [_score_report(said, f"series.{place}", each) for place, each in enumerate(said["series"])]
    before = said.get("baseline")
    baseline = None if before is None else _score_report(said, "baseline", before)
    results = {}
    for grade in nothing["scores"]:
        later = [report["scores"][grade] for report in series]
        symptom = grade.removesuffix("_composite")
        results[f"{symptom}_worst"] = worst_grade(later)
        at_first = baseline["scores"][grade] if baseline else None
        results[f"{symptom}_baseline_adjusted"] = baseline_adjusted_grade(at_first, later)
    unscored = {name: each.reason for name, each in results.items() if isinstance(each, Unscored)}
    shown = {name: nothing[name] for name in ("instrument", "version", "options")}
    shown["scores"] = {name: None if name in unscored else each for name, each in results.items()}
    shown |= {"unscored": unscored} if unscored else {}
    return shown | {"series": series} | ({"baseline": baseline} if baseline else {})


def _score_report(said: dict[str, Any], place: str, report: Any) -> dict[str, Any]:
    """Return the scores of one report of a series, with what else it holds; a problem names its place."""
    if not isinstance(report, dict) or not isinstance(report.get("answers"), dict):
        wrong = "an object with answers by item is needed"
        raise UnreadableLine(f"{place}: {wrong}", {place: wrong})
    try:
        scored = score_line({**said, "answers": report["answers"]})
    except InvalidAnswers as error:
        named = {f"{place}.{name}": what for name, what in (error.problems or {}).items()}
        raise InvalidAnswers(f"{place}: {error}", named) from error
    return carried(report) | {name: scored[name] for name in ("scores", "unscored") if name in scored}


def _parts(said: dict[str, Any]) -> tuple[str, str | None, dict[str, Any], dict[str, Any]]:
    code, version, answers = said.get("instrument"), said.get("version"), said.get("answers")
    options: Any = {} if said.get("options") is None else said["options"]
    wrong = {
        "instrument": None
        if isinstance(code, str)
        else "the code of an instrument is needed, such as bpi-sf",
        "version": None if version is None or isinstance(version, str) else 'is text, such as "1"',
        "answers": None if isinstance(answers, dict) else "an object of answers by item is needed",
        "options": None if isinstance(options, dict) else "is an object of options by name",
    }
    named = {name: what for name, what in wrong.items() if what is not None}
    if named or not isinstance(code, str) or not isinstance(answers, dict):
        raise UnreadableLine("; ".join(f"{name}: {what}" for name, what in named.items()), named)
    return code, version, answers, options


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int))
