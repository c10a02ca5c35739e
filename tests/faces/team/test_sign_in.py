"""Sign-in of the care team: password, one-time codes, refusals, and the end of a sign-in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.services.accounts import passwords
from tests.faces.serving import FaceServer
from tests.faces.team.conftest import MOUSE, Desk
from tests.support.builders import PASSWORD


def a_nurse(server: FaceServer) -> str:
    """Add a nurse whose password is known, and return the e-mail address."""
    return server.new_staff(
        server.new_team(), name="Jo Platz", password_hash=passwords.rehash(PASSWORD)
    ).email


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret.replace(" ", "")).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


def test_a_nurse_signs_in_sets_up_codes_and_signs_in_with_one(
    new_context: Callable[..., BrowserContext], server: FaceServer
) -> None:
    email, page = a_nurse(server), new_context(**MOUSE).new_page()
    page.goto(f"{server.address}/team/#/second-factor")
    sign_in(page, "nobody@example.org", PASSWORD)
    wrong_address = page.get_by_role("alert").inner_text()
    sign_in(page, email, "a wrong password")
    page.get_by_role("button", name="Sign in").wait_for()
    expect(page.get_by_role("alert")).to_have_text(wrong_address)  # the same sentence for either
    sign_in(page, email, PASSWORD)
    page.get_by_role("heading", name="One-time codes", level=1).wait_for()  # where the link led
    page.get_by_role("textbox", name="Password").fill("a wrong password")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work.")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator(".secret").inner_text()
    expect(page.get_by_role("img", name="The secret as a square")).to_be_visible()
    page.get_by_role("textbox", name="One-time code").fill(code_of(secret, -1))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("heading", name="Worklist").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.context.cookies() == [each for each in page.context.cookies() if each["name"] == "aimss_d"]
    sign_in(page, email, PASSWORD)
    code = page.get_by_role("textbox", name="One-time code")
    code.fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text(wrong_address)
    code.fill(code_of(secret))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Worklist").wait_for()


def test_a_role_that_needs_codes_sees_nothing_else_before(
    new_context: Callable[..., BrowserContext], server: FaceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, page = a_nurse(server), new_context(**MOUSE).new_page()
    extensions = server.app.extensions
    settings = replace(extensions["aimss.settings"], require_one_time_codes=("nurse",))
    monkeypatch.setitem(extensions, "aimss.settings", settings)
    page.goto(f"{server.address}/team/")
    sign_in(page, email, PASSWORD)
    page.locator(".secret").wait_for()  # the password is not asked for twice
    page.goto(f"{server.address}/team/#/worklist")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_role("textbox", name="One-time code").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("heading", name="Worklist").wait_for()


def test_too_many_attempts_must_wait_and_see_how_long(
    new_context: Callable[..., BrowserContext], server: FaceServer
) -> None:
    email, page = a_nurse(server), new_context(**MOUSE).new_page()
    page.route(
        "**/v1/sessions",
        lambda route: route.fulfill(
            status=429,
            headers={"Retry-After": "2", "Content-Type": "application/problem+json"},
            body='{"type": "/problems/too-many-tries", "title": "Too many tries", "status": 429}',
        ),
        times=1,
    )
    page.goto(f"{server.address}/team/")
    sign_in(page, email, PASSWORD)
    expect(page.get_by_role("timer")).to_contain_text("Next try in 2 seconds")
    expect(page.get_by_role("button", name="Sign in")).to_be_disabled()
    expect(page.get_by_role("timer")).to_have_text("You can try again now.")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Worklist").wait_for()


def test_signing_out_leaves_nothing_in_any_tab_and_an_address_to_come_back_to(desk: Desk) -> None:
    patient = desk.enrol("Rosa Probe")
    desk.server.report(patient, red_flags=["chest_pain"])
    desk.open("#/worklist")
    expect(desk.page.get_by_role("listitem").filter(has_text="Rosa Probe")).to_be_visible()
    other = desk.other_tab("#/worklist?tier=same_day")
    desk.page.get_by_role("button", name="Sign out").click()
    for page in (desk.page, other.page):
        page.get_by_role("heading", name="Sign in").wait_for()
        assert "Rosa" not in page.content()
    assert other.page.url.endswith("#/sign-in?next=worklist%3Ftier%3Dsame_day")


def test_the_language_is_chosen_before_the_sign_in_and_stays(
    new_context: Callable[..., BrowserContext], server: FaceServer
) -> None:
    email, page = a_nurse(server), new_context(**MOUSE).new_page()
    page.goto(f"{server.address}/team/")
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("textbox", name="E-Mail").fill(email)
    page.get_by_role("textbox", name="Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_role("heading", name="Arbeitsliste").wait_for()
    assert page.locator("html").get_attribute("lang") == "de"
