"""How the web server is started, for `make run`, the benchmark and the container alike."""

import argparse
import errno
import os
import socket
import sys
from importlib import import_module
from ipaddress import ip_address

from sqlalchemy import make_url

from config.schema import DatabaseNotReady, DatabaseUnreachable, require_migrated
from config.settings import MissingSettings, Settings

CONFIGURATION_ERROR = 78
"""Exit status EX_CONFIG of sysexits.h: starting again will not help until a setting is changed."""

TRY_AGAIN_LATER = 75
"""Exit status EX_TEMPFAIL of sysexits.h: the database is away, so the supervisor starts it again."""


class PortTaken(Exception):
    """Another program listens on the port; it may end soon."""


Refused = (MissingSettings, ValueError, DatabaseNotReady, PortTaken)
"""What a start can be refused with."""

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


def main() -> int:
    """Check the settings and the database, say in one line what is served, and serve it."""
    parser = argparse.ArgumentParser(
        prog="python -m config.server",
        description="Serves the application as the environment says; see .env.example.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    options = parser.parse_args()
    try:
        settings = Settings.from_env()
        check_start(settings, host=options.host)
        if is_taken(options.host, options.port):
            raise PortTaken(f"port {options.port} of {options.host} is in use")
        import_module("wsgi")  # what is wrong with the application is said here, not by a process that dies
    except Refused as error:
        return refuse(error)
    print(start_line(settings, options.host, options.port), file=sys.stderr)  # noqa: T201
    command = web_command(host=options.host, port=options.port, database_url=settings.database_url)
    return os.execvp(command[0], command)  # noqa: S606 - our own command


def refuse(error: Exception) -> int:
    """Say why nothing is started; return the exit status that tells a supervisor whether to try again."""
    print(f"not started: {error}", file=sys.stderr)  # noqa: T201 - the operator reads it
    return TRY_AGAIN_LATER if isinstance(error, DatabaseUnreachable | PortTaken) else CONFIGURATION_ERROR


def is_taken(host: str, port: int) -> bool:
    """Say whether a program listens on ``host:port``.

    Asked before the start, because Granian sets SO_REUSEPORT: a second server would start without an
    error and answer a part of the requests, with another version's code after an upgrade.

    Raises:
        OSError: ``host`` is no address of this machine.
    """
    family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False


def check_start(settings: Settings, *, host: str) -> None:
    """Refuse a start that would serve nobody, or strangers.

    Raises:
        ValueError: Development is to be served beyond this machine, or there is no secret key.
        DatabaseNotReady: The database is not migrated, or cannot be reached.
    """
    if not settings.production and not is_loopback(host):
        raise ValueError(
            f"{host} can be reached from other machines, and AIMSS_ENV is not production. Set "
            "AIMSS_ENV=production with its settings (`make secrets` writes them), or listen on 127.0.0.1"
        )
    if not settings.secret_key:
        raise ValueError(
            "SECRET_KEY is not set; `make secrets` writes a complete .env, `make run` starts a demo"
        )
    require_migrated(settings.database_url)


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a listener on ``host``."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name that may stand for anything
        return False


def start_line(settings: Settings, host: str, port: int) -> str:
    """Return what is about to be served: environment, database (without a password), addresses."""
    environment = "production" if settings.production else "development"
    database = make_url(settings.database_url).render_as_string(hide_password=True)
    return (
        f"AIMSS Monitor, {environment}, database {database}, listening on {host}:{port}, "
        f"public address {settings.public_url}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
