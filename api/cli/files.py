"""Files on the command line: what is read, from a path or standard input, and what was refused of it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from api.services.files.inputs import STANDARD_INPUT, Input
from api.services.replay.replay_files import RejectedRow

_SHOWN = 10
_VALUE = re.compile(
    r"^(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[-+]?[\d.]+(?:e[+-]?\d+)?|-?inf|nan) (?=is )"
)


class UnusableInput(click.ClickException):
    """A file cannot be used at all."""

    exit_code = 2


class InputFile(click.ParamType[Input]):
    """A file to read; "-" is standard input, for one option of a command."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Input:
        """Return the input; refuse a file that is not there, and standard input for a second option."""
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


def say_rejects(rejects: Sequence[RejectedRow]) -> None:
    """Name the first ten problems of refused rows with their places, and count the others by kind."""
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


def say(notes: Iterable[str]) -> None:
    """Say what the user should know of the files, a line each."""
    for note in notes:
        click.echo(note, err=True)


def _kind(problem: str) -> str:
    """Return a problem without the value it begins with.

    >>> _kind("'bad' is not a number in 0..10")
    'is not a number in 0..10'
    """
    return _VALUE.sub("", problem)
