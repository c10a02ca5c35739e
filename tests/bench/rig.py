"""Tools of the benchmark: servers, load and size of the run."""

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
    """Size of a run."""

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
    """Requests of one connection."""

    token: str
    bodies: Sequence[str]
    path: str = "/v1/me/entries"
    others: Sequence[str] = ()
    """Tokens that take turns with the first, one a body."""


@dataclass
class Turns:
    """Patients whose requests one connection sends in turn, continued from round to round.

    A diary with a gap would be scored differently from one without.
    """

    tokens: Sequence[str]
    bodies: Sequence[str]
    """The first patient's first, then the second's first."""
    sent: int = 0

    def next(self, most: int) -> Stream:
        """Return the next requests."""
        turn = self.sent % len(self.tokens)
        token, *others = [*self.tokens[turn:], *self.tokens[:turn]]
        return Stream(token, self.bodies[self.sent : self.sent + most], others=others)


@dataclass(frozen=True)
class Seen:
    """Measurements of one round of load."""

    per_s: float
    latencies_ms: list[float]
    latencies_s: list[list[float]]
    answered_at: list[list[float]]

    def quantile_ms(self, share: float) -> float:
        """Return the latency quantile of ``share``."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class UnexpectedAnswer(Exception):
    """The server answered with an error, so the measurement is void."""


NO_BUDGET = {"PATIENT_REQUESTS": "1000000", "PATIENT_REPLAY_DAYS": "1000000"}
"""Settings without limits per patient."""


@contextmanager
def server(app: str, database_url: str, folder: Path, **env: str) -> Iterator[Server]:
    """Run ``app`` like `make run`, and stop it at the end."""
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
    """Run every stream against a server for some seconds.

    Raises:
        UnexpectedAnswer: A request was not answered with success.
    """
    connections = [
        {"path": s.path, "tokens": [s.token, *s.others], "bodies": list(s.bodies)} for s in streams
    ]
    plan = {"port": port, "seconds": seconds, "connections": connections}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(plan), capture_output=True, text=True, cwd=ROOT, check=True, timeout=seconds + 60,
    )  # fmt: skip
    report: Mapping[str, Any] = json.loads(done.stdout)
    if set(report["statuses"]) - {"200", "201"}:
        raise UnexpectedAnswer(f"statuses {report['statuses']}")
    flat = [1000 * each for per in report["latencies_s"] for each in per]
    return Seen(len(flat) / report["elapsed_s"], flat, report["latencies_s"], report["answered_at"])


def median(numbers: Sequence[float]) -> float:
    """Return the median of a few rounds."""
    return statistics.median(numbers)
