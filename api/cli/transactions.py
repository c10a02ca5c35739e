"""Parts of the application, and transactions of commands, whose expected failures are one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.errors import DomainError
from api.domain.trajectory.engine import Engine
from config.settings import Settings


def app_database() -> Database:
    """Return the database of the application."""
    found: Database = current_app.extensions["aimss.database"]
    return found


def app_settings() -> Settings:
    """Return the settings of the application."""
    found: Settings = current_app.extensions["aimss.settings"]
    return found


def app_engine() -> Engine:
    """Return the engine of the server."""
    found: Engine = current_app.extensions["aimss.engine"]
    return found


@contextmanager
def transaction() -> Iterator[tuple[Session, datetime]]:
    """Open one transaction; an error the operator can mend is printed in one line, without a traceback."""
    with one_line_errors(), app_database().begin() as session:
        yield session, datetime.now(UTC)


@contextmanager
def read_session() -> Iterator[tuple[Session, datetime]]:
    """Open a session that only reads; an error the operator can mend is printed in one line."""
    with one_line_errors(), app_database().read() as session:
        yield session, datetime.now(UTC)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Print an error the operator can mend in one line, without a traceback."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error)) from error
