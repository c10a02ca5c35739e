"""Exit statuses of commands: full disks, broken pipes, interrupts and pipes read once."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from api.cli.commands import COMMANDS
from api.cli.exits import with_exit_statuses
from api.cli.policy import policy
from tests.support.replay_desk import HEADER, diary, lines

ROOT = Path(__file__).parents[2]
GOOD = b'{"instrument": "bpi-sf", "answers": {"worst": 7}}\n'
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def start(*arguments: str, database: str = "sqlite://", **options) -> subprocess.Popen[bytes]:
    """Start a command, away from any database unless one is given."""
    environment = {**os.environ, "DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([*FLASK, *arguments], cwd=ROOT, env=environment, **options)


def ended(*arguments: str, content: bytes = b"", **options) -> tuple[int, bytes, bytes]:
    """Run a command to its end; return status, standard output and standard error."""
    options = {"stdout": subprocess.PIPE, **options}
    process = start(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    out, err = process.communicate(content, timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize("arguments", [("score",), ("policy", "show")])
def test_output_that_cannot_be_written_is_no_refused_row(arguments):
    with Path("/dev/full").open("wb") as full:
        status, _, err = ended(*arguments, content=GOOD, stdout=full)

    assert status == 74
    assert err.decode() == "Error: cannot be read or written: No space left on device\n"


def test_a_reader_that_leaves_causes_no_message():
    reading, writing = os.pipe()
    os.close(reading)

    status, _, err = ended("score", content=GOOD * 1000, stdout=writing)

    os.close(writing)
    assert (status, err) == (141, b"")


def test_an_interrupt_while_answers_are_awaited_ends_with_130():
    process = start("score", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(GOOD)
    process.stdin.flush()
    assert process.stdout.readline()

    process.send_signal(signal.SIGINT)

    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, b"interrupted\n")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_simulation_that_is_ended_leaves_no_file_in_part(tmp_path, number, status):
    named = [f"--{name}={tmp_path / name}.csv" for name in ("entries", "patients", "truth")]
    process = start("simulate", "--count", "100000", "--days", "100", "--seed", "1", *named)
    wait_until(lambda: len(list(tmp_path.iterdir())) == 3)

    process.send_signal(number)

    assert process.wait(timeout=30) == status
    assert list(tmp_path.iterdir()) == []


def test_a_replay_to_standard_output_reads_standard_input_and_pipes_once(tmp_path):
    entries = lines(*diary("P", [2, 1, 2, 3] * 7), *diary("P", [6] * 28, 4)).encode()
    (tmp_path / "e.csv").write_bytes(entries)
    usual = ["--base-rate", "0.3", "--alerts", str(tmp_path / "a.csv"), "--scores"]
    reading, writing = os.pipe()
    os.write(writing, b"patient,ai_started_on\nP,2026-03-01\n")
    os.close(writing)
    patients = ["--patients", f"/dev/fd/{reading}"]

    status, out, err = ended(
        "replay", "--entries", "-", *patients, *usual, "-", content=entries, pass_fds=(reading,)
    )

    os.close(reading)
    assert status == 0, err
    (tmp_path / "p.csv").write_text("patient,ai_started_on\nP,2026-03-01\n")
    again = ["--entries", str(tmp_path / "e.csv"), "--patients", str(tmp_path / "p.csv")]
    assert ended("replay", *again, *usual, str(tmp_path / "s.csv"))[0] == 0
    assert out == (tmp_path / "s.csv").read_bytes()
    assert out.count(b"\n") == 57


def test_standard_input_is_read_for_one_option_only(tmp_path):
    command = next(each for each in COMMANDS if each.name == "replay")
    done = CliRunner().invoke(
        command, ["--entries", "-", "--patients", "-", "--alerts", "a", "--scores", "s"], input=HEADER
    )

    assert done.exit_code == 2
    assert "standard input is read for another option already" in done.stderr


@pytest.mark.parametrize("form", [[], ["--toml"]])
def test_a_policy_goes_from_one_command_to_the_next_through_a_pipe(form):
    shown = CliRunner().invoke(policy, ["show", *form])
    checked = CliRunner().invoke(policy, ["check", "-"], input=shown.stdout)

    assert (shown.exit_code, checked.exit_code) == (0, 0)
    assert checked.stdout.startswith("standard input: 'default' can be used")


def test_an_interrupt_while_the_application_is_loaded_ends_with_130(tmp_path):
    (tmp_path / "slow.py").write_text(
        "from api.cli.exits import exit_on_interrupt\n"
        "exit_on_interrupt()\n"
        "import os, signal\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
    )
    command = [sys.executable, "-m", "flask", "--app", str(tmp_path / "slow.py"), "score"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )

    assert done.returncode == 130, done.stderr


def test_every_command_ends_by_the_same_rules():
    def fails(kind: type[BaseException]):
        def callback() -> None:
            raise kind

        return callback

    def leaves(command: click.Command):
        return (
            [each for below in command.commands.values() for each in leaves(below)]
            if isinstance(command, click.Group)
            else [command]
        )

    wrapped = [each for command in COMMANDS for each in leaves(command)]
    assert all(hasattr(each.callback, "__wrapped__") for each in wrapped)
    for kind, status in ((KeyboardInterrupt, 130), (BrokenPipeError, 141), (OSError, 74)):
        command = with_exit_statuses(click.Command("fails", callback=fails(kind)))
        assert CliRunner().invoke(command).exit_code == status


def test_a_database_without_tables_fails_with_one_line_and_the_remedy(tmp_path):
    status, _, err = ended("outbox", database=f"sqlite:///{tmp_path}/new.db")

    assert status == 78
    assert err.decode() == "Error: the database has no tables yet; run `python -m alembic upgrade head`\n"


def test_a_database_that_is_away_fails_with_one_line_without_its_password():
    away = "postgresql+psycopg://aimss:hush@127.0.0.1:1/aimss?connect_timeout=2"
    status, _, err = ended("outbox", database=away)

    assert status == 75
    assert err.startswith(b"Error: the database cannot be reached")
    assert (b"hush" in err, b"Traceback" in err) == (False, False)


def wait_until(holds) -> None:
    """Wait for something to be so, for a minute at most."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(json.dumps("it never was so"))
