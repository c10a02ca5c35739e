"""Somebody whom a patient let in: every screen says whose diary it is, and what they send is marked."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from api.services.accounts import activations, proxies
from api.services.accounts.proxies import Invitee
from api.web.app_pages import static_tree
from tests.faces.app.test_questionnaire import load_demo_wording
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.serving import SECRET_KEY, FaceServer, face_server
from tests.support.builders import signed_in

SCREENS = """async ([address, proxy]) =>
  (await import(address)).screensFor(proxy).filter((name) => !["activate", "message"].includes(name))"""
SHOW = """async (screen) => {
  location.hash = `#/${screen}`;
  for (let tries = 0; tries < 100; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (document.querySelector("h1") && !document.querySelector(".loading")) break;
  }
  return document.querySelector(".whose")?.textContent.trim() ?? "";
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceServer]:
    """A clinic that has loaded the demo's text of one questionnaire."""
    with face_server(tmp_path_factory.mktemp("let-in")) as served:
        load_demo_wording(served)
        yield served


def let_in(
    new_phone: Callable[..., Phone], server: FaceServer, *, may_write: bool, **options: object
) -> Phone:
    """Return the phone of somebody whom a new patient has let in."""
    patient, now = server.new_patient(name="Maria Muster"), datetime.now(UTC)
    invitee = Invitee(uuid4(), "Alex", may_write, now + timedelta(days=7))
    key, lifetime = activations.key_of(SECRET_KEY), timedelta(hours=1)
    with server.database.begin() as session:
        by = signed_in(session, session.merge(patient), now=now).principal
        _, made, _ = proxies.invite(session, by, invitee, key=key, lifetime=lifetime, now=now)
    phone = new_phone(patient, **options)
    phone.open(f"/activate#{made.code}").page.locator("button[type=submit]").click()
    phone.page.wait_for_url("**/app/**")
    phone.page.locator(".week").wait_for()
    return phone


def said_on_screens(phone: Phone, *scopes: str) -> dict[str, str]:
    """Return what each screen that is open to them says of whose diary it is."""
    with phone.server.app.app_context():
        address = static_tree().url("app/routes.js")
    names = phone.page.evaluate(SCREENS, [address, {"kind": "proxy", "scopes": list(scopes)}])
    assert {"today", "curve", "sent", "settings", "help"} <= set(names)
    return {name: phone.page.evaluate(SHOW, name) for name in names}


def faults(page: Page) -> list[list[str]]:
    return [geometry_faults(page), axe_faults(page)]


def test_every_screen_of_somebody_who_may_write_says_for_whom_and_what_they_send_is_marked(
    new_phone: Callable[..., Phone], server: FaceServer, screenshots: Callable[[Page, str], None]
) -> None:
    phone = let_in(new_phone, server, may_write=True)
    said = said_on_screens(phone, "report")
    assert {"checkin", "flags", "call", "talk", "questionnaire", "answered", "saved"} <= set(said)
    assert set(said.values()) == {"You are writing for Maria Muster."}, said
    for screen in ("today", "checkin", "settings"):
        phone.page.evaluate(SHOW, screen)
        assert faults(phone.page) == [[], []], screen
        screenshots(phone.page, f"let-in-{screen}")


def test_somebody_who_may_only_read_is_told_whose_diary_it_is(
    new_phone: Callable[..., Phone], server: FaceServer, screenshots: Callable[[Page, str], None]
) -> None:
    phone = let_in(new_phone, server, may_write=False, viewport={"width": 320, "height": 700}, locale="de-DE")
    assert set(said_on_screens(phone, "diary:read").values()) == {"Sie lesen das Tagebuch von Maria Muster."}
    phone.page.evaluate(SHOW, "today")
    assert faults(phone.page) == [[], []]
    screenshots(phone.page, "let-in-reading-de-320")
