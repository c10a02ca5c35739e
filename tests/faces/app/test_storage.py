"""The phone's storage: lost connections, no space, removal, other versions, a kill after the tap."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error

from tests.faces.bare_page import BarePhone
from tests.faces.conftest import BROWSERS
from tests.faces.serving import FaceServer

LOSE = """
const real = IDBDatabase.prototype.transaction;
let left = times;
IDBDatabase.prototype.transaction = function (...given) {
  if (left-- > 0) throw new DOMException("Connection to Indexed Database server lost.", "UnknownError");
  return real.apply(this, given);
};"""
SAVE = """return m.saveEntry({ day: m.today(), answers: { pain_worst: 4 } })
  .then(() => "saved", (error) => `${error.name} ${error.reason}`)"""
AFTER_THE_TAP_S = 0.05


def test_10_a_lost_connection_is_opened_anew_and_the_write_is_tried_once_more(bare_phone: BarePhone) -> None:
    bare_phone.run(LOSE, times=1)
    assert bare_phone.run(SAVE) == "saved"
    assert bare_phone.states() == ["saved"]


def test_10_a_connection_that_stays_lost_is_told_and_nothing_is_half_saved(bare_phone: BarePhone) -> None:
    bare_phone.run(LOSE, times=2)
    assert bare_phone.run(SAVE) == "StoreFailed lost"
    assert bare_phone.items() == []
    assert bare_phone.run(SAVE) == "saved"


HEAR = (
    "m.storeEvents.addEventListener('changed', ({ detail }) => (window.heard ??= []).push(...detail.stores))"
)


def test_other_tabs_hear_of_a_draft_and_of_what_waits_but_not_of_what_was_only_read(
    bare_phone: BarePhone,
) -> None:
    other = bare_phone.new_page()
    bare_phone.run(HEAR, page=other)
    bare_phone.run("await m.setDraft('day:2026-11-27', { answers: { pain_worst: 4 } })")
    bare_phone.save(pain_worst=4)
    for _ in range(100):
        if len(heard := other.evaluate("window.heard ?? []")) == 3:
            break
        other.wait_for_timeout(20)
    assert heard == ["drafts", "outbox", "drafts"]


def test_a_connection_that_the_browser_closed_is_opened_anew(bare_phone: BarePhone) -> None:
    bare_phone.run("await m.close()")
    assert bare_phone.run(SAVE) == "saved"


QUOTA = 400_000
BIG = SAVE.replace(
    "pain_worst: 4", "note: Array.from(crypto.getRandomValues(new Uint32Array(12_000))).join()"
)
FILL = """
const noise = () => crypto.getRandomValues(new Uint8Array(60_000));
for (let n = 0; n < 20; n += 1) {
  try {
    await m.run([store], "readwrite", (tx) => tx.objectStore(store).put(noise(), `${n}`));
  } catch (error) {
    return error.reason;
  }
}
return "never full";"""


def with_little_space(phone: BarePhone) -> BarePhone:
    """Leave the pages of the server little space, and activate the phone."""
    cdp = phone.context.new_cdp_session(phone.page)
    cdp.send("Storage.overrideQuotaForOrigin", {"origin": phone.server.address, "quotaSize": QUOTA})
    return phone.activate()


def test_a_full_phone_says_so_and_keeps_what_it_has(new_bare_phone: Callable[..., BarePhone]) -> None:
    phone = with_little_space(new_bare_phone())
    phone.save(pain_worst=1)
    assert phone.run(FILL, store="drafts") == "full"
    assert "StoreFailed full" in {phone.run(BIG) for _ in range(3)}
    assert phone.items()[0]["body"]["pain_worst"] == 1


def test_a_full_phone_lets_go_of_copies_before_an_answer(new_bare_phone: Callable[..., BarePhone]) -> None:
    phone = with_little_space(new_bare_phone())
    phone.run(
        """const noise = () => crypto.getRandomValues(new Uint8Array(60_000));
        for (let n = 0; n < 5; n += 1)
          await m.run(["wording"], "readwrite", (tx) => tx.objectStore("wording").put(noise(), `${n}`));"""
    )
    assert phone.run(BIG) == "saved"


def test_11_a_phone_whose_storage_was_removed_says_so_and_is_filled_again(bare_phone: BarePhone) -> None:
    bare_phone.run("await m.start()")
    bare_phone.save(pain_worst=4)
    bare_phone.drain()
    bare_phone.context.set_offline(True)
    bare_phone.save(pain_worst=5)
    bare_phone.page.wait_for_function("() => document.cookie.includes('aimss_m=1')")
    bare_phone.page.goto("about:blank")
    bare_phone.context.set_offline(False)
    cdp = bare_phone.context.new_cdp_session(bare_phone.page)
    cdp.send("Storage.clearDataForOrigin", {"origin": bare_phone.server.address, "storageTypes": "indexeddb"})
    bare_phone.page = bare_phone.new_page()
    assert bare_phone.run("return m.lookAround()") == {"kind": "wiped", "lost": 1}
    bare_phone.run("await m.catchUp()")
    shown = bare_phone.run("return m.entriesBetween(m.today(), m.today())")
    assert [(entry["answers"], entry["state"]) for entry in shown] == [({"pain_worst": 4}, "sent")]
    assert bare_phone.run("return m.lookAround()") == {"kind": "known", "lost": None}


def test_11_the_browser_is_asked_once_to_keep_the_storage_after_the_first_save(bare_phone: BarePhone) -> None:
    bare_phone.run(
        "window.asked = 0;"
        "navigator.storage.persist = async () => { window.asked += 1; return true; }; await m.start()"
    )
    assert bare_phone.run("return window.asked") == 0
    bare_phone.save(pain_worst=1)
    bare_phone.save(pain_worst=2)
    assert bare_phone.run("return window.asked") == 1


def test_a_new_phone_is_not_taken_for_one_whose_storage_was_removed(
    new_bare_phone: Callable[..., BarePhone],
) -> None:
    phone = new_bare_phone()
    assert phone.run("return m.lookAround()") == {"kind": "new", "lost": None}
    phone.activate()
    assert phone.run("return m.lookAround()") == {"kind": "known", "lost": None}


def test_nobody_is_saved_for_on_a_phone_that_was_never_activated(
    new_bare_phone: Callable[..., BarePhone],
) -> None:
    name = "return m.saveEntry({ day: m.today(), answers: { note: 'x' } }).catch((e) => e.constructor.name)"
    assert new_bare_phone().run(name) == "NobodyHere"


MADE_BY_VERSION = """
await m.close();
await new Promise((resolve) => { indexedDB.deleteDatabase("aimss").onsuccess = resolve; });
const db = await new Promise((resolve, reject) => {
  const request = indexedDB.open("aimss", version);
  request.onupgradeneeded = ({ target: { result, transaction } }) => {
    const known = m.STEPS.slice(0, version);
    known.forEach((step) => step(result, transaction));
    for (let n = known.length; n < version; n += 1) result.createObjectStore(`later${n}`);
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = reject;
});
const tx = db.transaction(["meta"], "readwrite");
tx.objectStore("meta").put(identity, "identity");
await new Promise((resolve) => { tx.oncomplete = resolve; });
db.close();"""


def test_every_older_version_and_a_later_one_of_the_storage_takes_entries(bare_phone: BarePhone) -> None:
    identity = bare_phone.run("return m.confirm()")
    newest = bare_phone.run("return m.STEPS.length")
    for version in range(1, newest + 2):
        bare_phone.run(MADE_BY_VERSION, version=version, identity=identity)
        bare_phone.save(pain_worst=version)
        assert bare_phone.states() == ["saved"], f"version {version}"
        bare_phone.drain()
    assert len(bare_phone.at_server()) == newest + 1


def test_an_old_tab_lets_a_newer_one_change_the_storage(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=1)
    other = bare_phone.new_page()
    bare_phone.run(
        """await new Promise((resolve, reject) => {
          const request = indexedDB.open("aimss", m.STEPS.length + 1);
          request.onupgradeneeded = () => request.result.createObjectStore("later");
          request.onsuccess = () => { request.result.close(); resolve(); };
          request.onblocked = () => reject(new Error("an old tab holds the storage"));
        })""",
        page=other,
    )
    bare_phone.save(pain_worst=2)
    assert bare_phone.states() == ["saved", "saved"]


def test_ten_thousand_entries_do_not_slow_what_is_shown(bare_phone: BarePhone) -> None:
    bare_phone.run(
        """const copies = Array.from({ length: 10_000 }, (_, n) => ({
          id: crypto.randomUUID(), local_date: m.plus(m.today(), -n), recorded_at: m.stamp(), version: 1,
          withdrawn: false, pain_worst: n % 11 }));
        await m.run(["entries"], "readwrite", (tx) => {
          for (const copy of copies) tx.objectStore("entries").put(copy);
        });"""
    )
    timed = (
        "const t = performance.now(); await m.entriesBetween(from, m.today()); return performance.now() - t"
    )
    took = min(bare_phone.run(timed.replace("from", "m.plus(m.today(), -6)")) for _ in range(5))
    whole = min(bare_phone.run(timed.replace("from", "'0000-00-00'")) for _ in range(2))
    assert took < whole / 5
    assert len(bare_phone.run("return m.newestEntries(50)")) == 50
    page = bare_phone.run("return m.newestEntries(50, { before: m.plus(m.today(), -49) })")
    assert page[0]["local_date"] == bare_phone.run("return m.plus(m.today(), -50)")


def _browser_process(profile: Path) -> int:
    """Return the id of the browser that this test has started, by the folder of its profile."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in words and not any(
            w.startswith(b"--type=") for w in words
        ):
            return int(process.name)
    raise LookupError(profile)


