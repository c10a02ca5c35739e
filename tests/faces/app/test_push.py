"""Notifications: asked for once and with a reason, always shown and reported, and leading to what is due."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from api.domain.delivery.messages import MessageKind, MessageState
from api.models.outbox import OutboxMessage, Subscription
from tests.faces.app.pushes import (
    a_message,
    addresses,
    body,
    browser,
    count_notifications,
    count_pages,
    counted,
    deliver,
    messages,
    opened,
    push,
    receipt_of,
    tap,
    wait_for,
    with_push,
)
from tests.faces.app.test_check_in import check_in, none_of_these
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.serving import FaceServer

__all__ = ["browser"]

NewPhone = Callable[..., Phone]


@pytest.fixture
def reminded(new_phone: NewPhone, server: FaceServer) -> Phone:
    """The phone of a patient who wants reminders, whose test has come, and whose check-in is due."""
    due_at = datetime.now(UTC) - timedelta(minutes=1)
    phone = new_phone(server.new_patient(check_in_due_at=due_at))
    with_push(phone.context)
    phone.activate().wait_for_worker()
    turn_on(phone)
    return phone


def turn_on(phone: Phone) -> None:
    """Switch notifications on in the question's own screen, and let the test come."""
    phone.open("/app/#/remind")
    phone.page.get_by_role("button", name="Yes, remind me").click()
    wait_for(phone, lambda: messages(phone))
    test = messages(phone)[-1]
    push(phone, body(phone, test.id, MessageKind.PROBE))
    expect(phone.page.get_by_text("It works. The test has reached this phone.")).to_be_visible()


def first_check_in(phone: Phone) -> None:
    """Check in for the first time, and come to the screen that says what became of it."""
    check_in(phone, pain=2)
    none_of_these(phone.page)
    expect(phone.page.get_by_role("heading", level=1)).to_contain_text("Sent at")


def test_12_the_test_that_came_is_shown_as_the_last_one_received(reminded: Phone, screenshots) -> None:
    assert reminded.page.evaluate("[asked, subscribedWith.userVisibleOnly]") == [1, True]
    expect(reminded.page.get_by_role("heading", level=1)).to_have_text("Reminders are on")
    assert [geometry_faults(reminded.page), axe_faults(reminded.page)] == [[], []]
    screenshots(reminded.page, "remind-works")
    (test,) = messages(reminded)
    assert (test.kind, test.shown_at is not None) == (MessageKind.PROBE, True)
    reminded.show("settings", "Settings")
    section = reminded.page.get_by_role("region", name="Notifications")
    expect(section.get_by_role("switch", name="On this phone")).to_be_checked()
    expect(section.get_by_role("listitem").filter(has_text="Last one received")).to_contain_text(":")
    (address,) = addresses(reminded)
    assert address.last_receipt_at is not None


def test_12_an_address_that_the_browser_dropped_is_made_anew_at_the_next_opening(reminded: Phone) -> None:
    (before,) = addresses(reminded)
    reminded.page.evaluate("localStorage.removeItem('push-address-of-the-test')")
    reminded.reopen()
    wait_for(reminded, lambda: [each.endpoint for each in addresses(reminded)] != [before.endpoint])
    (after,) = addresses(reminded)
    assert after.device == before.device
    expect(reminded.page.get_by_text("Notifications are off")).to_have_count(0)


def test_12_an_address_that_the_push_service_gave_up_is_replaced_and_not_sent_again(reminded: Phone) -> None:
    (before,) = addresses(reminded)
    with reminded.server.database.begin() as session:
        session.get_one(Subscription, before.id).retired_at = before.created_at
    reminded.reopen()
    wait_for(reminded, lambda: addresses(reminded))
    (after,) = addresses(reminded)
    assert after.endpoint != before.endpoint


RENEWED = """async (address) => {
  const event = new ExtendableEvent("pushsubscriptionchange");
  let done = null;
  Object.defineProperty(event, "waitUntil", { value: (promise) => { done = promise; } });
  event.newSubscription = { toJSON: () => address };
  dispatchEvent(event);
  await done;
}"""
"""Lets the browser say in the worker that it has another address; a script's own event waits for nothing."""


