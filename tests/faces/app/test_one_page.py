"""The three questions on one page, for patients who want it so."""

from playwright.sync_api import expect

from tests.faces.app.test_check_in import CHECKED, at_server, none_of_these, state, tap
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults


def on_one_page(app: Phone) -> Phone:
    """Switch it on in the settings, and open the check-in."""
    app.show("settings", "Settings")
    app.page.get_by_role("switch", name="All on one page").check(force=True)
    return app.show("checkin", "Check in")


def test_all_questions_stand_on_one_page_and_are_sent_together(app: Phone, screenshots) -> None:
    page = on_one_page(app).page
    assert page.evaluate(CHECKED) == 0
    expect(page.get_by_role("button", name="Next")).to_have_count(0)
    for group, answer in (("Worst pain", "4"), ("Stiffness", "0 not stiff"), ("Tablet", "Taken")):
        page.get_by_role("radiogroup", name=group).get_by_role("radio", name=answer, exact=True).tap()
    assert geometry_faults(page) + axe_faults(page) == []
    screenshots(page, "one-page")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    none_of_these(page)
    (entry,) = at_server(app)["items"]
    assert (entry["pain_worst"], entry["stiffness"], entry["dose"]) == (4, 0, "taken")
    assert entry["scale"] == "nrs11-buttons-1-page"


def test_a_digit_answers_the_question_that_has_the_focus_and_blank_is_blank(app: Phone) -> None:
    page = on_one_page(app).page
    tap(page, "button", "Send")
    expect(page.get_by_role("alert")).to_contain_text("Nothing to send yet")
    page.get_by_role("radiogroup", name="Stiffness").get_by_role("radio").first.focus()
    page.keyboard.press("7")
    expect(page.locator("input[name=stiffness]:checked")).to_have_value("7")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    none_of_these(page)
    (entry,) = at_server(app)["items"]
    assert (entry["stiffness"], entry.get("pain_worst"), entry.get("dose")) == (7, None, None)
