"""Check that a database has the tables of this version of the software."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
HOW_TO_MIGRATE = "run `python -m alembic upgrade head`"


class DatabaseNotReady(Exception):
    """The tables of the database are of another version; the message names the remedy."""


class DatabaseUnreachable(DatabaseNotReady):
    """The database does not answer; it may do so later."""


def require_migrated(url: str) -> None:
    """Check that every migration of this version has run.

    A newer one may have run as well: an upgrade migrates while the earlier version still serves.

    Raises:
        DatabaseNotReady: A migration has not run.
        DatabaseUnreachable: The database does not answer; the message holds no password.
    """
    script = ScriptDirectory.from_config(Config(toml_file=str(PYPROJECT)))
    known = {revision.revision for revision in script.walk_revisions()}
    present = _present_revisions(url)
    if not present:
        raise DatabaseNotReady(f"the database has no tables yet; {HOW_TO_MIGRATE}")
    if present <= known and present != set(script.get_heads()):
        raise DatabaseNotReady(f"the database is of an earlier version; {HOW_TO_MIGRATE}")


def _present_revisions(url: str) -> set[str]:
    database = make_url(url).database
    if url.startswith("sqlite") and (not database or not Path(database).exists()):
        return set()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError as error:
        raise DatabaseUnreachable(f"the database cannot be reached ({type(error).__name__})") from error
    finally:
        engine.dispose()
