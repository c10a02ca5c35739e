"""Delivery workers that start at once: `python -m tests.chaos.nursery` has loaded all they need, and forks.

A worker that was killed leaves nothing behind in this process, and each is a process of its own; only the
seconds of loading are spared, of which two hundred kills would need too many.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from notifications.__main__ import main
from tests.support.servers import ROOT

GOES_WITHIN_S = 30.0


class Nursery:
    """The test's hold on the process that forks."""

    def __init__(self, ask: TextIO, hear: TextIO) -> None:
        """Speak over these pipes."""
        self._ask, self._hear = ask, hear

    def start(self, env: Mapping[str, str], *, log: Path) -> int:
        """Start a worker with these settings; return its process id."""
        return self._said("start", env=dict(env), log=str(log))

    def kill(self, pid: int) -> int:
        """Kill -9 a worker; return minus nine, or how it had ended before."""
        return self._said("end", pid=pid, by=signal.SIGKILL)

    def stop(self, pid: int) -> int:
        """Stop a worker, wait for it, and return its exit status."""
        return self._said("end", pid=pid, by=signal.SIGTERM)

    def _said(self, what: str, **about: Any) -> int:
        self._ask.write(json.dumps({"what": what, **about}) + "\n")
        self._ask.flush()
        return int(self._hear.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Run a nursery; none of its workers outlives it."""
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )
    assert running.stdin is not None
    assert running.stdout is not None
    with running, running.stdin, running.stdout:
        yield Nursery(running.stdin, running.stdout)
        running.stdin.close()


def serve() -> None:
    """Do what is asked, line after line; at the end kill what still runs."""
    alive: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["what"] == "start":
            answer = fork(asked["env"], Path(asked["log"]))
            alive.add(answer)
        else:
            answer = end(asked["pid"], asked["by"])
            alive.discard(asked["pid"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for pid in alive:
        end(pid, signal.SIGKILL)


def fork(env: Mapping[str, str], log: Path) -> int:
    """Start a worker that says what it has to say at the end of ``log``."""
    pid = os.fork()
    if pid:
        return pid
    sink = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, place in ((nothing, 0), (sink, 1), (sink, 2)):
        os.dup2(given, place)
    status = 1
    try:
        status = main([], env)
    finally:
        os._exit(status)


def end(pid: int, by: int) -> int:
    """Send a signal to a running worker, and wait; one that does not exit is killed."""
    os.kill(pid, by)
    deadline = time.monotonic() + GOES_WITHIN_S
    while time.monotonic() < deadline:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    serve()
