"""Privacy: who has looked, a copy of everything, and what a patient decides about the own data."""

import re
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
import requests
from playwright.sync_api import expect

from notifications.jobs import exports
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults


def faults(phone: Phone) -> list[list[str]]:
    return [geometry_faults(phone.page), axe_faults(phone.page)]


def look_at(phone: Phone) -> None:
    """Let a nurse read the patient's entries."""
    url = f"{phone.server.address}/v1/patients/{phone.patient.id}/entries"
    assert requests.get(url, headers=phone.server.clinic.nurse.headers, timeout=10).status_code == 200


def test_a_patient_sees_who_has_looked_by_role_and_time(app: Phone, screenshots) -> None:
    look_at(app)
    app.show("privacy", "Privacy").page.get_by_role("link", name="Who has looked at my data").click()
    row = app.page.get_by_role("listitem").filter(has_text="Your entries were read.")
    expect(row).to_contain_text(re.compile(r"Nurse, \w+day"))
    assert faults(app) == [[], []]
    screenshots(app.page, "looked")


def test_a_diary_that_nobody_has_looked_at_says_so(app: Phone) -> None:
    app.page.route("**/v1/me/audit", lambda route: route.fulfill(json={"items": [], "next": None}))
    app.show("looked", "Who has looked at my data")
    expect(app.page.get_by_text("Nobody else has looked at your data so far.")).to_be_visible()
    assert faults(app) == [[], []]


def test_earlier_uses_are_read_when_they_are_asked_for(app: Phone) -> None:
    page = {"items": [], "next": "1"}
    use = {"at": "2026-03-10T12:00:00Z", "actor_kind": "staff", "role": "nurse", "proxy": None, "action": "x"}
    first, second = use | {"sentence": "Newer."}, use | {"sentence": "Older.", "role": "clinician"}
    app.page.route("**/v1/me/audit", lambda route: route.fulfill(json=page | {"items": [first]}))
    app.page.route(
        "**/v1/me/audit?cursor=1", lambda route: route.fulfill(json={"items": [second], "next": None})
    )
    app.show("looked", "Who has looked at my data")
    app.page.get_by_role("button", name="Show earlier ones").click()
    expect(app.page.get_by_role("main").get_by_role("listitem")).to_have_text(
        [re.compile(r"Newer\.\s*Nurse"), re.compile(r"Older\.\s*Clinician")]
    )
    expect(app.page.get_by_role("button", name="Show earlier ones")).to_have_count(0)


