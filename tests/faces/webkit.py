"""A browser with the engine of Safari: WebKitGTK by its own driver, on a screen that nobody sees.

The driver speaks WebDriver, which is JSON over HTTP; no library is needed for the few commands of a story.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers import HOST, Process, answers, free_port, wait_until

DRIVER = "WebKitWebDriver"
SCREEN = "Xvfb"
BROWSERS = Path("/usr/lib")
"""Debian puts MiniBrowser below this folder, by architecture and version."""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element in an answer, by the standard."""
HEAR = """
window.heard = [];
addEventListener("error", ({ message }) => heard.push(message));
addEventListener("unhandledrejection", ({ reason }) => heard.push(String(reason)));
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  heard.push(`CSP: ${violatedDirective} ${blockedURI}`));
"""


@dataclass
class Safari:
    """A session of the driver: one browser with one page."""

    port: int
    """Port of the driver."""
    session: str
    """Path of the session at the driver."""

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Send a command of WebDriver and return its value."""
        return _call(self.port, method, f"{self.session}{path}", body)

    def open(self, address: str) -> None:
        """Open an address, and listen to what goes wrong in its page."""
        self.call("POST", "/url", url=address)
        self.run(HEAR)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page; a promise is waited for."""
        return self.call("POST", "/execute/sync", script=script, args=list(arguments))

    def heard(self) -> list[str]:
        """Return the errors and violations of the page since it was opened."""
        found: list[str] = self.run("return window.heard")
        return found

    def tap(self, name: str) -> None:
        """Tap the button, link or answer whose text begins with a name, as soon as it is there."""
        begins = f"starts-with(normalize-space(.), '{name}')"
        paths = f"//button[{begins}] | //a[{begins}] | //label[{begins}]"
        found: list[dict[str, str]] = []

        def is_there() -> bool:
            found[:] = self.call("POST", "/elements", using="xpath", value=paths)
            return bool(found)

        try:
            wait_until(is_there, within_s=20, what=name)
        except TimeoutError:
            pytest.fail(f"nothing to tap is called {name}: {self.text()}")
        self.call("POST", f"/element/{found[0][ELEMENT]}/click")

    def text(self) -> str:
        """Return what a person can read on the page."""
        return str(self.run("return document.body.innerText"))

    def wait_for(self, selector: str, text: str) -> None:
        """Wait until the first element of a selector says a text."""
        script = "return document.querySelector(arguments[0])?.innerText ?? ''"
        wait_until(lambda: text in self.run(script, selector), within_s=20, what=f"{selector}: {text}")


def missing() -> list[str]:
    """Return the names of the programs that are not installed here."""
    found = {DRIVER: shutil.which(DRIVER), SCREEN: shutil.which(SCREEN), "MiniBrowser": _browser()}
    return [name for name, path in found.items() if path is None]


@contextmanager
def safari(folder: Path) -> Iterator[Safari]:
    """Start a screen, the driver and a browser; the folder is the browser's home."""
    with ExitStack() as ends:
        display = ends.enter_context(_screen())
        port = free_port()
        command = [DRIVER, f"--port={port}", f"--host={HOST}"]
        home = {"DISPLAY": display, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        ends.enter_context(Process(command, home, log=folder / "driver.log"))
        wait_until(lambda: answers(port, "/status"), within_s=20, what="the driver")
        options = {"binary": _browser(), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        begun = _call(port, "POST", "/session", {"capabilities": wanted})
        driven = Safari(port, f"/session/{begun['sessionId']}")
        ends.callback(driven.call, "DELETE", "")
        yield driven


def _browser() -> str | None:
    return next((str(path) for path in sorted(BROWSERS.glob("*/webkit2gtk-4*/MiniBrowser"))), None)


@contextmanager
def _screen() -> Iterator[str]:
    reads, writes = os.pipe()
    command = [SCREEN, "-displayfd", str(writes), "-screen", "0", "500x900x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL)
    os.close(writes)
    with os.fdopen(reads) as number:
        display = f":{number.readline().strip()}"
    try:
        yield display
    finally:
        screen.terminate()
        screen.wait(10)


def _call(port: int, method: str, path: str, body: dict[str, Any]) -> Any:
    connection = HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(method, path, json.dumps(body) if method == "POST" else None)
        answer = connection.getresponse()
        value = json.load(answer)["value"]
    finally:
        connection.close()
    assert answer.status == HTTPStatus.OK, value
    return value
