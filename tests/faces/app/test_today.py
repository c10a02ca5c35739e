"""Today: what is due, the last days, what waits, and the wish to talk."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.domain.alerts.finding import FindingKind
from api.models.alert import Alert
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults


def open_alerts(phone: Phone) -> list[str]:
    """Return the kinds of alerts of the phone's patient."""
    with phone.server.database.read() as session:
        return list(session.scalars(select(Alert.kind).where(Alert.patient_id == phone.patient.id)))


def wait_until(holds: Callable[[], bool], phone: Phone) -> None:
    """Wait until the server has received something."""
    for _ in range(200):
        if holds():
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError("not within 20 s")


def test_the_app_speaks_the_language_that_the_patient_has_at_the_clinic(
    new_phone: Callable[..., Phone],
) -> None:
    phone = new_phone()
    phone.server.set_language(phone.patient, "fr")
    phone.open(f"/activate#{phone.server.code_for(phone.patient)}")
    phone.page.get_by_role("button", name="Activate").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Aujourd'hui")
    assert phone.page.evaluate("document.documentElement.lang") == "fr"


def test_the_last_seven_days_are_told_in_words_and_nothing_is_counted(app: Phone) -> None:
    days = app.page.get_by_role("region", name="Last 7 days").get_by_role("listitem")
    expect(days).to_have_count(7)
    expect(days.last).to_contain_text("not answered, fill in")


def test_a_patient_can_ask_for_a_call_about_the_tablets(
    app: Phone, screenshots: Callable[[Page, str], None]
) -> None:
    app.page.get_by_role("link", name="I’d like to talk about my tablets").click()
    expect(app.page.get_by_role("heading", level=1)).to_be_focused()
    app.page.get_by_label("When and where can we reach you?").fill("Mornings")
    assert geometry_faults(app.page) == []
    assert axe_faults(app.page) == []
    screenshots(app.page, "talk")
    app.page.get_by_role("button", name="Ask for a call").click()
    expect(app.page.get_by_role("heading", name="Sent")).to_be_visible()
    expect(app.page.get_by_role("status")).to_have_text("Sent")
    assert open_alerts(app) == [FindingKind.CALLBACK.value], "a wish to stop would be another kind"


def test_a_wish_to_talk_waits_for_the_network_and_says_so(app: Phone) -> None:
    app.page.get_by_role("link", name="I’d like to talk about my tablets").click()
    app.page.get_by_role("button", name="Ask for a call").wait_for()
    app.context.set_offline(True)
    app.page.get_by_role("button", name="Ask for a call").click()
    expect(app.page.get_by_role("heading", name="Saved on this phone")).to_be_visible()
    app.page.get_by_role("link", name="Today").click()
    expect(app.page.get_by_text("1 answer is kept here")).to_be_visible()
    assert open_alerts(app) == []
    app.context.set_offline(False)
    wait_until(lambda: open_alerts(app) == [FindingKind.CALLBACK.value], app)
    expect(app.page.get_by_text("Saved on this phone")).to_have_count(0, timeout=20_000)


def test_an_app_that_was_signed_out_keeps_the_screen_and_asks_for_a_code(app: Phone) -> None:
    app.page.wait_for_load_state("networkidle")  # an answer on its way would set the cookie again
    app.context.clear_cookies()
    page = app.reopen().page
    page.get_by_role("heading", name="Please sign in again", level=2).wait_for()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("textbox", name="Activation code").fill(app.server.code_for(app.patient))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Today", level=1).wait_for()
    expect(page.get_by_role("heading", name="Please sign in again")).to_have_count(0)
