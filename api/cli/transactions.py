"""One transaction of a command, whose expected failures are said in a line."""

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
    """Open one transaction; what the operator can mend is said in a line, not in a traceback."""
    database: Database = current_app.extensions["aimss.database"]
    try:
        with database.begin() as session:
            yield session, datetime.now(UTC)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
