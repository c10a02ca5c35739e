"""A browser, a served clinic, and the phone of a patient.

The browser is Debian's Chromium, without windows where that program is installed. Where there is none the
tests are skipped with one sentence, except in CI.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from api.models.patient import Patient
from tests.faces.serving import FaceServer, face_server

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"
"""The same engine without windows and notifications, for half of the processor's time."""
PHONE = {"width": 390, "height": 844}
HARMLESS = ("Failed to load resource", "An unknown error occurred when fetching the script.")
"""Beginnings of messages that say nothing about the page: a refused or failed request is the test's own."""

GUARD = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
  console.error(`CSP: ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`));
"""


@dataclass
class Guard:
    """Everything that the consoles of a test have said; anything unexpected makes the test fail."""

    heard: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of messages that the test provokes."""

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.add_init_script(GUARD)
        context.on("page", lambda page: page.on("pageerror", lambda error: self.heard.append(str(error))))
        context.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(HARMLESS):
            self.heard.append(message.text)

    def faults(self) -> list[str]:
        """Return what was heard and not expected."""
        return [text for text in self.heard if not any(part in text for part in self.expected)]


@dataclass
class Phone:
    """A patient's phone, with the app in its browser."""

    context: BrowserContext
    page: Page
    server: FaceServer
    patient: Patient

    def activate(self) -> "Phone":
        """Enter an activation code, as a patient does by the link of the team, and wait for *Today*."""
        self.open(f"/activate#{self.server.code_for(self.patient)}")
        self.page.get_by_role("button", name="Activate").click()
        self.page.wait_for_url("**/app/**")
        self.page.get_by_role("heading", name="Today", level=1).wait_for()
        return self

    def open(self, path: str = "/app/") -> "Phone":
        """Open an address of the server."""
        self.page.goto(f"{self.server.address}{path}")
        return self

    def show(self, screen: str, level_one: str) -> "Phone":
        """Open a screen by its address, such as ``settings``, and wait for its heading."""
        self.open(f"/app/#/{screen}")
        self.page.get_by_role("heading", name=level_one, level=1).wait_for()
        return self

    def wait_for_worker(self) -> None:
        """Wait until the service worker serves this page, so that it opens without a network."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        self.wait_until("navigator.serviceWorker.controller !== null")  # wait_for_function needs unsafe-eval

    def wait_until(self, promise: str, *, within_s: float = 20.0) -> None:
        """Wait until an expression, which may be a promise, is true in the page."""
        deadline = time.monotonic() + within_s
        while not self.page.evaluate(promise):
            assert time.monotonic() < deadline, f"not within {within_s:g} s: {promise}"
            self.page.wait_for_timeout(50)

    def reopen(self) -> "Phone":
        """Close the page and open the app anew, as after a kill; what the browser keeps is kept."""
        self.page.close()
        self.page = self.context.new_page()
        self.page.wait_for_timeout(300)  # a worker that waits begins once its last page has gone
        return self.open()


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[[Sequence[str]], Browser]]:
    """Starts browsers: the first of some programs that is installed; they end with the process."""
    with sync_playwright() as playwright:
        loop, launched = asyncio.get_running_loop(), list[Browser]()

        def start(names: Sequence[str]) -> Browser:
            path = next(filter(None, map(shutil.which, names)), None)
            if path is None:
                asyncio._set_running_loop(None)
                if os.environ.get("CI"):
                    pytest.fail("CI has no Chromium: .ci/run installs it")
                pytest.skip("the faces were not tested: there is no Chromium here (apt-get install chromium)")
            asyncio._set_running_loop(loop)
            launched.append(playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]))
            asyncio._set_running_loop(None)
            return launched[-1]

        asyncio._set_running_loop(None)
        yield start
        asyncio._set_running_loop(loop)
        for browser in launched:
            browser.close()
    asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def browser(launch: Callable[[Sequence[str]], Browser]) -> Browser:
    """The one browser of a test process, without windows where that program is here."""
    return launch((SHELL, *BROWSERS))


@pytest.fixture(scope="session")
def whole_browser(launch: Callable[[Sequence[str]], Browser]) -> Browser:
    """A browser that has notifications, too."""
    return launch(BROWSERS)


@pytest.fixture
def _loop_of_browser(browser: Browser) -> Iterator[None]:
    """Mark the loop of Playwright as running during a test, and only then.

    Playwright leaves it marked, and other tests of this process could not run loops of their own.
    """
    asyncio._set_running_loop(browser._impl_obj._loop)
    yield
    asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceServer]:
    """A clinic served to all tests of a process; each test enrols patients of its own."""
    with face_server(tmp_path_factory.mktemp("faces")) as served:
        yield served


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Fails the test for any violation of the policy and for any error in a console."""
    guard = Guard()
    yield guard
    assert guard.faults() == []


@pytest.fixture
def new_context(
    browser: Browser, _loop_of_browser: None, guard: Guard, server: FaceServer
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts: each is a phone of its own with cookies and storage of its own."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        given = {"viewport": PHONE, "has_touch": True, "locale": "en-GB", "timezone_id": "Europe/Berlin"}
        context = browser.new_context(**given | options)
        context.set_default_timeout(20_000)
        guard.watch(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def new_phone(new_context: Callable[..., BrowserContext], server: FaceServer) -> Callable[..., Phone]:
    """Makes phones: of a new patient, or of the one who is given, who then speaks the phone's language."""

    def make(patient: Patient | None = None, **options: Any) -> Phone:
        language = str(options.get("locale", "en"))[:2]
        if patient is None:
            patient = server.new_patient(language=language)
        elif "locale" in options:
            server.set_language(patient, language)
        context = new_context(**options)
        return Phone(context, context.new_page(), server, patient)

    return make


@pytest.fixture
def phone(new_phone: Callable[..., Phone]) -> Phone:
    """The phone of a new patient, on which nothing has been opened yet."""
    return new_phone()


@pytest.fixture
def app(phone: Phone) -> Phone:
    """The phone of a patient who has activated the app and looks at *Today*."""
    return phone.activate()


@pytest.fixture
def screenshots() -> Callable[[Page, str], None]:
    """Keeps a picture of a page where FACES_SCREENSHOTS names a folder."""
    folder = os.environ.get("FACES_SCREENSHOTS")

    def keep(page: Page, name: str) -> None:
        if folder:
            # one that reaches beyond the screen forgets the size of text: see Look.unrolled
            reaches_beyond = page.evaluate("document.documentElement.scrollHeight > innerHeight")
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=reaches_beyond)

    return keep
