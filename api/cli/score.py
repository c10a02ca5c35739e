"""Command that scores questionnaires from a stream of answers."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import click

from api.domain.errors import DomainError
from api.errors import describe
from api.services.instruments.jsonl_scoring import as_line, carried, lines_of, read_line, score_line

log = logging.getLogger(__name__)

Scored = Callable[[dict[str, Any]], dict[str, Any]]


@click.command("score")
def score_command() -> None:
    """Score questionnaires: a JSON object a line in, a JSON object a line out.

    Needs no database and no server. Each line, readable or not, gives one line of
    output, in the same order. A newline at the end is not a line. Retired
    instruments are scored as well.

    \b
    flask --app wsgi score < answers.jsonl > scores.jsonl

    \b
    in   {"instrument": "bpi-sf", "answers": {"worst": 7, "activity": null}}
    out  {"instrument": "bpi-sf", "version": "1",
          "scores": {"severity": null, "interference": null, "worst": 7.0},
          "unscored": {"severity": "1 of 4 items answered, 4 are needed",
          "interference": "0 of 7 items answered, 4 are needed"}}
    or   {"problem": {"type": "/problems/invalid-answers", "title": "Invalid answers",
          "status": 422, "detail": "worst: 11 is not a whole number in 0..10",
          "errors": {"worst": "11 is not a whole number in 0..10"}, "line": 1}}
    (each on one line)

    \b
    instrument  its code
    answers     by item; an absent or null answer is missing, never 0
    options     by name, where the instrument has some; the output names all of them
    version     of the instrument; left out, the newest
    series      pro-ctcae only, instead of answers: reports in time order, such as
                [{"answers": {"51A": 3, "51B": 2, "51C": 2}}, ...]; baseline is a
                report before them. The output has "51_worst" and "51_baseline_adjusted"
                (the worst where it is worse than baseline, else 0: not worse than
                before, never "no symptom") and the grades of every report.
    Any other member that is text, a number, true, false or null (an id, a date) is
    repeated in the output.

    A score that cannot be computed is null, with its reason in "unscored". Numbers
    keep every digit of the double.

    \b
    Exit status: 0 every line was scored, 1 some lines have a problem, 74 the output cannot
    be written, 130 interrupted.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    out, problems = sys.stdout.buffer, 0
    for number, line in enumerate(lines_of(sys.stdin.buffer), 1):
        answer = answer_to(line, number)
        problems += "problem" in answer
        out.write(as_line(answer))
        out.flush()
    if problems:
        click.echo(f"{problems} lines have a problem", err=True)
        sys.exit(1)


def answer_to(line: bytes, number: int, *, score: Scored = score_line) -> dict[str, Any]:
    """Return the output for one line: its scores or its problem, also for a bug in ``score``."""
    fields: dict[str, Any] = {}
    try:
        fields = read_line(line)
        return carried(fields) | score(fields)
    except DomainError as error:
        problem = describe(error)
    except Exception as error:
        log.exception("a line could not be scored", extra={"error": type(error).__name__})
        problem = {
            "type": "/problems/internal-error",
            "title": HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
            "status": 500,
            "detail": "this line could not be scored, because of a bug in the software",
        }
    return {**carried(fields), "problem": problem | {"line": number}}
