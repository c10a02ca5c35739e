"""The shell: policy, size, offline, and the smallest phone."""

import re

from playwright.sync_api import expect

from tests.faces.conftest import Phone

FIRST_BYTES, LIMIT_BYTES = 80_000, 150_000
"""Until *Today* is there, and with all that is kept for a time without a network; both compressed."""


def test_a_broken_policy_would_be_noticed(phone: Phone, guard) -> None:
    phone.open("/activate")
    phone.page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))"
    )
    phone.page.wait_for_timeout(100)
    assert any("style-src" in text for text in guard.heard)
    guard.heard.clear()


def test_everything_of_the_first_load_is_small(phone: Phone) -> None:
    phone.server.transfers.clear()
    phone.activate().wait_for_worker()
    loaded = [(each.bytes, each.path) for each in phone.server.transfers]
    worker = [path for _, path in loaded].index("/app/sw.js")
    assert sum(size for size, _ in loaded) <= LIMIT_BYTES, sorted(loaded)[-12:]
    assert sum(size for size, _ in loaded[:worker]) <= FIRST_BYTES, sorted(loaded[:worker])[-12:]


def test_the_app_opens_without_a_network(app: Phone) -> None:
    app.wait_for_worker()
    app.context.set_offline(True)
    app.page.reload()
    expect(app.page.get_by_role("heading", level=1)).to_be_visible()


def test_no_answer_of_the_api_is_kept_by_the_worker(app: Phone) -> None:
    app.wait_for_worker()
    kept = app.page.evaluate(
        """async () => {
          const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const keys = await Promise.all(caches_.map((cache) => cache.keys()));
          return keys.flat().map(({ url }) => new URL(url).pathname);
        }"""
    )
    assert "/app/" in kept
    assert [path for path in kept if not re.match(r"/app/(manifest\.webmanifest)?$|/static/", path)] == []


def test_without_javascript_the_page_says_who_to_call(new_context, server) -> None:
    page = new_context(java_script_enabled=False, locale="de-DE").new_page()
    page.goto(f"{server.address}/app/")
    assert "Bitte rufen Sie Ihr Behandlungsteam an" in page.locator("noscript p").inner_text()
    expect(page.locator("noscript p")).to_be_visible()
