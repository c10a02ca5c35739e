"""What the figures are measured with: servers, the load, and the size of the run."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.services.messages.vapid import new_private_key
from config.server import web_command
from tests.support.servers import HOST, ROOT, Process, answers, free_port, wait_until

ECHO = "tests.bench.echo:server"
PRODUCT = "wsgi:server"


@dataclass(frozen=True)
class Size:
    """How much is measured; everything is bounded."""

    rounds: int
    seconds: float
    """Of one round of load."""
    pushes: int
    alerts: int
    replayed_patients: int


FULL = Size(rounds=4, seconds=2.5, pushes=1500, alerts=80, replayed_patients=300)
QUICK = Size(rounds=2, seconds=1.0, pushes=300, alerts=20, replayed_patients=40)


@dataclass(frozen=True)
class Server:
    """A running web server."""

    port: int
    process: Process


@dataclass(frozen=True)
class Stream:
    """What one connection posts."""

    token: str
    bodies: Sequence[str]
    path: str = "/v1/me/entries"
    others: Sequence[str] = ()
    """Tokens that take turns with the first, one a body."""


@dataclass
class Turns:
    """Patients one connection speaks for in turn; each round goes on where the last was cut off.

    A diary with a gap in it is scored, and told of, otherwise than one without.
    """

    tokens: Sequence[str]
    bodies: Sequence[str]
    """The first patient's first, then the second's first."""
    sent: int = 0

    def next(self, most: int) -> Stream:
        """Return what comes next."""
        turn = self.sent % len(self.tokens)
        token, *others = [*self.tokens[turn:], *self.tokens[:turn]]
        return Stream(token, self.bodies[self.sent : self.sent + most], others=others)


@dataclass(frozen=True)
class Seen:
    """What one round of load saw."""

    per_s: float
    latencies_ms: list[float]
    latencies_s: list[list[float]]
    answered_at: list[list[float]]

    def quantile_ms(self, share: float) -> float:
        """Return the latency that ``share`` of the requests stay under."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class UnexpectedAnswer(Exception):
    """The server answered otherwise than with success: then nothing was measured."""


NO_BUDGET = {"PATIENT_REQUESTS": "1000000", "PATIENT_REPLAY_DAYS": "1000000"}
"""A benchmark is no phone."""


@contextmanager
def server(app: str, database_url: str, folder: Path, **env: str) -> Iterator[Server]:
    """Run ``app`` the way `make run` does, and stop it at the end."""
    port = free_port()
    settings = {"DATABASE_URL": database_url, "LOG_LEVEL": "WARNING", "SECRET_KEY": "for a benchmark"}
    settings |= NO_BUDGET | env
    command = web_command(host=HOST, port=port, database_url=database_url, app=app)
    with Process(command, settings, log=folder / "web.log") as process:
        wait_until(lambda: answers(port, "/health/live"), within_s=60, what=f"{app} answers")
        yield Server(port, process)


@contextmanager
def worker(database_url: str, folder: Path) -> Iterator[Process]:
    """Run a delivery worker that may push to this machine."""
    env = {
        "DATABASE_URL": database_url,
        "LOG_LEVEL": "WARNING",
        "PUSH_LOOPBACK": "true",
        "VAPID_PRIVATE_KEY": new_private_key(),
    }
    with Process([sys.executable, "-m", "notifications"], env, log=folder / "worker.log") as process:
        yield process


def load(port: int, streams: Sequence[Stream], *, seconds: float) -> Seen:
    """Let every stream run against a server for so long; all must be answered with success.

    Raises:
        UnexpectedAnswer: One was not.
    """
    connections = [
        {"path": s.path, "tokens": [s.token, *s.others], "bodies": list(s.bodies)} for s in streams
    ]
    plan = {"port": port, "seconds": seconds, "connections": connections}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(plan), capture_output=True, text=True, cwd=ROOT, check=True, timeout=seconds + 60,
    )  # fmt: skip
    said: Mapping[str, Any] = json.loads(done.stdout)
    if set(said["statuses"]) - {"200", "201"}:
        raise UnexpectedAnswer(f"statuses {said['statuses']}")
    flat = [1000 * each for per in said["latencies_s"] for each in per]
    return Seen(len(flat) / said["elapsed_s"], flat, said["latencies_s"], said["answered_at"])


def median(numbers: Sequence[float]) -> float:
    """Return the middle of a few rounds."""
    return statistics.median(numbers)
