"""Welcome: offered to a new patient, never in the way, and not offered again."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.faces.app.diaries import an_answer, send
from tests.faces.app.test_check_in import at_server, check_in, tap
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults


def test_three_pages_say_what_the_app_is_and_set_it_up(app: Phone, screenshots) -> None:
    page, heading = app.page, app.page.get_by_role("heading", level=1)
    expect(page.get_by_role("link", name="Check in")).to_be_visible()
    assert geometry_faults(page) + axe_faults(page) == []
    screenshots(page, "today-new")
    tap(page, "link", "Show me")
    expect(heading).to_have_text("What this app is")
    screenshots(page, "welcome-1")
    tap(page, "link", "Next")
    page.get_by_role("switch", name="Larger text").check(force=True)
    expect(page.locator("html")).to_have_attribute("data-text", "larger")
    tap(page, "link", "Next")
    page.get_by_role("switch", name="Discreet").check(force=True)
    tap(page, "button", "Done")
    expect(heading).to_have_text("Today")
    expect(page.get_by_role("heading", name="New here?")).to_have_count(0)
    app.wait_until("!document.querySelector('.banner')")
    assert at_server(app, "/v1/me")["discreet"] is True


def test_it_can_be_skipped_and_stays_away(app: Phone) -> None:
    app.page.get_by_role("region", name="New here?").get_by_role("button", name="Not now").tap()
    expect(app.page.get_by_role("heading", name="New here?")).to_have_count(0)
    app.page.reload()
    app.page.get_by_role("heading", name="Last 7 days").wait_for()
    expect(app.page.get_by_role("heading", name="New here?")).to_have_count(0)


def test_a_second_phone_of_a_patient_with_a_diary_is_not_new(app: Phone, new_phone) -> None:
    day = datetime.now(UTC).date() - timedelta(days=20)
    send(app, [an_answer(day, pain_worst=2)])
    second = new_phone(app.patient).activate()
    second.wait_until("document.querySelector('.week') !== null")
    second.page.wait_for_load_state("networkidle")
    expect(second.page.get_by_role("heading", name="New here?")).to_have_count(0)


def test_nobody_who_has_answered_is_asked_whether_they_are_new(app: Phone) -> None:
    check_in(app, pain=2)
    app.show("today", "Today")
    expect(app.page.get_by_role("heading", name="Done for today")).to_be_visible()
    expect(app.page.get_by_role("heading", name="New here?")).to_have_count(0)
