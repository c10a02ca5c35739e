"""Settings: reminders and how the app looks; what is changed without a network arrives later."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from api.models.patient import Patient
from tests.faces.conftest import Phone

PLACE = "(each) => each.getBoundingClientRect().y + scrollY"


def at_server(phone: Phone) -> Patient:
    """Return the patient as the server has them now."""
    with phone.server.database.begin() as session:
        found = session.get_one(Patient, phone.patient.id)
        session.expunge(found)
    return found


def wait_for(phone: Phone, **values: Any) -> None:
    """Wait until the server has these values of the patient."""
    for _ in range(600):
        if all(str(getattr(at_server(phone), name)) == str(value) for name, value in values.items()):
            return
        phone.page.wait_for_timeout(50)
    raise AssertionError({name: getattr(at_server(phone), name) for name in values})


def test_day_and_times_of_the_reminder_are_the_patient_s_choice(app: Phone) -> None:
    app.show("times", "Day and time")
    app.page.get_by_role("radio", name="Thursday").check(force=True)
    app.page.get_by_label("Time of the reminder").fill("10:30")
    app.page.get_by_role("switch", name="Remind me a second time").check(force=True)
    app.page.get_by_label("Time of the second reminder").fill("09:00")
    app.page.get_by_role("button", name="Save").click()
    expect(app.page.get_by_role("alert")).to_contain_text("before the first")
    app.page.get_by_label("Time of the second reminder").fill("18:15")
    app.page.get_by_role("button", name="Save").click()
    expect(app.page.get_by_text("Thursday at 10:30, again at 18:15")).to_be_visible()
    wait_for(app, check_in_weekday=3, check_in_at="10:30:00", check_in_again_at="18:15:00")


def test_what_is_changed_without_a_network_is_shown_kept_and_sent_later(app: Phone) -> None:
    app.wait_for_worker()
    app.show("settings", "Settings")
    app.context.set_offline(True)
    extra = app.page.get_by_role("switch", name="Extra check-ins")
    extra.scroll_into_view_if_needed()
    before = extra.evaluate(PLACE)
    app.page.get_by_role("switch", name="Discreet").check(force=True)
    expect(app.page.get_by_role("main")).to_contain_text("Saved on this phone")
    assert extra.evaluate(PLACE) == before, "no switch moves under a finger"
    extra.uncheck(force=True)
    app.page.wait_for_timeout(500)  # the page looks the same before and after the second one is on the disk
    app.page.reload()
    expect(app.page.get_by_role("switch", name="Discreet")).to_be_checked()
    assert not at_server(app).discreet
    app.context.set_offline(False)
    wait_for(app, discreet=True, extra_check_ins=False)
    expect(app.page.get_by_role("main")).not_to_contain_text("Saved on this phone")


def test_quiet_hours_are_the_patient_s_choice(app: Phone) -> None:
    app.show("quiet", "Quiet hours")
    app.page.get_by_label("From").fill("22:00")
    app.page.get_by_label("Until", exact=True).fill("07:30")
    app.page.get_by_role("button", name="Save").click()
    expect(app.page.get_by_text("22:00 to 07:30")).to_be_visible()
    wait_for(app, quiet_from="22:00:00", quiet_until="07:30:00")


def test_reminders_rest_for_a_holiday_and_begin_again_when_wanted(app: Phone) -> None:
    day = (datetime.now(UTC) + timedelta(days=10)).date()
    app.show("pause", "Pause")
    app.page.get_by_label("Remind me again from").fill(str(day))
    app.page.get_by_role("button", name="Pause until then").click()
    expect(app.page.get_by_text("No reminders before")).to_be_visible()
    assert at_server(app).paused_until == day
    app.page.get_by_role("button", name="Remind me again now").click()
    expect(app.page.get_by_text("No reminders before")).to_have_count(0)
    assert at_server(app).paused_until is None


def test_a_pause_without_a_network_is_not_said_to_be_one(app: Phone) -> None:
    app.show("pause", "Pause")
    app.context.set_offline(True)
    expect(app.page.get_by_text("A pause needs the internet.")).to_be_visible()
    app.page.get_by_role("button", name="For two hours").click()
    expect(app.page.get_by_role("alert")).to_contain_text("no connection")
    assert at_server(app).snoozed_until is None
    expect(app.page.get_by_text("No reminders before")).to_have_count(0)


def test_a_language_that_was_chosen_is_spoken_by_the_app_and_by_messages(app: Phone) -> None:
    app.wait_for_worker()
    app.show("language", "Language")
    app.page.get_by_role("radio", name="Deutsch").check(force=True)
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Sprache")
    wait_for(app, language="de")
    german = "document.querySelector('script').src.replace('app/main.js', 'words/de.json')"
    app.wait_until(f"caches.match({german}).then(Boolean)")
    app.context.set_offline(True)
    app.page.reload()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Sprache")


def test_larger_text_large_buttons_and_the_theme_hold_from_the_first_paint(app: Phone) -> None:
    app.show("settings", "Settings")
    row = app.page.get_by_role("link", name=re.compile("^Light or dark"))
    before = row.bounding_box()
    app.page.get_by_role("switch", name="Large buttons").check(force=True)
    assert row.bounding_box()["height"] > before["height"]
    app.page.get_by_role("switch", name="Larger text").check(force=True)
    row.click()
    app.page.get_by_role("radio", name="always dark").check(force=True)
    app.page.reload()
    app.page.get_by_role("heading", level=1).wait_for()
    look = app.page.evaluate("({...document.documentElement.dataset})")
    assert look == {"theme": "dark", "text": "larger", "buttons": "large"}


def test_reminders_follow_the_zone_of_the_phone(new_phone) -> None:
    phone = new_phone(timezone_id="Asia/Tokyo").activate()
    phone.reopen().page.get_by_role("heading", name="Today").wait_for()
    wait_for(phone, timezone="Asia/Tokyo")
