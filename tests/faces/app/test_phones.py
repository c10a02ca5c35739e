"""My phones: which are signed in, signing one out, adding one, and leaving this one with nothing behind."""

import re

from playwright.sync_api import expect

from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults

KEPT = """Promise.all([
  indexedDB.databases().then((all) => all.filter(({ name }) => name === "aimss").length),
  caches.keys().then((names) => names.length),
  navigator.serviceWorker.getRegistrations().then((all) => all.length),
])"""


def faults(phone: Phone) -> list[list[str]]:
    return [geometry_faults(phone.page), axe_faults(phone.page)]


def save_offline(phone: Phone) -> None:
    """Check in while the server cannot be reached."""
    phone.server.refuse = lambda method, path: 503 if method == "POST" and path == "/v1/me/entries" else None
    phone.page.get_by_role("link", name="Check in").click()
    phone.page.get_by_role("radio", name=re.compile("^4")).first.check(force=True)
    phone.page.get_by_role("button", name="Next").click()
    phone.page.get_by_role("button", name="Next").click()
    phone.page.get_by_role("button", name="Send").click()
    phone.page.get_by_text("Saved on this phone").first.wait_for()


def test_a_lost_phone_is_signed_out_from_another(app: Phone, new_phone, screenshots) -> None:
    lost = new_phone(app.patient).activate()
    app.show("phones", "My phones")
    expect(app.page.get_by_text("This phone", exact=True)).to_have_count(1)
    app.page.get_by_text("Sign out “My phone”").click()
    assert faults(app) == [[], []]
    screenshots(app.page, "phones")
    app.page.get_by_role("button", name="Yes, sign it out").click()
    expect(app.page.get_by_text("No other phone is signed in.")).to_be_visible()
    lost.page.reload()
    expect(lost.page.get_by_text("Please sign in again")).to_be_visible()


def test_a_phone_that_was_signed_out_elsewhere_meanwhile_is_no_fault(app: Phone, new_phone) -> None:
    new_phone(app.patient).activate()
    app.show("phones", "My phones")
    other = app.context.new_page()
    for page in (app.page, other):
        page.goto(f"{app.server.address}/app/#/phones")
        page.get_by_text("Sign out “My phone”").click()
    for page in (app.page, other):
        page.get_by_role("button", name="Yes, sign it out").click()
        expect(page.get_by_text("No other phone is signed in.")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)


def test_another_phone_is_added_by_a_code_in_big_letters(app: Phone, new_phone, screenshots) -> None:
    app.show("phones", "My phones")
    app.page.get_by_role("link", name="Add another phone").click()
    app.page.get_by_role("button", name="Show a code").click()
    code = app.page.locator(".code")
    expect(code).to_have_text(re.compile(r"^\w{5}-\w{5}$"))
    expect(app.page.get_by_text(re.compile("^Works until"))).to_be_visible()
    square = app.page.get_by_role("img", name="The same code as a square")
    assert square.evaluate("image => image.complete && image.naturalWidth > 100")
    assert faults(app) == [[], []]
    screenshots(app.page, "another")
    second = new_phone(app.patient)
    second.open(f"/activate#{code.text_content()}")
    second.page.get_by_role("button", name="Activate").click()
    second.page.get_by_role("heading", name="Today", level=1).wait_for()
    app.show("settings", "Settings").show("phones", "My phones")
    expect(app.page.locator("section.card")).to_have_count(2)


def test_a_code_is_made_only_when_asked_for_and_goes_with_its_time(app: Phone) -> None:
    app.page.clock.install()
    before = len(app.server.transfers)
    app.show("another", "Add another phone").page.reload()
    app.page.get_by_role("button", name="Show a code").wait_for()
    assert "/v1/me/activations" not in {each.path for each in app.server.transfers[before:]}
    app.page.get_by_role("button", name="Show a code").click()
    app.page.locator(".code").wait_for()
    app.page.clock.run_for(601_000)
    expect(app.page.get_by_text("This code does not work any more.")).to_be_visible()
    expect(app.page.locator(".code")).to_have_count(0)
    expect(app.page.get_by_role("button", name="Show a new code")).to_be_visible()


def test_the_list_says_when_it_cannot_be_read_or_is_refused(app: Phone) -> None:
    app.wait_for_worker()
    app.context.set_offline(True)
    app.show("phones", "My phones")
    expect(app.page.get_by_text("This list needs the internet.")).to_be_visible()
    assert faults(app) == [[], []]
    app.context.set_offline(False)
    app.page.get_by_role("button", name="Try again").click()
    expect(app.page.get_by_text("This phone", exact=True)).to_be_visible()


def test_signing_out_leaves_nothing_on_the_phone_and_ends_the_sign_in(app: Phone, screenshots) -> None:
    app.wait_for_worker()
    app.show("leave", "Sign out of this phone")
    assert faults(app) == [[], []]
    screenshots(app.page, "leave")
    app.page.get_by_role("button", name="Sign out").click()
    app.page.wait_for_url("**/activate")
    expect(app.page.get_by_role("textbox", name="Activation code")).to_be_visible()
    assert [each["name"] for each in app.context.cookies() if each["name"].startswith("aimss_")] == []
    other = app.context.new_page()
    other.goto(f"{app.server.address}/healthz")
    assert other.evaluate(KEPT)[1:] == [0, 0]
    app.activate()


def test_what_is_not_sent_is_shown_before_it_would_be_deleted(app: Phone, screenshots) -> None:
    save_offline(app)
    app.show("leave", "Sign out of this phone")
    expect(app.page.get_by_text("1 thing on this phone is not sent")).to_be_visible()
    expect(app.page.get_by_role("listitem").filter(has_text="Check-in for")).to_be_visible()
    expect(app.page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)
    assert faults(app) == [[], []]
    screenshots(app.page, "leave-unsent")
    app.server.refuse = lambda *_: None
    app.page.get_by_role("button", name="Sign out", exact=True).wait_for()


def test_signing_out_needs_a_network_and_says_so(app: Phone) -> None:
    app.wait_for_worker()
    app.show("leave", "Sign out of this phone")
    app.context.set_offline(True)
    expect(app.page.get_by_text("Signing out needs the internet")).to_be_visible()
    expect(app.page.get_by_role("button", name="Sign out", exact=True)).to_be_disabled()
    app.context.set_offline(False)


def test_settings_lead_to_the_phones_and_out_of_this_one(app: Phone) -> None:
    app.show("settings", "Settings")
    app.page.get_by_role("link", name="My phones").click()
    app.page.get_by_role("heading", name="My phones", level=1).wait_for()
    app.page.get_by_role("link", name="Sign out of this phone").click()
    app.page.get_by_role("heading", name="Sign out of this phone", level=1).wait_for()