def renewed(phone: Phone, endpoint: str, keys: dict[str, str]) -> None:
    """Let the browser of a phone change its address by itself, while the app is closed or open."""
    phone.context.service_workers[-1].evaluate(RENEWED, {"endpoint": endpoint, "keys": keys})


def test_12_an_address_that_the_browser_changed_by_itself_is_at_the_server_without_an_opening(
    reminded: Phone,
) -> None:
    (before,) = addresses(reminded)
    reminded.page.goto("about:blank")  # the app is closed
    endpoint = f"{before.endpoint}-renewed"
    renewed(reminded, endpoint, {"p256dh": before.p256dh, "auth": before.auth})
    wait_for(reminded, lambda: [each.endpoint for each in addresses(reminded)] == [endpoint])
    (after,) = addresses(reminded)
    assert after.device == before.device


def test_12_an_address_that_changes_after_somebody_else_signed_in_goes_to_neither(reminded: Phone) -> None:
    (before,) = addresses(reminded)
    other = reminded.server.new_patient()
    code = reminded.server.code_for(other)
    reminded.open(f"/activate#{code}").page.get_by_role("button", name="Activate").click()
    reminded.page.wait_for_url("**/app/**")
    reminded.page.get_by_role("heading", name="Today", level=1).wait_for()
    renewed(reminded, f"{before.endpoint}-renewed", {"p256dh": before.p256dh, "auth": before.auth})
    reminded.page.wait_for_timeout(500)
    assert [each.endpoint for each in addresses(reminded)] in ([], [before.endpoint])
    assert addresses(replace(reminded, patient=other)) == []


def test_12_an_opening_at_which_nothing_has_changed_writes_nothing(reminded: Phone) -> None:
    reminded.server.transfers.clear()
    reminded.reopen().page.get_by_role("heading", name="Today").wait_for()
    wait_for(reminded, lambda: any(each.path == "/v1/push-key" for each in reminded.server.transfers))
    reminded.page.wait_for_timeout(300)
    assert [each.path for each in reminded.server.transfers if each.method == "PUT"] == []


def test_12_today_says_when_notifications_are_wanted_and_none_comes(reminded: Phone) -> None:
    (address,) = addresses(reminded)
    with reminded.server.database.begin() as session:
        session.get_one(Subscription, address.id).distrusted_at = address.created_at
    reminded.reopen()
    expect(reminded.page.get_by_text("Notifications are off on this phone.")).to_be_visible()
    assert [geometry_faults(reminded.page), axe_faults(reminded.page)] == [[], []]
    reminded.page.get_by_role("link", name="Look at it").click()
    expect(reminded.page.get_by_text("Nothing has reached this phone since")).to_be_visible()


def test_13_every_push_is_shown_once_and_reported_also_while_the_app_is_open(reminded: Phone) -> None:
    count_notifications(reminded)
    kinds = {
        MessageKind.CHECK_IN: "It is time for your check-in.",
        MessageKind.SUMMARY: "A few things are waiting for you.",
    }
    for kind, title in kinds.items():
        text = str(deliver(reminded, kind))
        data = {"id": text, "url": f"/app/#/message?id={text}"}
        assert counted(reminded)[-1] == {"title": title, "lang": "en", "data": data}, "and nothing else"
    for number, unreadable in enumerate(("", "not json", '{"id": 7}', '{"notification": {"title": 3}}'), 3):
        push(reminded, unreadable)
        wait_for(reminded, lambda number=number: len(counted(reminded)) == number)
        assert counted(reminded)[-1]["title"] == "You have a message."


def test_13_a_receipt_without_a_network_is_sent_later_and_is_no_answer_that_waits(reminded: Phone) -> None:
    message_id = a_message(reminded)
    count_notifications(reminded)
    reminded.show("today", "Today")
    reminded.context.set_offline(True)
    push(reminded, body(reminded, message_id))
    wait_for(reminded, lambda: counted(reminded))
    expect(reminded.page.get_by_text("No internet")).to_be_visible()
    reminded.page.wait_for_timeout(300)
    expect(reminded.page.get_by_text("1 answer")).to_have_count(0)
    assert receipt_of(reminded, message_id).shown_at is None
    reminded.context.set_offline(False)
    wait_for(reminded, lambda: receipt_of(reminded, message_id).shown_at is not None)


