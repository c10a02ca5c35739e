"""A new version of the app: reached by closing and opening, never while something is being filled in."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from api.web.app_pages import TREE
from api.web.shell import StaticTree, packaged_tree
from tests.faces.conftest import Phone

KEPT = """
() => new Promise((done) => {
  const opening = indexedDB.open("kept-by-the-test", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("things");
  opening.onsuccess = () => {
    const things = opening.result.transaction("things", "readwrite").objectStore("things");
    const reading = things.get("answer");
    reading.onsuccess = () => { things.put(7, "answer"); opening.result.close(); done(reading.result); };
  };
})
"""


def another_version() -> StaticTree:
    """Return the tree of a release that differs in one file."""
    now = packaged_tree()
    changed = replace(now.files["shared/words.js"], body=now.files["shared/words.js"].body + b"\n// newer\n")
    return StaticTree({**now.files, "shared/words.js": changed})


@pytest.fixture
def newer(server):
    """A newer version of the app, which a test serves by ``server.serve_tree``."""
    yield another_version()
    server.serve_tree(None)


def version_of(phone: Phone) -> str:
    """Return the version of the page that is open."""
    return str(phone.page.evaluate("document.querySelector('script[type=module]').src.split('/')[4]"))


def wait_for_news(phone: Phone) -> None:
    """Wait until the browser has fetched the new version, which it asks for at each opening."""
    phone.page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.update())")
    phone.wait_until(
        "navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting?.state === 'installed')"
    )


def come_back_into_view(phone: Phone) -> None:
    """Let the page hear that it is in view, as after switching apps, until it listens and is left."""
    phone.page.evaluate("setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 100)")


def test_17_a_new_version_is_reached_within_one_opening_and_closing_and_keeps_what_was_saved(
    app: Phone, newer: StaticTree
) -> None:
    app.wait_for_worker()
    app.page.evaluate(KEPT)
    app.server.serve_tree(newer)
    app.reopen().page.get_by_role("heading", name="Today").wait_for()
    wait_for_news(app)
    assert version_of(app) == packaged_tree().version, "the open page stays what it is"
    app.reopen().page.get_by_role("heading", name="Today").wait_for()
    assert version_of(app) == newer.version
    assert app.page.evaluate(KEPT) == 7
    names = app.page.evaluate("caches.keys()")
    assert names == [f"aimss-{newer.version}"], "files of the version before are gone"


def test_an_app_that_is_never_closed_changes_when_it_comes_back_into_view(
    app: Phone, newer: StaticTree
) -> None:
    app.wait_for_worker()
    app.reopen().page.get_by_role("heading", name="Today").wait_for()
    app.server.serve_tree(newer)
    wait_for_news(app)
    with app.page.expect_navigation():
        come_back_into_view(app)
    app.page.get_by_role("heading", name="Today").wait_for()
    assert version_of(app) == newer.version


def test_17_a_new_version_never_starts_while_something_is_being_filled_in(
    phone: Phone, newer: StaticTree
) -> None:
    phone.open("/app/").wait_for_worker()
    phone.reopen().page.get_by_role("textbox", name="Activation code").fill("ABCDE-12345")
    phone.server.serve_tree(newer)
    wait_for_news(phone)
    come_back_into_view(phone)
    phone.page.wait_for_timeout(500)
    expect(phone.page.get_by_role("textbox", name="Activation code")).to_have_value("ABCDE-12345")
    assert version_of(phone) == packaged_tree().version


def test_a_worker_takes_no_shell_of_another_version(app: Phone, newer: StaticTree) -> None:
    """While servers are exchanged, one may give out the new worker and another the old shell."""
    app.wait_for_worker()
    tree = app.server.app.extensions
    tree[TREE] = newer
    app.context.route("**/app/", lambda route: route.fulfill(body="old", headers={"ETag": '"old"'}))
    app.page.evaluate(
        "navigator.serviceWorker.ready.then((registration) => registration.update()).catch(() => null)"
    )
    app.page.wait_for_timeout(500)
    assert app.page.evaluate(
        "navigator.serviceWorker.getRegistration().then((registration) => registration.waiting === null)"
    )
    app.reopen().page.get_by_role("heading", name="Today").wait_for()


def test_the_words_in_use_are_kept_in_the_new_version_too(new_phone, newer: StaticTree) -> None:
    phone = new_phone(locale="de-DE")
    phone.open("/app/").page.get_by_role("button", name="Aktivieren").wait_for()
    phone.wait_for_worker()
    phone.server.serve_tree(newer)
    phone.reopen().page.get_by_role("button", name="Aktivieren").wait_for()
    wait_for_news(phone)
    phone.context.set_offline(True)
    phone.reopen().page.get_by_role("button", name="Aktivieren").wait_for()
    assert version_of(phone) == newer.version


def test_a_worker_that_does_harm_can_be_taken_off_and_what_was_saved_stays(app: Phone) -> None:
    app.wait_for_worker()
    app.page.evaluate(KEPT)
    extensions = app.server.app.extensions
    before = extensions["aimss.settings"]
    extensions["aimss.settings"] = replace(before, app_worker_off=True)
    try:
        app.page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.update())")
        app.wait_until("caches.keys().then((names) => names.length === 0)")
        app.reopen().page.get_by_role("heading", name="Today").wait_for()
        app.wait_until(
            "navigator.serviceWorker.getRegistrations().then((all) => all.every(({ active }) => !active))"
        )
        assert app.page.evaluate(KEPT) == 7
    finally:
        extensions["aimss.settings"] = before
