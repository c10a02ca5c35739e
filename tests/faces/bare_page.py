"""The modules of the phone app on an empty page: what they do is tested without any screen."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from api.models.patient import Patient
from api.web.app_pages import static_tree
from tests.faces.serving import FaceServer

MODULES = (
    "shared/api",
    "shared/auth",
    "shared/days",
    "shared/locks",
    "app/store",
    "app/items",
    "app/outbox",
    "app/decisions",
    "app/identity",
    "app/diary",
    "app/queue",
    "app/refill",
    "app/sync",
    "app/curve_data",
    "app/events",
    "app/zone",
    "app/push",
)
BLANK = "/app/blank"
LOAD = """async (addresses) => {
  const modules = await Promise.all(addresses.map((address) => import(address)));
  window.aimss = Object.assign({}, ...modules);
}"""
WORKER = "/app/blank-worker.js"
"""A file: a worker of a blob would have no address of the server, and reach nothing."""
IN_WORKER = """(address) => new Promise((resolve, reject) => {
  const worker = new Worker(address, { type: "module" });
  worker.onmessage = () => { worker.terminate(); resolve(null); };
  worker.onerror = (event) => reject(new Error(event.message));
})"""
SHIFTED_CLOCK = """(() => {
  const Real = Date;
  let ahead = 0;
  window.shiftClock = (ms) => { ahead = ms; };
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead); }
    static now() { return Real.now() + ahead; }
  };
})();"""


@dataclass
class BarePhone:
    """A browser of a patient with the modules of the app loaded, and no screen."""

    context: BrowserContext
    server: FaceServer
    patient: Patient
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        """Open the first page."""
        self.context.route(f"**{BLANK}", _blank)
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Open another tab with the modules."""
        page = self.context.new_page()
        page.goto(f"{self.server.address}{BLANK}")
        self.load(page)
        return page

    def load(self, page: Page) -> None:
        """Load the modules into a page."""
        with self.server.app.app_context():
            addresses = [static_tree().url(f"{name}.js") for name in MODULES]
        page.evaluate(LOAD, addresses)

    def reload(self) -> None:
        """Load the page anew."""
        self.page.reload()
        self.load(self.page)

    def kill(self) -> None:
        """Close the page without giving it time, and open another one."""
        crashed = self.page
        self.page = self.new_page()
        crashed.close()

    def run(self, script: str, *, page: Page | None = None, **given: Any) -> Any:
        """Run the body of an async function with `m`, all exports of the modules, and the values given."""
        names = ", ".join(given)
        function = f"async ({{{names}}}) => {{ const m = window.aimss; {script} }}"
        return (page or self.page).evaluate(function, given)

    def activate(self) -> "BarePhone":
        """Activate the phone with a code of the clinic."""
        self.run("await m.join(code, 'My phone')", code=self.server.code_for(self.patient))
        return self

    def save(self, **answers: Any) -> str:
        """Save an entry about today, and return its id."""
        return str(
            self.run("return (await m.saveEntry({ day: m.today(), answers })).subject", answers=answers)
        )

    def items(self) -> list[dict[str, Any]]:
        """Return what is in the outbox."""
        found: list[dict[str, Any]] = self.run("return m.items()")
        return found

    def states(self) -> list[str]:
        """Return the states of the items in the outbox."""
        return [item["state"] for item in self.items()]

    def drain(self) -> None:
        """Send what waits, once."""
        self.run("await m.drain()")

    def drain_in_worker(self) -> None:
        """Send what waits from a worker, as the service worker does."""
        with self.server.app.app_context():
            address = static_tree().url("app/sync.js")
        code = f"import {{ drain }} from '{address}'; drain().then(() => postMessage('done'));"
        script = {"body": code, "content_type": "text/javascript"}
        self.context.route(f"**{WORKER}", lambda route: route.fulfill(**script))
        self.page.evaluate(IN_WORKER, WORKER)

    def at_server(self) -> list[dict[str, Any]]:
        """Return the patient's entries as another phone would read them."""
        answer = self.run("return (await m.api.get('/v1/me/entries?limit=500')).body.items")
        return json.loads(json.dumps(answer))  # type: ignore[no-any-return]


def _blank(route: Route) -> None:
    route.fulfill(body="<!doctype html><title>Empty</title>", content_type="text/html")


@pytest.fixture
def bare_phone(new_bare_phone: Callable[..., BarePhone]) -> BarePhone:
    """A phone of a new patient, activated, that does not send by itself."""
    return new_bare_phone().activate()


@pytest.fixture
def new_bare_phone(
    new_context: Callable[..., BrowserContext], server: FaceServer
) -> Callable[..., BarePhone]:
    """Makes phones, of a new patient or of the one who is given; none is activated yet."""

    def make(patient: Patient | None = None, **options: Any) -> BarePhone:
        context = new_context(**options)
        context.add_init_script(SHIFTED_CLOCK)
        return BarePhone(context, server, patient or server.new_patient())

    return make
