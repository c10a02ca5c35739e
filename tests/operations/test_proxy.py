"""Proxy of compose.yaml with its rules: slow senders hold no thread of the web server."""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.servers import HOST, ROOT, Process, free_port, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("caddy") is None, reason="needs Caddy, which CI installs"),
]


class Upstream(BaseHTTPRequestHandler):
    """Handler that echoes requests and counts them."""

    requests = 0

    def do_POST(self) -> None:
        type(self).requests += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        address = self.headers["X-Forwarded-For"].encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(address + b" " + body)

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        """Write no log."""


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[int]:
    """Caddy with the shipped rules, without TLS, before a counting server; yields its port."""
    Upstream.requests = 0
    upstream = ThreadingHTTPServer((HOST, 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port = free_port()
    rules = (ROOT / "config/deploy/Caddyfile").read_text()
    # Debian's Caddy is 2.6, which knows the rule by its older name
    rules = re.sub(r"request_buffers 1MB", "buffer_requests\n\t\tmax_buffer_size 1MB", rules)
    file = tmp_path / "Caddyfile"
    file.write_text(rules.replace("{\n\tservers", "{\n\tadmin off\n\tservers", 1))
    env = {
        "PUBLIC_HOST": f"http://{HOST}:{port}",
        "WEB_ADDRESS": f"{HOST}:{upstream.server_port}",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    command = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
    with Process(command, env, log=tmp_path / "log"):
        wait_until(
            lambda: _listens(port), within_s=30, what=(tmp_path / "log").read_text() or "Caddy listens"
        )
        yield port
    upstream.shutdown()
    upstream.server_close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def post(port: int, length: int, sent: bytes, *more: str) -> socket.socket:
    head = [f"POST / HTTP/1.1\r\nHost: {HOST}:{port}\r\nContent-Length: {length}", *more, "\r\n"]
    connection = socket.create_connection((HOST, port), timeout=30)
    connection.sendall("\r\n".join(head).encode() + sent)
    return connection


def test_a_request_whose_body_is_not_complete_never_reaches_the_web_server(proxy: int) -> None:
    with ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(post(proxy, 10, b"{"))
        with post(proxy, 2, b"{}") as whole:
            answer = whole.recv(4096)
        assert b"200" in answer.split(b"\r\n", 1)[0]
        assert Upstream.requests == 1


def test_the_address_a_client_claims_is_ignored(proxy: int) -> None:
    with post(proxy, 2, b"{}", "X-Forwarded-For: 203.0.113.9", "Connection: close") as whole:
        answer = b"".join(iter(lambda: whole.recv(4096), b""))
    assert b"203.0.113.9" not in answer
    assert b"127.0.0.1" in answer
