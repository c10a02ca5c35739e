"""Red flags: what is ticked is saved first, then the page says whom to call, and never that it was read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.models.site import Site
from tests.faces.app.test_check_in import at_server, check_in, none_of_these, state, tap
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.serving import FaceServer

NUMBERS = {
    "phone": "030 555 0100",
    "emergency_number": "112",
    "crisis_line": "030 555 0199",
    "hours": {"en": "Mondays to Fridays, 8:00 to 16:00"},
    "self_harm_answered_by": {"en": "Your team calls you the same working day."},
}


@pytest.fixture(params=[NUMBERS])
def numbers(request: pytest.FixtureRequest, server: FaceServer) -> Iterator[None]:
    """The site has numbers, and says who answers a patient with thoughts of self-harm."""

    def put(values: dict[str, object]) -> None:
        with server.database.begin() as session:
            site = session.get_one(Site, server.clinic.team.site_id)
            for name, value in values.items():
                setattr(site, name, value)

    put(request.param)
    yield
    put(dict.fromkeys(NUMBERS))


@pytest.mark.usefixtures("numbers")
def test_a_ticked_flag_is_saved_before_the_page_to_call_shows_and_said_to_be_unseen(
    app: Phone, screenshots
) -> None:
    page = app.page
    app.wait_for_worker()
    app.wait_until("document.querySelector('.foot a') !== null")
    app.context.set_offline(True)
    check_in(app, pain=3)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Any of these")
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    assert geometry_faults(page) + axe_faults(page) == []
    screenshots(page, "flags")
    tap(page, "button", "A swollen leg")
    tap(page, "button", "None of these")
    expect(page.locator("[aria-pressed=true]")).to_have_text("None of these")
    tap(page, "button", "Chest pain")
    expect(page.locator("[aria-pressed=true]")).to_have_text("Chest pain")
    tap(page, "button", "Next")
    dialog = page.get_by_role("alertdialog", name="Please call now")
    expect(dialog).to_contain_text("You ticked: Chest pain.")
    calls = dialog.get_by_role("link")
    expect(calls.first).to_be_focused()
    assert [each.get_attribute("href") for each in calls.all()] == ["tel:112", "tel:0305550100"]
    expect(page.get_by_role("main")).to_contain_text("Saved on this phone, not yet seen by your team.")
    assert geometry_faults(page) + axe_faults(page) == []
    screenshots(page, "call")
    app.reopen().open("/app/#/call")
    expect(app.page.get_by_role("alertdialog")).to_contain_text("Chest pain")
    app.context.set_offline(False)
    expect(app.page.get_by_role("main")).to_contain_text("Sent.")
    assert at_server(app)["items"][0]["red_flags"] == ["chest_pain"]
    tap(app.page, "button", "That was a slip. Go back")
    expect(app.page.locator("[aria-pressed=true]")).to_have_count(0)
    expect(app.page.get_by_text("may call you all the same")).to_be_visible()
    tap(app.page, "button", "Next")
    expect(app.page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    app.wait_until("(() => document.querySelector('.facts').innerText.includes('Chest') === false)()")


@pytest.mark.usefixtures("numbers")
def test_thoughts_of_self_harm_have_a_page_of_their_own_with_the_crisis_line_first(app: Phone) -> None:
    check_in(app, pain=8)
    page = app.page
    page.get_by_role("link", name="Have you had thoughts of harming yourself?").tap()
    first = page.get_by_role("main").get_by_role("link").first
    expect(first).to_have_attribute("href", "tel:0305550199")
    assert geometry_faults(page) + axe_faults(page) == []
    tap(page, "button", "Yes, thoughts of harming myself")
    tap(page, "button", "Next")
    calls = page.get_by_role("alertdialog").get_by_role("link")
    expect(calls.first).to_have_attribute("href", "tel:0305550199")
    expect(state(page)).to_have_text("Sent")
    tap(page, "button", "I have called")
    assert at_server(app)["items"][0]["red_flags"] == ["thoughts_of_self_harm"]


def test_without_numbers_of_the_site_none_is_guessed_and_flags_are_asked_weekly(app: Phone) -> None:
    check_in(app, pain=3)
    page = app.page
    expect(page.get_by_role("link", name="thoughts of harming")).to_have_count(0)
    none_of_these(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    assert "red_flags" not in at_server(app)["items"][0] or not at_server(app)["items"][0]["red_flags"]
    check_in(app, pain=4)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    check_in(app, pain=7)
    tap(page, "button", "Chest pain")
    tap(page, "button", "Next")
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Call the emergency number where you are.")
    call = dialog.get_by_role("link")
    expect(call).to_have_count(1)
    assert call.get_attribute("href") == "tel:0301234", "the only number in the site's own sentence"
