"""Exit statuses of commands for interrupts, broken pipes and output that cannot be written."""

import functools
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from api.unavailable import DatabaseUnavailable, why_unavailable
from config.schema import DatabaseNotReady, DatabaseUnreachable, require_migrated

_BY_SIGNAL = 128  # as a shell counts a command that a signal ended
_ENDING = (signal.SIGTERM, signal.SIGHUP)
_AS_PYTHON_DOES = signal.default_int_handler

Command = TypeVar("Command", bound=click.Command)


def with_exit_statuses(command: Command) -> Command:
    """Make a command, and all below it, exit with a status by the kind of failure.

    130 interrupted, 143 and 129 ended by SIGTERM and SIGHUP, each after unfinished files were removed;
    141 the reader of the pipe has gone, without a message; 74 the output cannot be written;
    78 the database is not migrated; 75 it cannot be used for the moment.
    """
    if isinstance(command, click.Group):
        for each in command.commands.values():
            with_exit_statuses(each)
    if command.callback is not None:
        command.callback = _ending(command.callback)
    return command


def exit_on_interrupt() -> None:
    """Exit with 130, not 1, on an interrupt while the application is loaded for a command.

    Does nothing where no command runs, as in a server, which ends by itself.
    """
    if click.get_current_context(silent=True) and signal.getsignal(signal.SIGINT) is _AS_PYTHON_DOES:
        signal.signal(signal.SIGINT, _exit)


def _ending(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            with _signals_as_exits():
                return callback(*args, **kwargs)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(_BY_SIGNAL + signal.SIGINT)
        except BrokenPipeError:
            _discard_output()
            sys.exit(_BY_SIGNAL + signal.SIGPIPE)
        except OSError as error:
            _discard_output()
            subject = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {subject}cannot be read or written: {error.strerror or error}", err=True)
            sys.exit(os.EX_IOERR)
        except (DBAPIError, DatabaseUnavailable) as error:
            status, reason = _database_fault(error)
            click.echo(f"Error: {reason}", err=True)
            sys.exit(status)

    return call


def _database_fault(error: DBAPIError | DatabaseUnavailable) -> tuple[int, str]:
    """Return the exit status and the reason of an error that the database's state explains.

    Raises:
        DBAPIError: The tables are there and the database answers: ``error`` is a fault of ours.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)  # the reason is printed in one line
    try:
        require_migrated(current_app.extensions["aimss.settings"].database_url)
    except DatabaseUnreachable as reason:
        return os.EX_TEMPFAIL, str(reason)
    except DatabaseNotReady as reason:
        return os.EX_CONFIG, str(reason)
    why = error.why if isinstance(error, DatabaseUnavailable) else why_unavailable(error)
    if why is None:
        raise error
    return os.EX_TEMPFAIL, f"the database is {why.value}"


@contextmanager
def _signals_as_exits() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into exceptions, so that the command cleans up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGINT) is _exit:
        signal.signal(signal.SIGINT, _AS_PYTHON_DOES)
    before = {number: signal.getsignal(number) for number in _ENDING}
    own = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in own:
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in own:
            signal.signal(number, signal.SIG_DFL)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(_BY_SIGNAL + number)


def _discard_output() -> None:
    """Send what standard output still holds nowhere: Python would try to write it again at the end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # no file behind it, as in a test
        return
