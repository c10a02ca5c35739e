"""Help: what to do, whom to call, and technical details without anything about the patient."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from api.models.site import Site
from api.web.app_pages import static_tree
from tests.faces.app.diaries import an_answer, send
from tests.faces.app.test_sent import today
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults

CONTACTS = {
    "Call 030 1234.": "030 1234",
    "Call +49 (30) 1234-567, Mondays to Fridays, 8 to 16 h.": "+49 (30) 1234-567",
    "Mondays to Fridays, 0800-1600, ask for the nurse": None,
    "Ward: 030 123456, nurse: 030 654321": None,
    "Ask at the desk, 8 to 16 h": None,
}
NUMBERS = """async ([address, contacts]) => {
  const { phoneNumberOf } = await import(address);
  return contacts.map((contact) => phoneNumberOf({ phone: null, contact }));
}"""


def test_the_number_to_call_is_found_and_never_guessed(app: Phone) -> None:
    with app.server.app.app_context():
        address = static_tree().url("shared/phone_number.js")
    assert app.page.evaluate(NUMBERS, [address, list(CONTACTS)]) == list(CONTACTS.values())


def test_help_answers_offline_and_copies_nothing_about_the_patient(
    app: Phone, screenshots: Callable[[Page, str], None]
) -> None:
    send(app, [an_answer(today(), pain_worst=7, note="a secret")])
    app.wait_for_worker()
    app.show("help", "Help")
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    app.show("today", "Today")
    app.context.set_offline(True)
    app.page.get_by_role("contentinfo").get_by_role("link", name="Help").click()
    page = app.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Help")
    expect(page.get_by_role("main").get_by_role("link", name="Call your")).to_have_attribute(
        "href", "tel:0301234"
    )
    for each in page.locator("summary").all():
        each.click()
    expect(page.get_by_text("goes out by itself")).to_be_visible()
    assert geometry_faults(page) == []
    page.set_viewport_size({"width": 390, "height": 3000})  # no row is half under the bar
    assert axe_faults(page) == []
    screenshots(page, "help")
    page.get_by_role("button", name="Copy technical details").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"^app: \w{16}$", copied, re.M)
    for secret in (str(app.patient.id), app.patient.name, app.patient.reference, "secret"):
        assert secret not in copied


def test_help_is_found_in_the_settings(app: Phone) -> None:
    app.show("settings", "Settings")
    app.page.get_by_role("main").get_by_role("link", name="Help").click()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Help")


@pytest.mark.parametrize("contact", ["Call 030 1234.", "Ask at the desk, 8 to 16 h"])
def test_the_foot_speaks_the_patient_s_language_around_what_the_site_has_set(
    new_phone: Callable[..., Phone], contact: str, screenshots: Callable[[Page, str], None]
) -> None:
    phone = new_phone(viewport={"width": 320, "height": 700}, locale="de-DE")
    with phone.server.database.begin() as session:
        site = session.get_one(Site, phone.patient.site_id)
        before, site.contact = site.contact, contact
    try:
        phone.open(f"/activate#{phone.server.code_for(phone.patient)}")
        phone.page.locator("button[type=submit]").click()
        phone.page.locator(".week").wait_for()
        words = "Klinik anrufen: 030 1234" if "030" in contact else f"Ihr Team: {contact}"
        expect(phone.page.get_by_role("contentinfo")).to_contain_text(words)
        expect(phone.page.get_by_role("contentinfo")).not_to_contain_text("Call")
        phone.page.get_by_role("link", name="Hilfe").click()
        phone.page.get_by_role("heading", name="Hilfe", level=1).wait_for()
        assert geometry_faults(phone.page) == []
        phone.page.set_viewport_size({"width": 320, "height": 3000})
        assert axe_faults(phone.page) == []
        screenshots(phone.page, f"help-de-320-{'number' if '030' in contact else 'none'}")
    finally:
        with phone.server.database.begin() as session:
            session.get_one(Site, phone.patient.site_id).contact = before
