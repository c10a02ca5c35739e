"""The app in the engine of Safari, which every browser of an iPhone has."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faces import webkit
from tests.faces.serving import FaceServer
from tests.faces.webkit import Safari, safari

ENTRIES = """return (async () => {
  const names = performance.getEntriesByType("resource").map(({ name }) => name);
  const { api } = await import(names.find((name) => name.endsWith("/shared/api.js")));
  return (await api.get("/v1/me/entries?limit=10")).body.items;
})()"""
STATE = "[role=status][aria-live=polite]"


@pytest.fixture
def iphone(tmp_path: Path) -> Iterator[Safari]:
    """A browser with the engine of an iPhone's."""
    if absent := webkit.missing():
        if os.environ.get("CI"):
            pytest.fail(f"CI has no {absent}: .ci/run installs them")
        pytest.skip("not tested with the engine of Safari: apt-get install webkit2gtk-driver xvfb")
    with safari(tmp_path) as browser:
        yield browser


def answer(iphone: Safari, pain: str, *others: str) -> None:
    """Answer the questions of a check-in and send it."""
    for label in (pain, *others):
        iphone.tap(label)
        iphone.tap("Send" if label == "Taken" else "Next")


@pytest.mark.slow
def test_with_the_engine_of_safari_a_patient_activates_checks_in_corrects_and_goes_on_without_a_network(
    iphone: Safari, server: FaceServer
) -> None:
    patient = server.new_patient()
    iphone.open(f"{server.address}/activate#{server.code_for(patient)}")
    iphone.tap("Activate")
    iphone.wait_for("h1", "Today")
    iphone.run(webkit.HEAR)
    iphone.tap("Check in")
    answer(iphone, "4", "0", "Taken")
    iphone.wait_for(STATE, "Sent")
    iphone.tap("Next")
    iphone.wait_for("h1", "Sent at")
    iphone.tap("Change")
    answer(iphone, "6", "0", "Taken")
    iphone.wait_for(STATE, "Sent")
    [entry] = entries(iphone)
    assert (entry["pain_worst"], entry["stiffness"], entry["dose"]) == (6, 0, "taken")
    iphone.run("return navigator.serviceWorker.ready.then(() => null)")
    assert iphone.heard() == []
    server.refuse = lambda *_: 503
    before = datetime.now(UTC).date() - timedelta(days=2)
    iphone.open(f"{server.address}/app/#/checkin?day={before}")
    answer(iphone, "5", "0", "Taken")
    iphone.wait_for(STATE, "Saved on this phone")
    server.refuse = lambda *_: None
    iphone.wait_for(STATE, "Sent")
    assert [entry["pain_worst"] for entry in entries(iphone)] == [6, 5]
    assert iphone.heard() == []


def entries(iphone: Safari) -> list[dict[str, Any]]:
    """Return the entries that the server has of the patient."""
    found: list[dict[str, Any]] = iphone.run(ENTRIES)
    return found
