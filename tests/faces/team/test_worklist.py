"""The worklist and an alert: seen, answered, kept live, and never lost to somebody faster."""

from collections.abc import Callable

from playwright.sync_api import Locator, Route, expect

from api.models.patient import Patient
from tests.faces.team.conftest import Desk


def with_red_flag(desk: Desk, name: str) -> Patient:
    patient = desk.enrol(name, phone="+49 30 555 0101")
    desk.server.report(patient, red_flags=["chest_pain"])
    return patient


def row(desk: Desk, name: str) -> Locator:
    return desk.page.get_by_role("listitem", name=name)


def test_27_a_nurse_acknowledges_assigns_snoozes_and_resolves(desk: Desk) -> None:
    for name in ("Rosa Probe", "Vera Beispiel"):
        with_red_flag(desk, name)
    page = desk.open("#/worklist", "Worklist").page
    row(desk, "Rosa Probe").get_by_role("button", name="Acknowledge").click()
    expect(row(desk, "Rosa Probe")).to_contain_text("you have it")
    expect(row(desk, "Rosa Probe").get_by_role("button", name="Acknowledge")).to_have_count(0)
    row(desk, "Vera Beispiel").get_by_role("button", name="Assign").click()
    expect(page.get_by_role("heading", name="Vera Beispiel", level=2).last).to_be_focused()
    page.get_by_role("button", name="To me").click()
    expect(row(desk, "Vera Beispiel")).to_contain_text("you have it")
    page.get_by_role("button", name="Snooze").last.click()
    page.get_by_role("button", name="4 hours").click()
    expect(row(desk, "Vera Beispiel")).to_contain_text("snoozed until")
    row(desk, "Rosa Probe").get_by_role("button", name="Resolve").click()
    page.get_by_role("radio", name="Visit booked").check()
    page.get_by_role("textbox", name="Note").fill("Thursday, 10:30")
    page.locator(".actbar").get_by_role("button", name="Resolve").click()
    expect(row(desk, "Rosa Probe")).to_have_count(0)
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    assert "#/worklist" in page.url


def test_two_nurses_on_one_alert_the_second_keeps_the_note_and_learns_who_was_first(
    desk: Desk, new_desk: Callable[..., Desk]
) -> None:
    patient = with_red_flag(desk, "Rosa Probe")
    colleague = desk.server.new_staff(desk.server.team_of(desk.staff), name="Mia Amsel")
    other = new_desk(colleague).open("#/worklist", "Worklist")
    page = desk.open("#/worklist", "Worklist").page
    row(desk, "Rosa Probe").get_by_role("button", name="Resolve").click()
    page.get_by_role("radio", name="Referred").check()
    page.get_by_role("textbox", name="Note").fill("to the physiotherapist")
    desk.server.report(patient, red_flags=["fever_with_joint_pain"])  # while the nurse writes
    page.locator(".actbar").get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("alert")).to_contain_text("Something came in since you opened this.")
    expect(page.get_by_role("radio", name="Referred")).to_be_checked()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("to the physiotherapist")
    row(other, "Rosa Probe").get_by_role("button", name="Resolve").click()
    other.page.get_by_role("radio", name="Visit booked").check()
    other.page.locator(".actbar").get_by_role("button", name="Resolve").click()
    expect(row(other, "Rosa Probe")).to_have_count(0)
    page.locator(".actbar").get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("alert")).to_contain_text("Mia Amsel has resolved this.")
    expect(page.get_by_role("alert")).to_contain_text("Visit booked")


def test_an_answer_that_comes_late_leaves_alone_whatever_is_shown_by_then(desk: Desk) -> None:
    for name in ("Rosa Probe", "Vera Beispiel"):
        with_red_flag(desk, name)
    page = desk.open("#/worklist", "Worklist").page
    held: list[Route] = []
    page.route("**/v1/alerts/*/resolution", lambda route: held.extend([route]))
    row(desk, "Rosa Probe").get_by_role("button", name="Resolve").click()
    page.get_by_role("radio", name="Visit booked").check()
    page.locator(".actbar").get_by_role("button", name="Resolve").click()
    row(desk, "Vera Beispiel").get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("heading", name="Vera Beispiel", level=2).last).to_be_focused()
    page.get_by_role("radio", name="Referred").check()
    held[0].continue_()
    expect(row(desk, "Rosa Probe")).to_have_count(0)
    expect(page.get_by_role("heading", name="Vera Beispiel", level=2).last).to_be_visible()
    expect(page.get_by_role("radio", name="Referred")).to_be_checked()


def test_26_what_is_new_waits_behind_a_bar_and_the_list_does_not_move(desk: Desk) -> None:
    with_red_flag(desk, "Rosa Probe")
    page = desk.open("#/worklist", "Worklist").page
    expect(row(desk, "Rosa Probe")).to_be_visible()
    with_red_flag(desk, "Vera Beispiel")
    expect(page.get_by_text("1 new")).to_be_visible(timeout=15_000)
    expect(row(desk, "Vera Beispiel")).to_have_count(0)
    page.get_by_role("button", name="Show them").click()
    expect(row(desk, "Vera Beispiel")).to_be_visible()
    desk.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("Not live since", timeout=15_000)
    resolve = row(desk, "Rosa Probe").get_by_role("button", name="Resolve")
    expect(resolve).to_have_attribute("aria-disabled", "true")
    desk.context.set_offline(False)
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(resolve).not_to_have_attribute("aria-disabled", "true")


def test_on_a_small_screen_an_alert_is_a_page_of_its_own(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk(viewport={"width": 320, "height": 700})
    with_red_flag(desk, "Rosa Probe")
    page = desk.open("#/worklist?show=same-day", "Worklist").page
    page.get_by_role("link", name="Rosa Probe").click()
    page.get_by_role("heading", name="Rosa Probe", level=1).wait_for()
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_have_count(0)
    assert "Rosa" not in page.url + page.title()
    page.get_by_role("main").get_by_role("link", name="Worklist").click()
    expect(page.get_by_role("link", name="Rosa Probe")).to_be_focused()
    assert page.url.endswith("#/worklist?show=same-day")
