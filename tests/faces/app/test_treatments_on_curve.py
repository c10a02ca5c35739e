"""Changes of tablets on the patient's own curve: drawn, read out, in the table, and never as a cause."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from api.models.site import Site
from api.models.treatment import PastTreatment
from api.web.app_pages import static_tree
from tests.faces.app.diaries import a_diary, send
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults

TODAY = datetime.now(UTC).date()
SWITCHED = TODAY - timedelta(days=45)
NO_CAUSE = "What follows it need not come from it: other things change too."
CHANGES = """async ([address, treatments]) => {
  const { changesOf } = await import(address);
  const found = [...changesOf(treatments)];
  return found.map(([day, changes]) => [day, changes.map(({ kind, ai }) => `${ai} ${kind}`)]);
}"""


def open_curve(server: Any, new_phone: Any, *, language: str = "en", **look: Any) -> Phone:
    """Open the curve of a patient who changed from letrozole to exemestane six weeks ago."""
    patient = server.new_patient(ai="exemestane", ai_started_on=SWITCHED, language=language)
    began = TODAY - timedelta(days=210)
    before = {"number": 0, "ai": "letrozole", "began_on": began, "ended_on": SWITCHED}
    with server.database.begin() as session:
        session.add(PastTreatment(patient_id=patient.id, **before))
    phone = new_phone(patient, **look)
    page = phone.open(f"/activate#{server.code_for(patient)}").page
    page.locator("button[type=submit]").click()
    page.locator(".week").wait_for()
    send(phone, a_diary(TODAY))
    page.reload()
    page.locator("nav a").nth(1).click()
    page.locator("svg.curve").wait_for()
    return phone


@pytest.fixture
def hiding(server):
    """A site that does not show patients their treatments, for the time of a test."""
    with server.database.begin() as session:
        session.get_one(Site, server.clinic.site.id).shows_treatments = False
    yield
    with server.database.begin() as session:
        session.get_one(Site, server.clinic.site.id).shows_treatments = True


def test_a_change_of_tablets_is_drawn_read_out_and_in_the_table(server, new_phone, screenshots) -> None:
    phone = open_curve(server, new_phone, viewport={"width": 320, "height": 5000})
    page, drawing = phone.page, phone.page.locator("svg.curve")
    assert len(re.findall("M", drawing.locator(".c-treat").get_attribute("d") or "")) == 1
    expect(drawing).to_contain_text("exemestane")
    expect(drawing).not_to_contain_text("letrozole")
    expect(drawing.locator("text").get_by_text("28", exact=True)).to_have_count(1)  # weeks, from letrozole
    drawing.focus()
    drawing.press("End")
    for _ in range(45):
        drawing.press("ArrowLeft")
    expect(page.locator(".read-out")).to_contain_text("exemestane: first day")
    expect(page.get_by_text(NO_CAUSE)).to_be_visible()
    drawing.press("t")
    page.get_by_role("button", name="Show older days").click()
    row = page.get_by_role("row").filter(has_text="exemestane: first day")
    expect(row).to_have_count(1)
    expect(page.get_by_role("table")).to_have_accessible_name(re.compile("changes of tablets"))
    page.get_by_text("What the marks mean").click()
    expect(page.get_by_text("change of tablets", exact=True)).to_be_visible()
    screenshots(page, "curve-treatments")
    assert geometry_faults(page) == []
    assert axe_faults(page) == []


def test_a_change_of_tablets_is_named_in_german_and_in_the_dark(server, new_phone, screenshots) -> None:
    look = {"locale": "de-DE", "color_scheme": "dark", "viewport": {"width": 390, "height": 2000}}
    phone = open_curve(server, new_phone, language="de", **look)
    expect(phone.page.locator("svg.curve")).to_contain_text("Exemestan")
    expect(phone.page.get_by_text("Was danach kommt, muss nicht daher kommen")).to_be_visible()
    screenshots(phone.page, "curve-treatments-de-dark")
    assert geometry_faults(phone.page) == []
    assert axe_faults(phone.page) == []


@pytest.mark.usefixtures("hiding")
def test_a_site_switches_changes_of_tablets_off(server, new_phone) -> None:
    phone = open_curve(server, new_phone)
    assert not phone.page.locator("svg.curve .c-treat").get_attribute("d")
    expect(phone.page.locator("svg.curve")).not_to_contain_text("exemestane")
    expect(phone.page.get_by_text(NO_CAUSE)).to_have_count(0)


def test_an_end_that_another_treatment_follows_at_once_is_no_change_of_its_own(app: Phone) -> None:
    with app.server.app.app_context():
        address = static_tree().url("shared/treatments.js")
    at_once = {"ai": "letrozole", "from": None, "until": "2026-03-01"}
    paused = {"ai": "exemestane", "from": "2026-03-02", "until": "2026-04-01"}
    ended = {"ai": None, "from": "2026-04-20", "until": "2026-05-01"}
    assert app.page.evaluate(CHANGES, [address, [at_once, paused, ended]]) == [
        ["2026-03-02", ["exemestane begins"]],
        ["2026-04-01", ["exemestane ends"]],
        ["2026-04-20", ["null begins"]],
        ["2026-05-01", ["null ends"]],
    ]
