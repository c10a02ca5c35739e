"""Files on the command line: inputs from a path or standard input, and their rejected rows."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from api.cli.callbacks import NumberRange
from api.services.files.inputs import STANDARD_INPUT, Input
from api.services.replay.file_dates import FileToday
from api.services.replay.replay_files import RejectedRow

_SHOWN = 10
_VALUE = re.compile(
    r"^(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[-+]?[\d.]+(?:e[+-]?\d+)?|-?inf|nan) (?=is )"
)


class UnusableInput(click.ClickException):
    """A file cannot be used."""

    exit_code = 2


class InputFile(click.ParamType[Input]):
    """A file to read; "-" is standard input, for one option of a command."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Input:
        """Return the input; reject a missing file, and standard input for a second option."""
        if isinstance(value, Input):
            return value
        if value == STANDARD_INPUT:
            self._take_standard_input(param, ctx)
        elif not Path(value).exists():
            self.fail(f"{value!r} does not exist.", param, ctx)
        elif Path(value).is_dir():
            self.fail(f"{value!r} is a directory.", param, ctx)
        return Input(Path(value))

    def _take_standard_input(self, param: click.Parameter | None, ctx: click.Context | None) -> None:
        if ctx is None:
            return
        taken = ctx.meta.setdefault("api.cli.standard_input", param)
        if taken is not param:
            self.fail("standard input is read for another option already", param, ctx)


READ = InputFile()
WRITE = click.Path(dir_okay=False, path_type=Path)


def _today(_context: click.Context, _option: click.Parameter, given: datetime | None) -> FileToday:
    return FileToday(datetime.now(UTC).date()) if given is None else FileToday(given.date(), is_given=True)


today_option = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_today,
    metavar="DATE",
    help="The present day (UTC) of the files; rows after it are rejected. [default: the end of the longest "
    "run of entries; rows ahead of the clock and of that run are rejected]",
)
"""Passes a ``FileToday`` as ``today``: the day given, otherwise that of the clock."""


followed_option = click.option(
    "--followed",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Days of follow-up of every patient. [default: the longest diary]",
)
model_option = click.option(
    "--model", type=READ, help="Model of the risk of stopping (JSON), as `calibrate` writes it."
)
base_rate_option = click.option(
    "--base-rate",
    type=NumberRange(0, 1, min_open=True, max_open=True),
    help="Share of these patients who stop within 12 months, 0-1; sets the risk of stopping to them. "
    "[default: that of the policy, 0.15 where it sets none]",
)

worsening_share_option = click.option(
    "--worsening-share",
    type=NumberRange(0, 1, min_open=True, max_open=True),
    help="Share of these patients who get worse within 12 months, 0-1; sets p_worsening to them. "
    "Findings do not depend on it. [default: that of the policy]",
)


def echo_rejects(rejects: Sequence[RejectedRow]) -> None:
    """Print the first ten problems of rejected rows, and count the others by kind."""
    problems = [
        (reject.file, column, problem, sentence)
        for reject in rejects
        for (column, problem), sentence in zip(reject.problems, reject.sentences(), strict=True)
    ]
    for *_, sentence in problems[:_SHOWN]:
        click.echo(sentence, err=True)
    kinds = Counter(f"{file}: {column}: {_kind(what)}" for file, column, what, _ in problems[_SHOWN:])
    for kind, count in kinds.most_common(_SHOWN):
        click.echo(f"and {count:,} more: {kind}", err=True)
    if (others := len(kinds) - _SHOWN) > 0:
        click.echo(f"and {others:,} more kinds of problem", err=True)


def echo_lines(lines: Iterable[str]) -> None:
    """Print lines to standard error."""
    for line in lines:
        click.echo(line, err=True)


def progress_reporter(label: str, *, every: int) -> Callable[[int, int], None]:
    """Return a function that prints the progress of a run longer than ``every`` items."""
    reported = 0

    def report(done: int, of: int) -> None:
        nonlocal reported
        if of > every and done // every > reported:
            reported = done // every
            click.echo(f"{done:,} of {of:,} {label}", err=True)

    return report


def entries_progress() -> Callable[[int, int], None]:
    """Return a function that prints the progress through entries, every 50,000."""
    return progress_reporter("entries scored", every=50_000)


def _kind(problem: str) -> str:
    """Return a problem without the value at its start.

    >>> _kind("'bad' is not a number in 0..10")
    'is not a number in 0..10'
    """
    return _VALUE.sub("", problem)
