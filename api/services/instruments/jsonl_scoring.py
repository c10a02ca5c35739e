"""Scoring of answers in files: one JSON object per line in and out, without a database."""

import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from api.domain.errors import InvalidAnswers, UnreadableLine
from api.domain.instruments import registry, scoring
from api.domain.instruments.catalogue.pro_ctcae import PRO_CTCAE
from api.domain.instruments.catalogue.pro_ctcae_grading import baseline_adjusted_grade, worst_grade
from api.domain.instruments.scores import Unscored
from api.services import strict_json

LONGEST_LINE = 1_000_000
"""Maximum bytes of a line; a questionnaire has a few thousand."""

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
    """Yield the lines of a stream; one that is too long is cut just above the limit."""
    first = True
    while line := stream.readline(LONGEST_LINE + 1):
        rest = line if len(line) > LONGEST_LINE else b""
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield line.removeprefix(_BOM) if first else line
        first = False


def read_line(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line.

    Raises:
        UnreadableLine: The line is not a JSON object; the message names the valid form.
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


def score_line(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the scores of the answers a line holds, or of its series of reports.

    Raises:
        UnreadableLine: Instrument or answers are missing, or of the wrong type.
        UnknownInstrument: No such instrument exists.
        InvalidAnswers: An answer or option is invalid; each is named.
    """
    if "answers" not in fields and isinstance(fields.get("series"), list):
        return _score_series(fields)
    code, version, answers, options = _parts(fields)
    instrument = registry.find(code, version)
    scored = scoring.score(instrument, answers, options)
    shown: dict[str, Any] = {"instrument": instrument.code, "version": instrument.version}
    if scored.options:
        shown["options"] = dict(scored.options)
    shown["scores"] = dict(scored.scores)
    return shown | ({"unscored": dict(scored.unscored)} if scored.unscored else {})


def carried(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the other fields of a line, to repeat beside its scores: an id, a date, a number.

    Fields of the output are left out: a rejected line must not return with scores, nor a scored one
    with a problem.
    """
    own = {*_READ, *_ANSWERED}
    return {name: value for name, value in fields.items() if name not in own and _is_plain(value)}


def as_line(answer: dict[str, Any]) -> bytes:
    """Return a result as one line of JSON; numbers keep every digit of the double."""
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"


def _score_series(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the grades of each report of a series, with worst and adjusted grades by symptom."""
    nothing = score_line({**fields, "answers": {}})
    if nothing["instrument"] != PRO_CTCAE.code:
        wrong = f"only {PRO_CTCAE.code} has grades over a series; send answers, a line for each report"
        raise UnreadableLine(f"series: {wrong}", {"series": wrong})
    series = [_score_report(fields, f"series.{number}", each) for number, each in enumerate(fields["series"])]
    before = fields.get("baseline")
    baseline = None if before is None else _score_report(fields, "baseline", before)
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


def _score_report(fields: dict[str, Any], path: str, report: Any) -> dict[str, Any]:
    """Return the scores of one report of a series, with its other fields; a problem names its path."""
    if not isinstance(report, dict) or not isinstance(report.get("answers"), dict):
        wrong = "an object with answers by item is needed"
        raise UnreadableLine(f"{path}: {wrong}", {path: wrong})
    try:
        scored = score_line({**fields, "answers": report["answers"]})
    except InvalidAnswers as error:
        named = {f"{path}.{name}": problem for name, problem in (error.problems or {}).items()}
        raise InvalidAnswers(f"{path}: {error}", named) from error
    return carried(report) | {name: scored[name] for name in ("scores", "unscored") if name in scored}


def _parts(fields: dict[str, Any]) -> tuple[str, str | None, dict[str, Any], dict[str, Any]]:
    code, version, answers = fields.get("instrument"), fields.get("version"), fields.get("answers")
    options: Any = {} if fields.get("options") is None else fields["options"]
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
