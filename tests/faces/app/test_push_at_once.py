"""Notifications while several things happen at once, or end in the middle."""

import threading

from api.web.app_pages import static_tree
from tests.faces.app.pushes import a_message, addresses, body, browser, push, receipt_of, wait_for
from tests.faces.app.test_push import reminded
from tests.faces.conftest import Phone

__all__ = ["browser", "reminded"]

AT_ONCE = """async (address) => {
  const { resync, turnOff } = await import(address);
  const real = window.fetch;
  window.fetch = async (...given) => {
    const answer = await real(...given);
    if (given[0].endsWith("/v1/me/devices")) await new Promise((resolve) => setTimeout(resolve, 500));
    return answer;
  };
  await Promise.all([resync(), turnOff()]);
}"""
RECEIPTS_THAT_WAIT = """new Promise((resolve) => {
  indexedDB.open("aimss").onsuccess = ({ target: { result: db } }) => {
    db.transaction("outbox").objectStore("outbox").getAll().onsuccess = ({ target: { result: rows } }) => {
      db.close();
      resolve(rows.filter(({ path }) => path === "/v1/receipts").length);
    };
  };
})"""


def test_what_is_switched_off_while_the_phone_and_the_server_agree_stays_off(reminded: Phone) -> None:
    with reminded.server.app.app_context():
        address = static_tree().url("app/push.js")
    reminded.page.evaluate(AT_ONCE, address)
    assert addresses(reminded) == []
    assert reminded.page.evaluate("localStorage.getItem('push-address-of-the-test')") is None


def test_a_receipt_is_on_the_disk_before_it_is_sent(reminded: Phone) -> None:
    goes_on = threading.Event()

    def hold(_: str, path: str) -> None:
        if path == "/v1/receipts":
            goes_on.wait(20)

    message_id = a_message(reminded)
    reminded.server.refuse = hold
    try:
        push(reminded, body(reminded, message_id))
        reminded.wait_until(f"{RECEIPTS_THAT_WAIT}.then((count) => count === 1)", within_s=8)
    finally:
        goes_on.set()
        reminded.server.refuse = lambda *_: None
    wait_for(reminded, lambda: receipt_of(reminded, message_id).shown_at is not None)
    reminded.wait_until(f"{RECEIPTS_THAT_WAIT}.then((count) => count === 0)")