def test_15_the_question_comes_once_after_the_first_check_in_and_behind_a_button(
    new_phone: NewPhone, screenshots
) -> None:
    phone = new_phone()
    with_push(phone.context, permission=None)
    phone.activate().wait_for_worker()
    expect(phone.page.get_by_role("link", name="Shall we remind you?")).to_have_count(0)
    first_check_in(phone)
    phone.page.get_by_role("link", name="Shall we remind you?").click()
    page = phone.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Shall we remind you?")
    expect(page.get_by_role("main")).to_contain_text("It is time for your check-in.")
    assert [geometry_faults(page), axe_faults(page)] == [[], []]
    screenshots(page, "remind")
    assert page.evaluate("asked") == 0, "the phone asks nothing by itself"
    page.get_by_role("link", name="Not now").click()
    phone.show("saved", "Sent at")
    expect(page.get_by_role("link", name="Shall we remind you?")).to_have_count(0)
    assert page.evaluate("asked") == 0
    assert addresses(phone) == []


def test_15_a_phone_that_does_not_allow_it_is_told_once_how_to_undo_that(
    new_phone: NewPhone, screenshots
) -> None:
    phone = new_phone()
    with_push(phone.context, permission=None)  # a headless browser answers its question with no
    phone.activate().wait_for_worker()
    phone.open("/app/#/remind")
    phone.page.get_by_role("button", name="Yes, remind me").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("This phone does not allow notifications")
    expect(phone.page.get_by_role("main")).to_contain_text("If you want them later")
    expect(phone.page.get_by_role("main")).to_contain_text("your clinic may call")
    assert [geometry_faults(phone.page), axe_faults(phone.page)] == [[], []]
    screenshots(phone.page, "remind-denied")
    first_check_in(phone)
    expect(phone.page.get_by_role("link", name="Shall we remind you?")).to_have_count(0)
    phone.show("settings", "Settings")
    expect(phone.page.get_by_role("region", name="Notifications")).to_contain_text("does not allow them")
    assert [geometry_faults(phone.page), axe_faults(phone.page)] == [[], []]
    screenshots(phone.page, "settings-denied")


IPHONE = "Object.defineProperty(Navigator.prototype, 'standalone', { get: () => false, configurable: true })"


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_15_an_iphone_is_first_told_how_to_put_the_app_on_the_home_screen(
    new_phone: NewPhone, screenshots, locale: str
) -> None:
    phone = new_phone(viewport={"width": 320, "height": 700}, locale=locale)
    phone.open(f"/activate#{phone.server.code_for(phone.patient)}")
    phone.page.locator("button[type=submit]").click()
    phone.page.wait_for_url("**/app/**")
    phone.page.locator(".week").wait_for()
    phone.context.add_init_script(IPHONE)
    phone.reopen().page.locator(".week").wait_for()
    phone.open("/app/#/remind").page.locator(".steps").wait_for()
    expect(phone.page.locator(".steps .picture")).to_have_count(3)
    phone.page.locator(".card button").click()
    expect(phone.page.locator(".code")).to_have_text(re.compile(r"^\w{5}-?\w{5}$"))
    assert [geometry_faults(phone.page), axe_faults(phone.page)] == [[], []]
    screenshots(phone.page, f"install-{locale[:2]}-320")


def test_16_a_tapped_reminder_lands_on_what_is_due_and_is_reported_as_opened(reminded: Phone) -> None:
    message_id = deliver(reminded)
    reminded.show("settings", "Settings")
    tap(reminded, message_id)
    expect(reminded.page.get_by_role("radiogroup", name="Worst pain")).to_be_visible()
    wait_for(reminded, lambda: receipt_of(reminded, message_id).opened_at is not None)


def test_16_a_reminder_that_is_tapped_while_the_app_is_closed_opens_it_at_the_message(
    reminded: Phone,
) -> None:
    message_id = deliver(reminded)
    reminded.page.goto("about:blank")
    wait_for(reminded, lambda: count_pages(reminded) == 0)
    tap(reminded, message_id)
    wait_for(reminded, lambda: opened(reminded) == [f"/app/#/message?id={message_id}"])
    reminded.open(opened(reminded)[0])
    expect(reminded.page.get_by_role("radiogroup", name="Worst pain")).to_be_visible()
    reminded.page.go_back()
    expect(reminded.page.get_by_role("heading", name="You have a message.")).to_have_count(0)