@pytest.mark.usefixtures("_loop_of_browser")
def test_an_answer_survives_a_kill_50_ms_after_the_tap(
    browser: Browser, server: FaceServer, tmp_path: Path
) -> None:
    # not the one without windows: what its name starts is a script, whose child would go on
    program = next(filter(None, map(shutil.which, BROWSERS)))

    def launch() -> BrowserContext:
        options = {"executable_path": program, "args": ["--no-sandbox"]}
        return browser.browser_type.launch_persistent_context(tmp_path, **options)  # type: ignore[arg-type]

    context = launch()
    phone = BarePhone(context, server, server.new_patient()).activate()
    phone.run("window.saved = m.saveEntry({ day: m.today(), answers: { pain_worst: 7 } }); return null")
    time.sleep(AFTER_THE_TAP_S)
    os.kill(_browser_process(tmp_path), signal.SIGKILL)
    with suppress(Error):  # it is dead
        context.close()
    for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
        (tmp_path / name).unlink(missing_ok=True)
    context = launch()
    phone = BarePhone(context, server, phone.patient)
    assert [item["body"]["pain_worst"] for item in phone.items()] == [7]
    phone.activate().drain()  # the browser may have lost the cookie of the first sign-in, seconds old
    assert [entry["pain_worst"] for entry in phone.at_server()] == [7]
    context.close()
