"""Add more: further questions about the same day, each optional, in the words and the limits of the API."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.faces.app.test_check_in import CHECKED, at_server, check_in, none_of_these, state, tap
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults

ELSEWHERE = {"dose_reasons", "red_flags"}
"""Asked on pages of their own."""


def add_more(phone: Phone, ask: str = "") -> Page:
    """Open the list of further questions of today, or one of them."""
    day = phone.page.evaluate("new Date().toLocaleDateString('sv')")
    phone.open(f"/app/#/more?day={day}{ask and f'&ask={ask}'}")
    expect(phone.page.get_by_text("optional", exact=True)).to_be_visible()
    return phone.page


def row(page: Page, label: str) -> Locator:
    return page.get_by_role("link", name=label)


def the_entry(phone: Phone) -> dict[str, Any]:
    [entry] = at_server(phone)["items"]
    return dict(entry)


def test_after_the_three_questions_more_can_be_added_and_goes_out_with_them(app: Phone) -> None:
    page = app.page
    page.get_by_role("link", name="Check in").tap()
    page.get_by_role("radio", name="4", exact=True).tap()
    tap(page, "button", "Next")
    tap(page, "button", "Next")
    tap(page, "link", "Add more")
    row(page, "Pain at night").tap()
    assert page.evaluate(CHECKED) == 0, "nothing is chosen beforehand"
    page.get_by_role("radio", name="6", exact=True).tap()
    tap(page, "link", "Done")
    row(page, "Confidence").tap()
    page.get_by_role("radio", name="0 not confident at all").tap()
    page.wait_for_timeout(200)  # it is on the disk then; a test of its own takes 50 ms
    page.reload()
    expect(page.get_by_role("radio", name="0 not confident at all")).to_be_checked()
    tap(page, "link", "Done")
    expect(row(page, "Pain at night")).to_contain_text("6")
    expect(row(page, "Average pain")).to_contain_text("not answered")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    none_of_these(page)
    entry = the_entry(app)
    assert (entry["pain_worst"], entry["pain_at_night"], entry["confidence"]) == (4, 6, 0)
    assert "pain_average" not in entry or entry["pain_average"] is None


def test_every_further_question_of_the_api_is_there_within_its_limits(app: Phone) -> None:
    page = add_more(app)
    questions = [
        each
        for each in at_server(app, "/v1/check-in")["questions"]
        if each["asked"] == "more" and each["name"] not in ELSEWHERE
    ]
    for each in questions:
        expect(page.locator(f"a[href*='ask={each['name']}']")).to_contain_text(each["label"])
    for each in questions:
        add_more(app, each["name"])
        expect(page.get_by_role("heading", level=1)).to_have_text(each["text"])
        assert page.evaluate(CHECKED) == 0
        if each["kind"] == "scale" and each["highest"] <= 10:
            count = each["highest"] - each["lowest"] + 1
            expect(page.get_by_role("radio")).to_have_count(count)
        elif each["kind"] == "scale":
            expect(page.get_by_role("spinbutton")).to_have_attribute("max", str(each["highest"]))
        elif each["kind"] == "text":
            expect(page.get_by_role("textbox")).to_have_attribute("maxlength", str(each["max_length"]))
        assert geometry_faults(page) + axe_faults(page) == [], each["name"]


def test_minutes_are_tapped_or_typed_and_a_note_is_kept(app: Phone) -> None:
    page = add_more(app, "morning_stiffness_minutes")
    tap(page, "radio", "up to 30 minutes")
    expect(page.get_by_role("spinbutton")).to_have_value("30")
    page.get_by_role("spinbutton").fill("45")
    page.get_by_role("spinbutton").blur()
    expect(page.locator("input:checked")).to_have_count(0)
    tap(page, "link", "Done")
    expect(row(page, "Morning stiffness")).to_contain_text("45 minutes")
    row(page, "Note").tap()
    page.get_by_role("textbox").fill("Stairs are hard.")
    page.wait_for_timeout(200)
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value("Stairs are hard.")
    tap(page, "link", "Done")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    entry = the_entry(app)
    assert (entry["morning_stiffness_minutes"], entry["note"]) == (45, "Stairs are hard.")
    assert entry.get("pain_worst") is None


def test_20_where_it_hurts_is_a_list_first_then_a_picture_of_the_same_places(
    app: Phone, screenshots: Callable[[Page, str], None]
) -> None:
    page = add_more(app, "body_sites")
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    tap(page, "button", "left hand")
    tap(page, "button", "right hand")
    expect(page.get_by_role("button", name="both hands")).to_have_attribute("aria-pressed", "true")
    tap(page, "button", "Neck")
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("both hands, Neck")
    screenshots(page, "where-list")
    assert geometry_faults(page) + axe_faults(page) == []
    tap(page, "link", "Picture, front")
    expect(page.get_by_role("button", name="left hand")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="left knee").focus()
    page.keyboard.press("Space")
    screenshots(page, "where-front")
    assert geometry_faults(page) + axe_faults(page) == []
    tap(page, "link", "Picture, back")
    page.get_by_role("button", name="Lower back").tap()  # only there; the hands change sides
    page.get_by_role("button", name="right hand").tap()
    assert geometry_faults(page) + axe_faults(page) == []
    screenshots(page, "where-back")
    tap(page, "link", "Done")
    expect(row(page, "Where it hurts")).to_contain_text("left hand, left knee, Neck, Lower back")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    places = {(each["site"], each["side"]) for each in the_entry(app)["body_sites"]}
    assert places == {("hand", "left"), ("knee", "left"), ("neck", "middle"), ("lower_back", "middle")}


def test_the_places_of_the_last_time_can_be_taken_over(app: Phone) -> None:
    day = app.page.evaluate("new Date(Date.now() - 864e5).toLocaleDateString('sv')")
    app.open(f"/app/#/more?day={day}&ask=body_sites")
    tap(app.page, "button", "both knees")
    tap(app.page, "link", "Done")
    tap(app.page, "button", "Send")
    expect(state(app.page)).to_have_text("Sent")
    none_of_these(app.page)
    expect(app.page.get_by_role("heading", level=1)).to_contain_text("Sent")
    page = add_more(app, "body_sites")
    page.get_by_role("button", name="Same as last time").tap()
    expect(page.get_by_role("button", name="both knees")).to_have_attribute("aria-pressed", "true")


def test_more_can_be_added_to_what_was_sent_and_nothing_is_not_sent(app: Phone) -> None:
    page = add_more(app)
    tap(page, "button", "Send")
    expect(page.get_by_role("alert")).to_be_focused()
    check_in(app, pain=3)
    none_of_these(page)
    tap(page, "link", "Add more")
    row(page, "Daily life").tap()
    page.get_by_role("radio", name="10 completely").tap()
    tap(page, "link", "Done")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent")
    entry = the_entry(app)
    assert (entry["pain_worst"], entry["interference"], entry["version"]) == (3, 10, 2)


@pytest.mark.parametrize("locale", ["de-DE"])
def test_where_it_hurts_fits_a_small_phone(
    new_phone: Callable[..., Phone], screenshots: Callable[[Page, str], None], locale: str
) -> None:
    phone = new_phone(viewport={"width": 320, "height": 700}, locale=locale)
    page = phone.open(f"/activate#{phone.server.code_for(phone.patient)}").page
    page.locator("button[type=submit]").click()
    page.locator(".week").wait_for()
    day = page.evaluate("new Date().toLocaleDateString('sv')")
    for name, part in (("more", ""), ("list", "&ask=body_sites"), ("front", "&ask=body_sites&look=front")):
        phone.open(f"/app/#/more?day={day}{part}")
        page.locator({"more": ".rows", "list": ".sites", "front": ".body-figure"}[name]).wait_for()
        assert geometry_faults(page) + axe_faults(page) == [], name
        screenshots(page, f"more-{name}-{locale[:2]}-320")