def test_16_a_reminder_lands_on_what_is_due_without_a_network_too(reminded: Phone) -> None:
    message_id = deliver(reminded)
    reminded.context.set_offline(True)
    reminded.open(f"/app/#/message?id={message_id}")
    expect(reminded.page.get_by_role("radiogroup", name="Worst pain")).to_be_visible()
    reminded.context.set_offline(False)
    wait_for(reminded, lambda: receipt_of(reminded, message_id).opened_at is not None)


@pytest.mark.parametrize("is_offline", [False, True])
def test_16_a_reminder_of_what_was_done_meanwhile_says_so(reminded: Phone, is_offline: bool) -> None:
    message_id = deliver(reminded)
    first_check_in(reminded)
    reminded.context.set_offline(is_offline)
    reminded.open(f"/app/#/message?id={message_id}")
    expect(reminded.page.get_by_text("What we reminded you of is done already.")).to_be_visible()
    assert [geometry_faults(reminded.page), axe_faults(reminded.page)] == [[], []]
    reminded.page.get_by_role("link", name="Settings").click()
    reminded.page.get_by_role("link", name="Today").click()
    expect(reminded.page.get_by_text("is done already")).to_have_count(0)


def test_16_a_message_opened_where_the_app_is_not_set_up_says_where_to_go(phone: Phone) -> None:
    phone.open(f"/app/#/message?id={uuid4()}")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("You have a message.")
    expect(phone.page.get_by_role("main")).to_contain_text("on the phone on which you use it")
    assert [geometry_faults(phone.page), axe_faults(phone.page)] == [[], []]


def test_notifications_are_switched_off_at_the_server_also_when_it_hears_of_it_later(reminded: Phone) -> None:
    reminded.show("settings", "Settings")
    reminded.context.set_offline(True)
    reminded.page.get_by_role("switch", name="On this phone").uncheck(force=True)
    expect(reminded.page.get_by_role("region", name="Notifications")).to_contain_text("While they are off")
    assert reminded.page.evaluate("localStorage.getItem('push-address-of-the-test')") is None
    assert addresses(reminded) != []
    reminded.context.set_offline(False)
    reminded.reopen()
    wait_for(reminded, lambda: addresses(reminded) == [])


def test_a_test_that_does_not_come_is_not_said_to_work(reminded: Phone) -> None:
    reminded.show("settings", "Settings")
    count = len(messages(reminded))
    reminded.page.get_by_role("button", name="Send a test").click()
    wait_for(reminded, lambda: len(messages(reminded)) > count)
    with reminded.server.database.begin() as session:
        session.get_one(OutboxMessage, messages(reminded)[-1].id).state = MessageState.DEAD
    expect(reminded.page.get_by_text("There is no sign of the test yet.")).to_be_visible()
    expect(reminded.page.get_by_text("It works.")).to_have_count(0)


@pytest.mark.parametrize(("locale", "scheme"), [("de-DE", "dark")])
def test_the_screens_of_notifications_fit_a_small_phone(
    new_phone: NewPhone, screenshots, locale: str, scheme: str
) -> None:
    phone = new_phone(viewport={"width": 320, "height": 700}, locale=locale, color_scheme=scheme)
    with_push(phone.context)
    phone.open(f"/activate#{phone.server.code_for(phone.patient)}")
    phone.page.locator("button[type=submit]").click()
    phone.page.wait_for_url("**/app/**")
    phone.wait_for_worker()
    for step in ("question", "on", "settings"):
        if step == "question":
            phone.open("/app/#/remind").page.locator(".button-main").wait_for()
        elif step == "on":
            phone.page.locator(".button-main").click()
            phone.page.locator(".state-done").wait_for()
        else:
            phone.open("/app/#/settings").page.locator("#notifications").wait_for()
        phone.page.wait_for_timeout(100)
        assert [geometry_faults(phone.page), axe_faults(phone.page)] == [[], []], step
        screenshots(phone.page, f"push-{step}-{locale[:2]}-320")
