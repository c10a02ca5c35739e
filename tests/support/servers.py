"""Real processes for benchmarks and chaos: started, waited for, measured, and killed."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
START_WITHIN_S = 60.0


def free_port() -> int:
    """Return a free port of this machine."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_until(happened: Callable[[], bool], *, within_s: float, what: str, every_s: float = 0.02) -> None:
    """Poll until the condition holds; fail after the time limit."""
    deadline = time.monotonic() + within_s
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within_s:g} s")
        time.sleep(every_s)


def answers(port: int, path: str) -> bool:
    """Return whether a GET of ``path`` is answered with 200."""
    try:
        with urlopen(f"http://{HOST}:{port}{path}", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


class Process:
    """A command in its own process group, so that exactly its processes can be ended."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, log: Path) -> None:
        """Start it; its output is appended to ``log``."""
        with log.open("ab") as sink:
            self._popen = subprocess.Popen(
                list(command),
                env={**os.environ, "PYTHONPATH": str(ROOT), **env},
                cwd=ROOT,
                stdout=sink,
                stderr=sink,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Return the id of the first process of the group."""
        return self._popen.pid

    @property
    def is_running(self) -> bool:
        """Return whether the first process of the group exists."""
        return self._popen.poll() is None

    def children(self) -> list[int]:
        """Return the ids of the processes it started."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def kill(self) -> None:
        """Kill -9 the whole group, and wait until it is gone."""
        if self.is_running:
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait(10)

    def stop(self) -> None:
        """Terminate it, and kill it after a time limit."""
        if self.is_running:
            self._popen.terminate()
        try:
            self._popen.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def resident_mb(pid: int) -> float:
    """Return how much memory of this machine a process holds, in MB of 1,000,000 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
