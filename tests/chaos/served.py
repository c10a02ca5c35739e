"""A real web server for hostile tests, and a client that says what it was answered."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.server import web_command
from tests.support.servers import HOST, START_WITHIN_S, Process, answers, free_port, wait_until


@dataclass(frozen=True)
class Answered:
    """An answer as a client sees it."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case, as the server writes them."""
    content: Any


@dataclass(frozen=True)
class Served:
    """A running web server."""

    port: int
    process: Process
    log: Path

    def ask(
        self, method: str, path: str, *, token: str = "", content: Any = None, within_s: float = 30.0
    ) -> Answered:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=within_s)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = None if content is None else json.dumps(content)
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            said = json.loads(text) if "json" in (answer.headers.get_content_type() or "") else text
            return Answered(
                answer.status, {name.lower(): value for name, value in answer.headers.items()}, said
            )
        finally:
            connection.close()


@contextmanager
def served(url: str, folder: Path, *, app: str = "wsgi:server", **env: str) -> Iterator[Served]:
    """Serve ``app`` on the database at ``url`` as production does, and stop it at the end."""
    port, log = free_port(), folder / "web.log"
    settings = {
        "DATABASE_URL": url,
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": "for tests only, and long enough",
        **env,
    }
    command = web_command(host=HOST, port=port, database_url=url, app=app)
    with Process(command, settings, log=log) as process:
        wait_until(lambda: answers(port, "/health/live"), within_s=START_WITHIN_S, what="the web answers")
        yield Served(port, process, log)


def url_of(database: Any) -> str:
    """Return the URL of a test's database, password and all."""
    url: str = database.engine.url.render_as_string(hide_password=False)
    return url
