"""My curve: the sentence, the drawing, the keys, the table, and what is shown where little is known."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from api.web.app_pages import static_tree
from tests.faces.app.diaries import a_diary, an_answer, send
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.speed import FILL

CALM = ("usual", "better", "well")
UNSCORED = ("empty", "no_baseline", "too_few_answers", "no_pain_answer", "not_scored", "a-new-one")


def address_of(phone: Phone, name: str) -> str:
    with phone.server.app.app_context():
        return static_tree().url(name)


def curve_of(phone: Phone) -> Phone:
    """Open the curve anew, and wait until it is drawn."""
    phone.page.get_by_role("link", name="My curve").click()
    phone.page.locator("svg.curve").wait_for()
    return phone


@pytest.fixture
def diary(server, new_phone) -> Phone:
    """The phone of a patient with three months of answers, which got worse of late."""
    patient = server.new_patient(ai_started_on=datetime.now(UTC).date() - timedelta(days=210))
    phone = new_phone(patient, viewport={"width": 320, "height": 844}).activate()
    send(phone, a_diary(datetime.now(UTC).date()))
    phone.page.reload()
    return curve_of(phone)


def test_21_the_curve_is_named_read_by_keys_and_a_table_follows(diary: Phone) -> None:
    page, drawing, read = diary.page, diary.page.locator("svg.curve"), diary.page.locator(".read-out")
    expect(page.get_by_role("heading", level=1)).to_contain_text("orse than your usual since about")
    expect(drawing).to_have_accessible_name(re.compile("^Worst pain, .* to "))
    expect(drawing).to_have_accessible_description(re.compile("orse than your usual"))
    assert read.get_attribute("role") == "status"
    drawing.focus()
    newest = read.inner_text()
    drawing.press("ArrowLeft")
    assert read.inner_text() != newest
    drawing.press("End")
    assert read.inner_text() == newest
    drawing.press("Home")
    expect(read).to_contain_text("worst pain")
    page.get_by_role("button", name="Earlier").click()
    drawing.press("t")
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Day", "Worst pain", "Stiffness", "Tablet", "Level", "Usual"]
    )
    expect(table.get_by_role("row").nth(1)).to_contain_text("taken")
    drawing.press("t")
    expect(table).to_be_hidden()
    assert geometry_faults(page) == []
    assert axe_faults(page) == []


def test_a_missing_day_is_neither_joined_nor_zero_and_the_level_is_broken(diary: Phone) -> None:
    page, answered = diary.page, len(a_diary(datetime.now(UTC).date()))
    assert len(re.findall("M", page.locator(".c-dots").get_attribute("d") or "")) == answered
    assert "L" not in (page.locator(".c-dots").get_attribute("d") or "")
    assert len(re.findall("M", page.locator("svg.curve .c-level").get_attribute("d") or "")) == 2
    expect(page.locator("svg.curve")).to_contain_text(f"No answer: {91 - answered} days")
    page.get_by_role("radio", name="4 weeks").check(force=True)
    expect(page.locator("svg.curve")).to_contain_text("10 worst pain imaginable")
    page.locator("svg.curve").focus()
    for _ in range(4):
        page.locator("svg.curve").press("ArrowLeft")
    expect(page.locator(".read-out")).to_contain_text("no answer")


def test_what_is_not_scored_is_never_calm(app: Phone) -> None:
    said = app.page.evaluate(
        """async ([address, statuses]) => {
          const { summary } = await import(address);
          const nothing = { scores: [], lastDay: null, day: "2026-03-10", at: 0 };
          return statuses.map((status) => summary({ status, ...nothing }));
        }""",
        [address_of(app, "app/screens/curve_words.js"), UNSCORED],
    )
    assert [each["heading"] for each in said if any(word in each["heading"] for word in CALM)] == []
    assert all("call your team" in " ".join(each["more"]) for each in said[1:])
    send(app, [an_answer(datetime.now(UTC).date(), pain_worst=4)])
    app.page.reload()
    expect(curve_of(app).page.get_by_role("heading", level=1)).to_contain_text(re.compile("too (few|early)"))


def test_offline_the_last_known_curve_is_shown_with_its_date(diary: Phone) -> None:
    diary.wait_for_worker()
    diary.context.set_offline(True)
    diary.page.reload()
    diary.page.locator("svg.curve").wait_for()
    expect(diary.page.locator(".banner")).to_contain_text(re.compile("This is what was known on .*day"))
    expect(diary.page.get_by_role("heading", level=1)).to_contain_text("orse than your usual")


def test_ten_thousand_entries_do_not_slow_the_curve(app: Phone) -> None:
    app.page.evaluate(FILL, [address_of(app, "app/store.js"), 10_000])
    app.server.transfers.clear()
    page = curve_of(app).page
    page.get_by_role("radio", name="All").check(force=True)
    expect(page.locator("svg.curve title")).to_contain_text(re.compile("^Worst pain, .* (199|200)"))
    page.get_by_role("button", name="Show as a table").click()
    assert page.locator("svg.curve *").count() < 60
    assert page.get_by_role("row").count() < 40


def test_the_curve_fits_with_text_of_twice_the_size(diary: Phone) -> None:
    page = diary.page
    fonts = {"fontSizes": {"standard": 32}}
    diary.context.new_cdp_session(page).send("Page.setFontSizes", fonts)
    page.evaluate("dispatchEvent(new Event('resize'))")
    page.get_by_role("button", name="Show as a table").click()
    page.get_by_role("button", name="Stiffness as well").click()
    for each in page.locator("summary").all():
        each.click()
    assert geometry_faults(page) == []
    outside = page.evaluate(
        """() => {
          const box = document.querySelector("svg.curve").getBoundingClientRect();
          return [...document.querySelectorAll("svg.curve text")]
            .map((each) => [each, each.getBoundingClientRect()])
            .filter(([, { left, right }]) => left < box.left - 1 || right > box.right + 1)
            .map(([each]) => each)
            .map(({ textContent }) => textContent.trim());
        }"""
    )
    assert outside == []
