"""How the web server is started, for `make run`, the benchmark and the container alike."""

import argparse
import os
import sys

from config.settings import Settings

CONNECTIONS = 4096
"""Open connections a web process keeps, idle ones among them: behind a proxy far more than there are phones
talking at one moment, and enough that a handful of strangers cannot use them up in ten seconds."""

HEADERS_WITHIN_S = 10
"""The time a client has for the headers of a request; an idle connection is closed after it as well."""

ARENAS = 2
"""Heaps the C library keeps for all those threads; with its own 8 for each processor a process held a
tenth more memory, and went on growing."""

RESPAWN_AFTER_S = 0.5
"""How soon a web process that died is back; Granian's own 3.5 s would be an outage."""


def web_command(*, host: str, port: int, database_url: str, app: str = "wsgi:server") -> list[str]:
    """Return the command that serves ``app`` on ``host:port``.

    SQLite has one writer, so one process serves it; on PostgreSQL there is one for each processor.
    """
    workers = 1 if database_url.startswith("sqlite") else os.cpu_count() or 1
    return [
        "env",
        f"MALLOC_ARENA_MAX={ARENAS}",
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "rsgi",
        "--http",
        "1",
        "--no-ws",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--backlog",
        str(CONNECTIONS),
        "--backpressure",
        str(CONNECTIONS),
        "--http1-header-read-timeout",
        str(HEADERS_WITHIN_S * 1000),
        "--respawn-failed-workers",
        "--respawn-interval",
        str(RESPAWN_AFTER_S),
        "--workers-kill-timeout",
        "10",
        "--log-level",
        "warning",
        app,
    ]


def main() -> None:
    """Serve the application as the environment says; in a container this is the web process."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", default="0.0.0.0")  # noqa: S104 - a container's port is published on purpose
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    settings = Settings.from_env()
    command = web_command(host=options.host, port=options.port, database_url=settings.database_url)
    os.execvp(command[0], command)  # noqa: S606 - our own command


if __name__ == "__main__":
    main()
