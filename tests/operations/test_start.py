"""Start of the server: its messages, and the reasons against a start."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from config.schema import DatabaseNotReady, require_migrated
from config.server import check_start, is_loopback, start_line
from config.settings import Settings
from tests.support import databases

ROOT = Path(__file__).parents[2]


def started(
    env: Mapping[str, str], *, module: str = "config.server", arguments: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Start the web server or worker with ``env`` only; it is rejected and ends."""
    command = [sys.executable, "-m", module, *arguments]
    whole = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(command, env=whole, capture_output=True, text=True, timeout=60, check=False)


def test_without_an_environment_nothing_is_served_and_the_reason_is_printed(tmp_path: Path) -> None:
    done = started({"DATABASE_URL": f"sqlite:///{tmp_path}/a.db"})
    assert done.returncode == os.EX_CONFIG
    assert "SECRET_KEY is not set" in done.stderr


def test_an_unreachable_database_is_no_wrong_setting_so_a_supervisor_tries_again() -> None:
    away = "postgresql+psycopg://aimss:hush@127.0.0.1:1/aimss?connect_timeout=2"
    for module in ("config.server", "notifications"):
        done = started({"DATABASE_URL": away, "SECRET_KEY": "-" * 43}, module=module)
        assert done.returncode == os.EX_TEMPFAIL
        assert "cannot be reached" in done.stderr
        assert "hush" not in done.stderr


def test_a_second_server_on_a_port_in_use_does_not_start_beside_the_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    databases.migrate(url)
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as first:
        port = str(first.getsockname()[1])
        done = started({"DATABASE_URL": url, "SECRET_KEY": "-" * 43}, arguments=("--port", port))
    assert done.returncode == os.EX_TEMPFAIL
    assert done.stderr == f"not started: port {port} of 127.0.0.1 is in use\n"


def test_an_invalid_model_is_reported_in_one_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    databases.migrate(url)
    (tmp_path / "model.json").write_text('{"a": 1}')
    env = {"DATABASE_URL": url, "SECRET_KEY": "-" * 43, "RISK_MODEL": str(tmp_path / "model.json")}
    for module in ("config.server", "notifications"):
        done = started(env, module=module)
        assert done.returncode == os.EX_CONFIG, done.stderr
        assert done.stderr.startswith("not started: ")
        assert "no model of the risk of stopping" in done.stderr
        assert "Traceback" not in done.stderr


def test_development_is_not_served_to_other_machines() -> None:
    settings = Settings(secret_key="-" * 32)
    for host in ("0.0.0.0", "::", "192.0.2.1", "aimss.example.org"):  # noqa: S104 - that is the point
        with pytest.raises(ValueError, match="AIMSS_ENV"):
            check_start(settings, host=host)
    assert all(is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.1.2.3"))


def test_an_environment_that_is_neither_development_nor_production_is_refused() -> None:
    with pytest.raises(ValueError, match="AIMSS_ENV is 'prod'"):
        Settings.from_env({"AIMSS_ENV": "prod"})


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_is_not_migrated_is_named_as_such(kind: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db" if kind == "sqlite" else databases.new_postgresql_database()
    try:
        with pytest.raises(DatabaseNotReady, match="alembic upgrade head"):
            require_migrated(url)
        databases.migrate(url)
        require_migrated(url)
    finally:
        if kind == "postgresql":
            databases.drop_postgresql_database(url)


def test_the_check_creates_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseNotReady):
        require_migrated(f"sqlite:///{tmp_path}/a.db")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseNotReady, match="cannot be reached") as refused:
        require_migrated("postgresql+psycopg://aimss:hush@127.0.0.1:1/aimss?connect_timeout=2")
    assert "hush" not in str(refused.value)


def test_the_start_line_names_database_and_addresses_but_no_password() -> None:
    settings = Settings(
        database_url="postgresql+psycopg://aimss:hush@db.example/aimss",
        public_url="https://aimss.example.org",
    )
    line = start_line(settings, "127.0.0.1", 8000)
    assert "development" in line
    assert "db.example" in line
    assert "127.0.0.1:8000" in line
    assert "https://aimss.example.org" in line
    assert "hush" not in line
