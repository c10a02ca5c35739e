"""The page of a patient: the course and its numbers, what is done in the tabs, and the visit sheet."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.team.conftest import Desk
from tests.faces.team.courses import Course, a_course

TABS = ["Course", "Entries", "Questionnaires", "Measurements", "Alerts", "Messages", "Plan", "Access"]
MOST_REQUESTS, MOST_BYTES = 6, 100_000


@pytest.fixture
def course(desk: Desk) -> Course:
    """A patient with half a year behind, whose page is open."""
    course = a_course(desk)
    desk.open("#/worklist")
    desk.page.wait_for_load_state("networkidle")
    del desk.server.transfers[:]
    desk.open(f"#/patient?id={course.patient.id}", "Vera Beispiel")
    desk.page.locator("svg.curve").wait_for()
    return course


def at(desk: Desk, tab: str) -> Page:
    """Open a tab, and wait until it is there."""
    desk.page.get_by_role("navigation", name="Patient").get_by_role(
        "link", name=re.compile(f"^{tab}")
    ).click()
    desk.page.wait_for_load_state("networkidle")
    return desk.page


def faults(page: Page) -> list[str]:
    return [*axe_faults(page), *geometry_faults(page)]


def test_the_course_is_read_by_eye_by_keys_and_as_a_table(desk: Desk, course: Course) -> None:
    page, drawing = desk.page, desk.page.locator("svg.curve")
    sent = [each for each in desk.server.transfers if each.path.startswith("/v1/patients/")]
    assert len(sent) <= MOST_REQUESTS
    assert sum(each.bytes for each in sent) <= MOST_BYTES
    assert page.title() == "Patient - AIMSS Monitor"  # browsers keep titles
    expect(page.get_by_role("link", name="+49 30 555 010131")).to_have_attribute("href", "tel:+4930555010131")
    tabs = page.get_by_role("navigation", name="Patient").get_by_role("link")
    assert [re.sub(r"\s*\d+\s+open$", "", each.strip()) for each in tabs.all_inner_texts()] == TABS
    expect(drawing).to_have_accessible_name(re.compile("^Worst pain and stiffness, .* to "))
    expect(page.locator(".sentence")).to_contain_text(re.compile(r"worst pain \d\.\d.* usual"))
    assert drawing.locator("text", has_text="not known").count() == 1  # eighteen days without an answer
    assert len(re.findall("M", drawing.locator(".c-level").get_attribute("d") or "")) == 2
    expect(drawing).to_contain_text("letrozole")
    status = page.locator(".readout")
    drawing.focus()
    drawing.press("ArrowLeft")
    newest = status.inner_text()
    drawing.press("ArrowLeft")
    expect(status).not_to_have_text(newest)
    expect(status).to_contain_text(re.compile("worst pain .* level .* 95% from"))
    drawing.press("t")
    row = page.get_by_role("table", name="Day by day, newest first").locator("tr[aria-current]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile("tablet (taken|not taken)"))
    drawing.press("Home")
    expect(row).to_be_visible()  # the table reaches as far as the cursor
    drawing.press("Escape")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Stiffness").click()
    expect(page.locator("svg.curve .c-stiffness-level")).to_have_count(0)
    page.get_by_role("button", name="Interference").click()
    expect(page.locator("svg.curve .c-interference-level")).to_have_count(1)
    page.get_by_role("button", name="4 weeks").click()
    expect(page.locator(".c-dots")).to_have_attribute("d", re.compile("M"))
    assert faults(page) == []


def test_every_number_is_explained_and_the_risk_is_told_in_factors(desk: Desk, course: Course) -> None:
    page = desk.page
    risk = page.get_by_role("region", name="Risk of stopping within 90 days")
    expect(risk.locator(".big")).to_have_text(re.compile(r"^\d+%$"))
    values = risk.locator("td.value").all_inner_texts()
    assert len(values) > 8
    assert [
        each for each in values if not re.fullmatch(r"(×\d\.\d\d, (raises|lowers|typical))?", each.strip())
    ] == []
    expect(page.get_by_role("region", name="What is not known")).to_contain_text("no level for 18 days")
    page.get_by_text("How these numbers are worked out").click()
    expect(page.locator(".computed[open]")).to_contain_text(re.compile(r"\(\d( \+ \d)+\) / \d = \d\.\d"))
    treatments = page.get_by_role("region", name="Treatments, before and after")
    expect(treatments).to_contain_text("cannot say what the change did")
    expect(treatments.get_by_role("row")).to_have_count(3)
    desk.context.set_offline(True)
    expect(page.get_by_text(re.compile("There is no connection. This is what was known on"))).to_be_visible()
    desk.context.set_offline(False)


def test_a_nurse_sees_what_changed_and_records_skips_and_answers(desk: Desk, course: Course) -> None:
    page = at(desk, "Entries")
    page.get_by_role("button", name="Changed 1 time").click()
    expect(page.locator(".log")).to_contain_text(re.compile(r"Worst pain: \d → 6"))
    page = at(desk, "Measurements")
    page.get_by_role("button", name="Add a measurement").click()
    page.get_by_role("combobox", name="What was measured").select_option("weight")
    page.get_by_role("textbox", name="Value").fill("210")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("unlikely.*35.*200", re.S))
    assert faults(page) == []
    page.get_by_role("button", name="It is right: record it").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text(
        re.compile(r"210 kg.*confirmed although unlikely", re.S)
    )
    page = at(desk, "Plan")
    page.get_by_role("button", name=re.compile("^Skip")).first.click()
    page.get_by_role("textbox", name="Why it is skipped").fill("just done elsewhere")
    page.get_by_role("button", name="Skip it").click()
    expect(page.get_by_text("Skipped: just done elsewhere")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.get_by_text("Skipped: just done elsewhere")).to_have_count(0)
    page.get_by_role("button", name="Change the treatments").click()
    page.get_by_role("button", name="Add a treatment").click()
    page.get_by_role("button", name="Set the treatments").click()
    expect(page.get_by_role("alert")).to_be_visible()  # the one before goes on
    page.get_by_role("button", name="Remove treatment 3").click()
    page.get_by_role("button", name="Set the treatments").click()
    expect(page.get_by_text("The treatments are set.")).to_be_attached()
    page = at(desk, "Alerts")
    page.get_by_role("button", name="History and guidance").first.click()
    expect(page.get_by_role("heading", name="Guidance that the site approved")).to_be_visible()
    page = at(desk, "Access")
    expect(page.get_by_text("The list is open to the administrators of the site")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Sign out ?: ")).first.click()
    page.get_by_role("button", name="Yes, sign it out").click()
    expect(page.get_by_text("Nothing can be sent until there is a code for a phone.")).to_be_visible()
    for tab in ("Questionnaires", "Messages"):
        assert faults(at(desk, tab)) == []


def test_the_visit_sheet_is_one_light_page_with_who_and_when_on_it(desk: Desk, course: Course) -> None:
    page = desk.page
    page.emulate_media(color_scheme="dark")
    page.get_by_role("link", name="Print for the visit").click()
    sheet = page.get_by_role("article", name="Visit sheet")
    sheet.wait_for()
    assert axe_faults(page) == []
    for size in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size))) == 1
    page.emulate_media(media="print", color_scheme="dark")
    words = sheet.inner_text()
    today = datetime.now(UTC).date()
    for known in (
        "Vera Beispiel",
        course.patient.reference,
        "1964",
        "St. Example",
        f"Printed {today:%A} {today.day}",
    ):
        assert known in words
    assert "interference of pain with daily life" in words
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.visit-sheet')).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.visit-sheet h1')).color") == "rgb(0, 0, 0)"
    )
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    for language in ("de", "es", "fr"):
        look = json.dumps({"language": language})
        page.evaluate("look => localStorage.setItem('aimss.team.look', look)", look)
        page.reload()
        page.locator(".visit-sheet svg.curve").wait_for()
        pages = [len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size))) for size in ("A4", "Letter")]
        assert (language, pages) == (language, [1, 1])


def test_nothing_is_calm_before_there_is_a_baseline(desk: Desk) -> None:
    patient = desk.enrol("Nora Neu", ai_started_on=datetime.now(UTC).date() - timedelta(days=3))
    desk.server.report(patient, pain_worst=2)
    page = desk.open(f"#/patient?id={patient.id}", "Nora Neu").page
    page.locator("svg.curve").wait_for()
    expect(page.locator(".not-scored")).to_contain_text("Not scored")
    expect(page.get_by_role("region", name="Risk of stopping within 90 days")).to_contain_text(
        "Not known is not low."
    )
    assert faults(page) == []
    desk.open("#/patient?id=00000000-0000-4000-8000-000000000000", "Patient")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_an_answer_about_a_patient_who_was_left_is_dropped(desk: Desk, course: Course) -> None:
    page, other = desk.page, desk.enrol("Rosa Probe")
    held: list[Route] = []
    page.route("**/v1/alerts/*", lambda route: held.extend([route]))
    at(desk, "Alerts").get_by_role("button", name="History and guidance").first.click()
    desk.open(f"#/patient?id={other.id}", "Rosa Probe")
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="Rosa Probe", level=1)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
