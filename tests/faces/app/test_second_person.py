"""A phone that somebody else is signed in on: nothing of the first person is shown, or sent as the second one's."""

from playwright.sync_api import Page, expect

from tests.faces.app.test_check_in import at_server, tap
from tests.faces.conftest import Phone


FIRST_OF = {"checkin": "[type=radio]", "flags": "[aria-pressed]", "activate": "#code"}
"""What each screen has, and no other of these."""


def show(page: Page, screen: str) -> None:
    """Go to a screen without loading the page anew."""
    page.evaluate("(screen) => { location.hash = `#/${screen}`; }", screen)
    page.locator(FIRST_OF[screen]).first.wait_for(state="attached")


def begin_answers(page: Page) -> None:
    """Begin a check-in and tick a red flag, and send neither."""
    show(page, "checkin")
    tap(page, "radio", "7", exact=True)
    expect(page.locator("input:checked")).to_have_count(1)
    show(page, "flags")
    tap(page, "button", "Chest pain")
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)


def activate_for_somebody_else(phone: Phone) -> None:
    """Type the code of another patient in the same page."""
    show(phone.page, "activate")
    code = phone.server.code_for(phone.server.new_patient())
    phone.page.get_by_role("textbox", name="Activation code").fill(code)
    tap(phone.page, "button", "Sign in")
    phone.page.get_by_role("heading", name="Today", level=1).wait_for()


def test_what_one_patient_began_is_neither_shown_to_nor_sent_by_the_next_on_the_same_page(app: Phone) -> None:
    begin_answers(app.page)
    activate_for_somebody_else(app)
    show(app.page, "flags")
    expect(app.page.locator("[aria-pressed=true]")).to_have_count(0)
    show(app.page, "checkin")
    expect(app.page.locator("input:checked")).to_have_count(0)
    for _ in range(2):
        tap(app.page, "button", "Next")
    tap(app.page, "button", "Send")
    assert at_server(app)["items"] == []


def test_another_tab_forgets_what_the_patient_before_began(app: Phone) -> None:
    other = app.context.new_page()
    other.goto(f"{app.server.address}/app/")
    other.get_by_role("heading", name="Today", level=1).wait_for()
    begin_answers(other)
    activate_for_somebody_else(app)
    other.get_by_role("heading", name="Today", level=1).wait_for()
    show(other, "flags")
    expect(other.locator("[aria-pressed=true]")).to_have_count(0)
