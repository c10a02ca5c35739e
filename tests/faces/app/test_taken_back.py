"""Answers that are being filled in after the entry they were based on has been taken back."""

from playwright.sync_api import expect

from tests.faces.app.test_check_in import at_server, check_in, none_of_these, tap
from tests.faces.conftest import Phone


def test_a_check_in_after_an_undo_is_a_new_entry_and_no_correction(app: Phone) -> None:
    page = app.page
    check_in(app, pain=3)
    none_of_these(page)
    page.get_by_role("link", name="Change").tap()
    expect(page.get_by_role("radio", name="3", exact=True)).to_be_checked()
    page.go_back()
    tap(page, "button", "Undo")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    app.open("/app/#/checkin")
    expect(page.get_by_role("radio", name="3", exact=True)).not_to_be_checked()
    check_in(app, pain=5)
    page.locator(".facts").wait_for()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    entries = at_server(app)["items"]
    assert sorted((each["withdrawn"], each.get("pain_worst")) for each in entries) == [
        (False, 5),
        (True, None),
    ]


def test_flags_of_an_entry_that_was_withdrawn_are_not_ticked_any_more(app: Phone) -> None:
    page = app.page
    check_in(app, pain=3)
    tap(page, "button", "Chest pain")
    tap(page, "button", "Next")
    tap(page, "button", "I have called")
    page.locator(".facts").wait_for()
    app.open("/app/#/flags")
    expect(page.locator("[aria-pressed=true]")).to_have_text("Chest pain")
    app.open("/app/#/sent")
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Undo").wait_for()
    app.open("/app/#/flags")
    page.locator("[aria-pressed]").first.wait_for()
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
