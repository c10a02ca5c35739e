"""Opening the app while a screen waits for the network, or cannot be had."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.faces.conftest import Phone

SCREEN = "**/app/screens/settings.js"
UNREGISTER = """navigator.serviceWorker.getRegistrations()
  .then((all) => Promise.all(all.map((each) => each.unregister()))).then(() => null)"""
TAPPED = "navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: { type: 'open' } }))"


def test_a_screen_that_waits_holds_up_neither_the_worker_nor_a_tap_on_a_notification(app: Phone) -> None:
    app.page.evaluate(UNREGISTER)
    app.page.goto("about:blank")
    app.context.route(SCREEN, lambda _: None)
    app.open("/app/#/settings")
    registered = "navigator.serviceWorker.getRegistration('/app/').then((found) => found !== undefined)"
    app.wait_until(registered, within_s=5)
    app.page.evaluate(TAPPED)
    app.page.wait_for_url(lambda address: "#/settings" not in address, timeout=5_000)


def test_a_screen_that_could_not_be_had_at_the_opening_does_not_close_the_others(
    new_phone: Callable[..., Phone],
) -> None:
    app = new_phone(service_workers="block").activate()
    app.page.goto("about:blank")
    app.context.route(SCREEN, lambda route: route.abort())
    app.open("/app/#/settings")
    heading = app.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("AIMSS Monitor")
    app.open("/app/#/today")
    expect(heading).to_have_text("Today")
