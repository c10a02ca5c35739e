"""The schema: one way forward, back and forward again, and in step with the models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from tests import databases


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    fresh = databases.new_postgresql_database()
    yield fresh
    databases.drop_postgresql_database(fresh)


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return names


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(databases.alembic_config("sqlite://")).get_heads()) == 1


def test_up_down_and_up_again(url: str) -> None:
    config = databases.alembic_config(url)
    command.upgrade(config, "head")
    there = tables(url)
    assert {"entries", "alerts", "outbox"} <= there
    command.downgrade(config, "base")
    assert tables(url) == set()
    command.upgrade(config, "head")
    assert tables(url) == there


def test_alembic_check_finds_nothing(url: str) -> None:
    config = databases.alembic_config(url)
    command.upgrade(config, "head")
    command.check(config)
