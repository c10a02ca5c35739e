"""Environment of Alembic: the database to migrate, and the metadata to compare it with."""

import os
from contextlib import closing
from importlib import import_module
from pkgutil import iter_modules

from alembic import context
from sqlalchemy import Connection, DateTime

import api.models
from api.db.base import Base, UtcDateTime
from api.db.database import open_database
from config.settings import DEVELOPMENT_DATABASE

for module in iter_modules(api.models.__path__):
    import_module(f"api.models.{module.name}")


def _render(kind: str, item: object, _context: object) -> str | bool:
    """Render our column type as plain DateTime, so that old migrations do not depend on it."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return f"sa.{DateTime.__name__}(timezone=True)"
    return False


def _let_tables_be_copied(connection: Connection) -> None:
    """Let a table be dropped that others refer to: SQLite changes a table by copying it.

    The pragma has no effect within a transaction.
    """
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")


def _check_references(connection: Connection) -> None:
    """Raise, and so roll back, if a migration left a row that refers to nothing."""
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise RuntimeError(f"rows refer to rows that are gone: {sorted({row[0] for row in broken})}")


def run() -> None:
    """Migrate the database of the environment, or the one a test passes."""
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_URL") or DEVELOPMENT_DATABASE
    database = open_database(url)
    with database.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _let_tables_be_copied(connection)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=_render,
            render_as_batch=is_sqlite,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite:
                _check_references(connection)
        connection.commit()
    database.close()


run()
