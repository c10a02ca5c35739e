"""Web server under a supervisor: it answers again after two deaths in a row."""

import configparser
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import databases
from tests.support.servers import ROOT, Process, answers, free_port, wait_until

pytestmark = pytest.mark.slow

STAND_IN = """
import subprocess, sys, time
while True:  # what systemd does by Restart=always and RestartSec
    status = subprocess.run(sys.argv[2:]).returncode
    if status == 78:
        raise SystemExit(78)
    time.sleep(float(sys.argv[1]))
"""


def unit_of(name: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "config/deploy" / name)
    return parser["Service"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Process, int]]:
    """The web server, started by its unit's command under a stand-in of the supervisor."""
    url, port = f"sqlite:///{tmp_path}/aimss.db", free_port()
    databases.migrate(url)
    unit = unit_of("aimss-web.service")
    command = unit["ExecStart"].replace("/srv/aimss/.venv/bin/python", sys.executable).split()
    command[command.index("--port") + 1] = str(port)
    stand_in = [sys.executable, "-c", textwrap.dedent(STAND_IN), unit["RestartSec"], *command]
    env = {"DATABASE_URL": url, "SECRET_KEY": "-" * 43}
    with Process(stand_in, env, log=tmp_path / "log") as process:
        wait_until(lambda: answers(port, "/health/live"), within_s=90, what="it answers")
        try:
            yield process, port
        finally:
            process.kill()


def descendants(pid: int) -> list[int]:
    output = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = dict(map(int, line.split()) for line in output.splitlines())
    found, new = [], {pid}
    while new := {child for child, parent in parents.items() if parent in new}:
        found += sorted(new)
    return found


def test_two_deaths_of_the_web_process_in_a_row_are_survived(server: tuple[Process, int]) -> None:
    process, port = server
    for _ in range(2):
        worker = descendants(process.pid)[-1]
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda worker=worker: worker not in descendants(process.pid), within_s=30, what="it died")
        wait_until(
            lambda: len(descendants(process.pid)) > 1 or answers(port, "/health/live"),
            within_s=60,
            what="a new one",
        )
    wait_until(lambda: answers(port, "/health/live"), within_s=90, what="it answers again")
    assert process.is_running
