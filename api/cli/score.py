"""The command that scores questionnaires from a stream of answers."""

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

    Needs no database and no server. The order is kept and every line is answered in
    its place, an unreadable or blank one too; the others go on. A newline at the end
    is no line of its own.

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
    answers     by item; one that is absent or null is missing, never 0
    options     by name, where the instrument has some; the answer names all of them
    version     of the instrument; left out, the newest
    series      pro-ctcae only, in place of answers: reports in time order, such as
                [{"answers": {"51A": 3, "51B": 2, "51C": 2}}, ...]; baseline is one
                from before them. The answer has "51_worst" and "51_baseline_adjusted"
                (the worst where it is worse than baseline, else 0: not worse than
                before, never "no symptom") beside the grades of every report.
    Any other member that is text, a number, true, false or null (an id, a date) is
    given back beside the scores.

    A score that cannot be given is null, with its reason in "unscored". Numbers are
    written in full: reading them gives the same double.

    \b
    Exit status: 0 every line was scored, 1 some have a problem, 74 the output cannot
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
    """Return the answer to one line: its scores, or its problem; a fault of ``score`` is one too."""
    said: dict[str, Any] = {}
    try:
        said = read_line(line)
        return carried(said) | score(said)
    except DomainError as error:
        problem = describe(error)
    except Exception as error:
        log.exception("a line could not be scored", extra={"error": type(error).__name__})
        problem = {
            "type": "/problems/internal-error",
            "title": HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
            "status": 500,
            "detail": "this line could not be scored, by a fault of the software and not of the answers",
        }
    return {**carried(said), "problem": problem | {"line": number}}
