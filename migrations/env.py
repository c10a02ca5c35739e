"""Environment of Alembic: the database to migrate, and the metadata to compare it with."""

import os
from importlib import import_module
from pkgutil import iter_modules

from alembic import context
from sqlalchemy import DateTime

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


def run() -> None:
    """Migrate the database of the environment, or the one a test passes."""
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_URL") or DEVELOPMENT_DATABASE
    database = open_database(url)
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=_render,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    database.close()


run()
