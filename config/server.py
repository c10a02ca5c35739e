"""Start of the web server, for `make run`, the benchmark and the container."""

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


class PortTaken(Exception):
    """Another program listens on the port."""


Refused = (MissingSettings, ValueError, DatabaseNotReady, PortTaken)
"""Errors that prevent a start."""

CONNECTIONS = 4096
"""Open connections of a web process, idle ones included: far more than phones that send at one moment,
and enough that a few clients cannot exhaust them in ten seconds."""

HEADERS_WITHIN_S = 10
"""Time limit for the headers of a request, and for an idle connection."""

ARENAS = 2
"""Heaps of the C library; with its default of 8 per processor a process held a tenth more memory and
kept growing."""

RESPAWN_AFTER_S = 0.5
"""Delay before a web process that died is started again; Granian's default of 3.5 s is an outage."""


def web_command(*, host: str, port: int, database_url: str, app: str = "wsgi:server") -> list[str]:
    """Return the command that serves ``app`` on ``host:port``.

    SQLite has one writer, so one process serves it; PostgreSQL gets one process per processor.
    """
    options: dict[str, object] = {
        "--interface": "rsgi",
        "--http": 1,
        "--host": host,
        "--port": port,
        "--workers": 1 if database_url.startswith("sqlite") else os.cpu_count() or 1,
        "--backlog": CONNECTIONS,
        "--backpressure": CONNECTIONS,
        "--http1-header-read-timeout": HEADERS_WITHIN_S * 1000,
        "--respawn-interval": RESPAWN_AFTER_S,
        "--workers-kill-timeout": 10,
        "--log-level": "warning",
    }
    granian = ["env", f"MALLOC_ARENA_MAX={ARENAS}", sys.executable, "-m", "granian"]
    valued = (str(word) for option in options.items() for word in option)
    return [*granian, "--no-ws", "--respawn-failed-workers", *valued, app]


def main() -> int:
    """Check settings and database, print one line about the server, and start it."""
    parser = argparse.ArgumentParser(
        prog="python -m config.server",
        description="Serves the application with the settings of the environment; see .env.example.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    options = parser.parse_args()
    try:
        settings = Settings.from_env()
        check_start(settings, host=options.host)
        if is_taken(options.host, options.port):
            raise PortTaken(f"port {options.port} of {options.host} is in use")
        import_module("wsgi")  # its errors are reported here, not by a process that dies
    except Refused as error:
        return refuse(error)
    print(start_line(settings, options.host, options.port), file=sys.stderr)  # noqa: T201
    command = web_command(host=options.host, port=options.port, database_url=settings.database_url)
    return os.execvp(command[0], command)  # noqa: S606 - our own command


def refuse(error: Exception) -> int:
    """Print why the server does not start; return the exit status for the supervisor.

    It is EX_TEMPFAIL where a restart may succeed, as the database may return, and EX_CONFIG where it fails
    again until a setting is changed.
    """
    print(f"not started: {error}", file=sys.stderr)  # noqa: T201 - the operator reads it
    return os.EX_TEMPFAIL if isinstance(error, DatabaseUnreachable | PortTaken) else os.EX_CONFIG


def is_taken(host: str, port: int) -> bool:
    """Return whether a program listens on ``host:port``.

    Checked before the start, because Granian sets SO_REUSEPORT: a second server would start without an
    error and answer a part of the requests, with another version's code after an upgrade.

    Raises:
        OSError: ``host`` is not an address of this machine.
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
    """Raise where a start would be unsafe or useless.

    Raises:
        ValueError: Development would be reachable from other machines, or no secret key is set.
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
    """Return whether only this machine can reach a listener on ``host``."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name that may resolve to any address
        return False


def start_line(settings: Settings, host: str, port: int) -> str:
    """Return a line with environment, database (without its password) and addresses."""
    environment = "production" if settings.production else "development"
    database = make_url(settings.database_url).render_as_string(hide_password=True)
    return (
        f"AIMSS Monitor, {environment}, database {database}, listening on {host}:{port}, "
        f"public address {settings.public_url}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