def test_a_copy_is_asked_for_made_fetched_and_saved(app: Phone, screenshots, tmp_path) -> None:
    app.show("copy", "Get a copy of my data")
    app.page.get_by_role("button", name="Ask for a copy").click()
    expect(app.page.get_by_text("Your copy is being made")).to_be_visible()
    assert faults(app) == [[], []]
    assert exports.make_due(app.server.database, clock=lambda: datetime.now(UTC)) >= 1
    app.page.get_by_role("button", name="Fetch the file").click()
    link = app.page.get_by_role("link", name="Save the file on this phone")
    assert faults(app) == [[], []]
    screenshots(app.page, "copy")
    with app.page.expect_download() as download:
        link.click()
    assert re.fullmatch(r"aimss-\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    download.value.save_as(tmp_path / "copy.zip")
    names = set(ZipFile(tmp_path / "copy.zip").namelist())
    assert {"data.json", "summary.html"} <= names


def invite(phone: Phone, *, may: str, is_answer_lost: bool = False) -> str:
    """Let somebody in until next month; return the code."""
    page = phone.show("invite", "Let somebody in").page
    page.get_by_label("Who is it?").fill("Alex")
    page.get_by_role("radio", name=may).check(force=True)
    page.get_by_label("Last day").fill(str((datetime.now(UTC) + timedelta(days=30)).date()))
    if is_answer_lost:
        phone.context.route("**/v1/me/proxies", lambda route: route.fetch() and route.abort(), times=1)
        page.get_by_role("button", name="Show the code").click()
        expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Show the code").click()
    page.get_by_role("heading", name="The code for Alex").wait_for()
    return str(page.locator(".code").text_content())


def test_somebody_is_let_in_reads_the_diary_and_is_ended_at_once(app: Phone, new_phone, screenshots) -> None:
    code = invite(app, may="Only read", is_answer_lost=True)
    assert faults(app) == [[], []]
    screenshots(app.page, "invited")
    theirs = new_phone(app.patient)
    theirs.open(f"/activate#{code}").page.get_by_role("button", name="Activate").click()
    theirs.page.get_by_role("heading", name="Today", level=1).wait_for()
    theirs.page.wait_for_timeout(500)
    expect(theirs.page.get_by_text("Not accepted")).to_have_count(0)
    expect(theirs.page.get_by_role("link", name="Check in")).to_have_count(0)
    theirs.show("checkin", "Today")
    theirs.show("settings", "Settings")
    for name in ("Privacy", "My phones", "Day and time"):
        expect(theirs.page.get_by_role("link", name=name)).to_have_count(0)
    app.page.get_by_role("link", name="Done").click()
    expect(app.page.get_by_text("may read, until")).to_be_visible()
    app.page.get_by_text("End the access of Alex").click()
    assert faults(app) == [[], []]
    screenshots(app.page, "people")
    app.page.get_by_role("button", name="Yes, end it now").click()
    expect(app.page.get_by_text("Nobody else can open your diary.")).to_be_visible()
    expect(app.page.get_by_text("Earlier")).to_be_visible()
    theirs.page.reload()
    theirs.show("today", "Today")
    expect(theirs.page.get_by_text("Please sign in again")).to_be_visible()


def test_an_invitation_says_what_is_missing_and_chooses_nothing_itself(app: Phone) -> None:
    app.show("invite", "Let somebody in")
    expect(app.page.get_by_role("radio", checked=True)).to_have_count(0)
    app.page.get_by_role("button", name="Show the code").click()
    expect(app.page.get_by_role("alert")).to_contain_text("Something is missing.")
    assert faults(app) == [[], []]


def test_erasure_is_asked_for_with_what_stays_and_taken_back(app: Phone, screenshots) -> None:
    app.show("privacy", "Privacy").page.get_by_role("link", name="Ask for erasure").click()
    expect(app.page.get_by_role("heading", name="What may stay")).to_be_visible()
    app.page.get_by_text("Ask my clinic").click()
    assert faults(app) == [[], []]
    screenshots(app.page, "erasure")
    app.page.get_by_role("button", name="Yes, send the request").click()
    expect(app.page.get_by_role("heading", name="Your request is with the clinic")).to_be_visible()
    expect(app.page.get_by_text(re.compile("Answer by: "))).to_be_visible()
    assert faults(app) == [[], []]
    screenshots(app.page, "erasure-open")
    app.page.get_by_role("button", name="Take the request back").click()
    expect(app.page.get_by_role("heading", name="Taken back")).to_be_visible()
    expect(app.page.get_by_text("Ask my clinic")).to_be_visible()


@pytest.mark.parametrize(
    ("screen", "level_one", "path"),
    [
        ("looked", "Who has looked at my data", "/v1/me/audit"),
        ("copy", "Get a copy of my data", "/v1/me/exports"),
        ("people", "People I let in", "/v1/me/proxies"),
        ("erasure", "Ask for erasure", "/v1/me/erasure-requests"),
    ],
)
def test_a_screen_says_that_it_is_offline_or_refused_and_tries_again(
    app: Phone, screen: str, level_one: str, path: str
) -> None:
    problem = {"type": "/problems/rate", "title": "Too many requests.", "status": 429}
    app.wait_for_worker()
    app.context.set_offline(True)
    app.show(screen, level_one)
    expect(app.page.get_by_text("needs the internet.")).to_be_visible()
    assert faults(app) == [[], []]
    app.context.set_offline(False)
    app.page.route(
        f"**{path}",
        lambda route: route.fulfill(status=429, json=problem, content_type="application/problem+json"),
    )
    app.page.get_by_role("button", name="Try again").click()
    expect(app.page.get_by_role("alert")).to_contain_text("Too many requests.")
    app.page.unroute(f"**{path}")
    app.page.get_by_role("button", name="Try again").click()
    expect(app.page.get_by_role("alert")).to_have_count(0)
