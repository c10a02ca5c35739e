"""Transactions of commands, whose expected failures are printed in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.errors import DomainError


@contextmanager
def transaction() -> Iterator[tuple[Session, datetime]]:
    """Open one transaction; an error the operator can mend is printed in one line, without a traceback."""
    database: Database = current_app.extensions["aimss.database"]
    try:
        with database.begin() as session:
            yield session, datetime.now(UTC)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
