"""A phone on which somebody else signs in: nothing of the first one is shown or sent as the second one's."""

import pytest
from playwright.sync_api import Page, expect

from tests.faces.app.pushes import browser, with_push
from tests.faces.app.test_check_in import at_server, tap
from tests.faces.app.test_push import turn_on
from tests.faces.bare_page import BarePhone
from tests.faces.conftest import Phone

__all__ = ["browser"]

PUSH_ADDRESS = "localStorage.getItem('push-address-of-the-test')"
OTHER_MEANWHILE = """
const real = window.fetch;
window.fetch = async (...given) => {
  const answer = await real(...given);
  await m.setMeta("identity", { patient: "somebody", device: "else" });
  return answer;
};
"""
"""Somebody else signs in after the server has answered, and before the answer is kept."""


FIRST_OF = {"checkin": "[type=radio]", "flags": "[aria-pressed]", "activate": "#code"}
"""Element of each screen that no other of these has."""


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


def test_reminders_of_the_patient_before_do_not_come_to_the_next_one(app: Phone) -> None:
    with_push(app.context)
    app.page.reload()
    app.wait_for_worker()
    turn_on(app)
    assert app.page.evaluate(PUSH_ADDRESS)
    activate_for_somebody_else(app)
    assert app.page.evaluate(PUSH_ADDRESS) is None


def test_a_worker_does_not_take_the_phone_over_for_somebody_else(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=9)
    before = bare_phone.run("return m.getMeta('identity')")
    code = bare_phone.server.code_for(bare_phone.server.new_patient())
    bare_phone.run("await m.activate(code, 'My phone')", code=code)
    bare_phone.drain_in_worker()
    assert bare_phone.run("return m.getMeta('identity')") == before
    assert (bare_phone.states(), bare_phone.at_server()) == (["saved"], [])


@pytest.mark.parametrize(
    ("ask", "key"),
    [("refreshMe()", "me"), ("fetched('recent', m.today())", "curve:recent"), ("fetchEvents()", "events")],
)
def test_what_one_patient_asked_for_is_not_kept_for_another(
    bare_phone: BarePhone, ask: str, key: str
) -> None:
    kept = "return (await m.getMeta(key)) ?? null"
    bare_phone.run(f"await m.{ask}", key=key)
    assert bare_phone.run(kept, key=key)
    bare_phone.run("await m.setMeta(key, undefined)", key=key)
    bare_phone.run(f"{OTHER_MEANWHILE} await m.{ask}")
    assert bare_phone.run(kept, key=key) is None


ANSWERED_LATE = """
Notification.requestPermission = async () => {
  await m.setMeta("identity", { patient: "somebody", device: "else" });
  return "granted";
};
await m.markAsked();
await m.turnOn();
return m.situation();
"""
"""Somebody else signs in while the phone asks the patient before whether notifications may come."""


def test_what_one_patient_wanted_of_notifications_is_not_taken_over_by_the_next(
    bare_phone: BarePhone,
) -> None:
    found = bare_phone.run(ANSWERED_LATE)
    assert (found["isWanted"], found["isAsked"], found["patient"]) == (False, False, "somebody")
    assert bare_phone.run("return (await m.getMeta('push')).patient") == str(bare_phone.patient.id)


KILLED_AFTER_THE_END = """
const real = window.fetch;
window.fetch = async (...given) => {
  const answer = await real(...given);
  if (given[0].endsWith("/v1/tokens/current")) await new Promise(() => {});
  return answer;
};
m.leave({ discard: true });
"""


@pytest.mark.parametrize("is_saved_since", [False, True])
def test_a_sign_out_that_was_killed_is_finished_at_the_next_opening(
    bare_phone: BarePhone, is_saved_since: bool
) -> None:
    bare_phone.run("await m.start(); localStorage.setItem('aimss.look', '{\"theme\": \"dark\"}')")
    bare_phone.run(KILLED_AFTER_THE_END)
    for _ in range(100):
        if [each for each in bare_phone.context.cookies() if each["name"] == "aimss_p"] == []:
            break
        bare_phone.page.wait_for_timeout(50)
    bare_phone.kill()
    if is_saved_since:
        bare_phone.save(pain_worst=3)
    found = bare_phone.run("return (await m.lookAround()).kind")
    assert found == ("known" if is_saved_since else "new")
    look = bare_phone.page.evaluate("localStorage.getItem('aimss.look')")
    assert (look is None) is not is_saved_since
    assert len(bare_phone.items()) == is_saved_since


def test_after_a_sign_out_nothing_is_said_to_be_lost_while_another_s_answers_wait(
    bare_phone: BarePhone,
) -> None:
    bare_phone.save(pain_worst=9)
    bare_phone.patient = bare_phone.server.new_patient()
    bare_phone.activate()
    bare_phone.run("await m.start(); await m.leave()")
    bare_phone.page.wait_for_timeout(300)
    bare_phone.reload()
    assert bare_phone.run("return m.lookAround()") == {"kind": "new", "lost": None}
