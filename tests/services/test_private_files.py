"""The embedded database and secrets are readable by their owner only."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from api.db.database import open_database
from config.private_files import make_private


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """Let new files be as open as a program makes them."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_database_and_all_that_lies_beside_it_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "var" / "aimss.db"
    database = open_database(f"sqlite:///{path}")
    with database.begin() as session:
        session.execute(text("CREATE TABLE t (x)"))
        beside = {each.name: mode(each) for each in path.parent.iterdir()}
    database.close()

    assert {"aimss.db", "aimss.db-wal", "aimss.db-shm", "aimss.db.writer"} <= set(beside)
    assert set(beside.values()) == {0o600}
    assert mode(path.parent) == 0o700


def test_a_database_that_others_could_read_is_closed_to_them_and_not_to_a_group(tmp_path: Path) -> None:
    path = tmp_path / "aimss.db"
    for name in ("aimss.db", "aimss.db.writer"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o664)

    open_database(f"sqlite:///{path}").close()

    assert {each.name: mode(each) for each in tmp_path.iterdir()} == {
        "aimss.db": 0o660,
        "aimss.db.writer": 0o660,
    }


def test_a_file_of_secrets_that_is_there_already_is_closed_too(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.touch()
    path.chmod(0o644)
    make_private(path)
    assert mode(path) == 0o640
