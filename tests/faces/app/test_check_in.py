"""The check-in: three questions in a few taps, nothing chosen beforehand, and nothing said that is not so."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.faces.conftest import Phone
from tests.faces.probes import geometry_faults

AT_SERVER = """async (path) => {
  const names = performance.getEntriesByType("resource").map(({ name }) => name);
  const { api } = await import(names.find((name) => name.endsWith("/shared/api.js")));
  return (await api.get(path)).body;
}"""
STEPS = {
    "today": "",
    "pain": "/checkin",
    "stiffness": "step=2",
    "tablet": "step=3",
    "flags": "/flags",
    "saved": "/saved",
}
"""The screens of a check-in, with what stands in their addresses."""
CHECKED = "document.querySelectorAll('input:checked').length"


def at_server(phone: Phone, path: str = "/v1/me/entries?limit=500") -> Any:
    """Return an answer of the API to the patient of a phone."""
    return phone.page.evaluate(AT_SERVER, path)


def state(page: Page) -> Locator:
    """Return the live region that says what became of what was saved."""
    return page.locator("[role=status][aria-live=polite]")


def tap(page: Page, role: Any, name: str, *, exact: bool = False) -> None:
    page.get_by_role(role, name=name, exact=exact).tap()


def none_of_these(page: Page) -> None:
    """Go on from the page that asks for red flags, which follows the first check-in."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Any of these since your last check-in?")
    tap(page, "button", "Next")


def check_in(phone: Phone, *, pain: int, day: str | None = None) -> None:
    """Answer the first question and send."""
    phone.open(f"/app/#/checkin{f'?day={day}' if day else ''}")
    tap(phone.page, "radio", f"{pain}", exact=True)
    for _ in range(2):
        tap(phone.page, "button", "Next")
    tap(phone.page, "button", "Send")


def test_4_three_questions_are_answered_in_at_most_eight_taps_and_read_by_name(app: Phone) -> None:
    page = app.page
    taps = 0
    page.get_by_role("link", name="Check in").tap()
    for group, answer in (("Worst pain", "4"), ("Stiffness", "0 not stiff"), ("Tablet", "Taken")):
        radios = page.get_by_role("radiogroup", name=group).get_by_role("radio")
        expect(page.get_by_role("button", name="Clear answer")).to_have_count(0)
        assert page.evaluate(CHECKED) == 0
        expect(page.locator("h1")).to_be_focused()
        expect(radios).to_have_count(3 if group == "Tablet" else 11)
        page.get_by_role("radio", name=answer, exact=True).tap()
        expect(page.get_by_role("button", name="Clear answer")).to_be_visible()
        tap(page, "button", "Send" if group == "Tablet" else "Next")
        taps += 2
    assert taps + 1 <= 8
    expect(state(page)).to_have_text("Sent")
    none_of_these(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    (entry,) = at_server(app)["items"]
    assert (entry["pain_worst"], entry["stiffness"], entry["dose"]) == (4, 0, "taken")
    assert re.fullmatch(r"aimss-app/\w+", entry["client"])
    assert entry["scale"] == "nrs11-buttons-1"
    assert 0 <= entry["seconds"] < 60
    page.go_back()
    expect(page.get_by_role("radiogroup", name="Stiffness")).to_be_visible()
    tap(page, "link", "Worst pain")
    page.go_back()
    assert len(at_server(app)["items"]) == 1, "going back sends nothing"


def test_1_an_untouched_question_sends_no_key_and_a_blank_check_in_is_not_sent(app: Phone) -> None:
    page = app.page
    page.get_by_role("link", name="Check in").tap()
    tap(page, "radio", "7", exact=True)
    tap(page, "button", "Clear answer")
    assert page.evaluate(CHECKED) == 0
    tap(page, "button", "Next")
    tap(page, "button", "Skip")
    tap(page, "radio", "I'd rather not say")
    tap(page, "button", "Send")
    expect(page.get_by_role("alert")).to_contain_text("Nothing to send yet")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Worst pain").tap()
    page.get_by_role("radio", name="0 no pain").tap()
    for heading in ("How stiff", "And today's tablet?"):
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_focused()
    page.keyboard.press("Enter")
    none_of_these(page)
    expect(page.get_by_text("not answered")).to_have_count(2)
    expect(state(page)).to_have_text("Sent")
    (entry,) = at_server(app)["items"]
    assert entry["pain_worst"] == 0
    assert {"stiffness", "dose", "note", "red_flags"} & {
        name for name, value in entry.items() if value
    } == set()


def test_the_words_of_the_app_itself_are_those_of_the_api(app: Phone) -> None:
    ours = app.page.evaluate(
        """async () => {
          const names = performance.getEntriesByType("resource").map(({ name }) => name);
          return (await import(names.find((name) => name.endsWith("/app/fallback.js")))).fallback();
        }"""
    )
    theirs = {each["name"]: each for each in at_server(app, "/v1/check-in")["questions"]}
    for question in ours["questions"]:
        expected = dict(theirs[question["name"]])
        expected["options"] = [each for each in expected["options"] if each["offered"]]
        assert question == {name: expected[name] for name in question}
        assert {name for name, value in expected.items() if value} <= set(question)


def test_2_and_3_every_value_is_one_tap_and_one_key_press_and_nothing_needs_dragging(app: Phone) -> None:
    page = app.show("checkin", "How bad was your worst joint pain today?").page
    for value, name in [(0, "0 no pain"), *((each, str(each)) for each in range(1, 10))]:
        page.get_by_role("radio", name=name, exact=True).tap()
        assert page.evaluate("document.querySelector('input:checked').value") == str(value)
    page.get_by_role("radio", name="10 worst pain imaginable").tap()
    assert page.evaluate(CHECKED) == 1
    for value, key in [(10, "t"), *((each, str(each)) for each in range(10))]:
        page.keyboard.press(key)
        assert page.evaluate("document.querySelector('input:checked').value") == str(value)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.querySelector('input:checked').value") == "8"
    assert page.locator("input[type=range], [draggable=true]").count() == 0
    boxes = [each.bounding_box() for each in page.locator(".scale input").all()]
    assert min(box["height"] for box in boxes if box) >= 64
    assert min(box["width"] for box in boxes if box) >= 55


def test_a_draft_and_a_saved_answer_survive_a_kill_and_a_reload_without_a_network(app: Phone) -> None:
    app.wait_for_worker()
    app.context.set_offline(True)
    app.page.get_by_role("link", name="Check in").tap()
    tap(app.page, "radio", "6", exact=True)
    app.page.wait_for_timeout(50)
    app.reopen()
    expect(app.page.get_by_text("Go on where you stopped")).to_be_visible()
    app.page.get_by_role("link", name="Check in").tap()
    expect(app.page.get_by_role("radio", name="6", exact=True)).to_be_checked()
    tap(app.page, "button", "Next")
    tap(app.page, "button", "Next")
    tap(app.page, "button", "Send")
    expect(state(app.page)).to_have_text("Saved on this phone")
    none_of_these(app.page)
    expect(app.page.get_by_role("main")).to_contain_text("There is no internet just now.")
    app.page.reload()
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Saved on this phone")
    app.reopen()
    expect(app.page.get_by_text("Done for today")).to_be_visible()
    app.context.set_offline(False)
    expect(app.page.get_by_text("Sent at")).to_be_visible()
    assert [each["pain_worst"] for each in at_server(app)["items"]] == [6]


def test_5_what_the_server_refuses_is_never_called_sent_and_can_be_mended(app: Phone) -> None:
    problem = {"title": "Not valid", "detail": "This value does not fit.", "status": 422, "type": "x"}

    def refused(route: Any) -> None:
        ids = [each["id"] for each in route.request.post_data_json["entries"]]
        results = [{"id": each, "status": "rejected", "problem": problem} for each in ids]
        route.fulfill(json={"results": results})

    app.context.route("**/v1/me/entries", refused)
    check_in(app, pain=3)
    expect(state(app.page)).to_have_text("Not accepted")
    none_of_these(app.page)
    expect(app.page.get_by_role("main")).to_contain_text("This value does not fit.")
    app.context.unroute("**/v1/me/entries")
    app.show("today", "Today")
    expect(app.page.locator(".banner")).to_contain_text("Not accepted")
    app.page.get_by_role("link", name="Look at it").tap()
    app.page.get_by_role("link", name="Mend it").tap()
    tap(app.page, "radio", "5", exact=True)
    tap(app.page, "button", "Next")
    tap(app.page, "button", "Next")
    tap(app.page, "button", "Send")
    expect(state(app.page)).to_have_text("Sent")
    assert [each["pain_worst"] for each in at_server(app)["items"]] == [5]


def test_18_the_day_that_was_chosen_is_the_day_that_is_sent_just_after_midnight_and_in_any_zone(
    new_phone,
) -> None:
    now = datetime.now(UTC)
    offset = -now.hour if now.hour <= 12 else 24 - now.hour  # where it is a few minutes after midnight
    here = (now + timedelta(hours=offset)).date()
    phone = new_phone(timezone_id=None)
    page = phone.page
    zone = phone.context.new_cdp_session(page)
    zone.send("Emulation.setTimezoneOverride", {"timezoneId": f"Etc/GMT{-offset:+d}"})
    phone.activate()
    expect(page.get_by_role("link", name=re.compile(f"{here.day} .*: not answered"))).to_be_visible()
    page.get_by_role("link", name="Check in").tap()
    tap(page, "button", "Change")
    page.get_by_role("link", name="Yesterday").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("on that day?")
    phone.context.set_offline(True)
    tap(page, "radio", "2", exact=True)
    for _ in range(2):
        tap(page, "button", "Next")
    tap(page, "button", "Send")
    none_of_these(page)
    chosen = here - timedelta(days=1)
    expect(page.locator(".card h2")).to_contain_text(f" {chosen.day} ")
    zone.send("Emulation.setTimezoneOverride", {"timezoneId": "Pacific/Honolulu"})
    phone.context.set_offline(False)
    expect(state(page)).to_have_text("Sent")
    expect(page.locator(".card h2")).to_contain_text(f" {chosen.day} ")
    assert [each["local_date"] for each in at_server(phone)["items"]] == [chosen.isoformat()]


def test_19_any_of_the_last_seven_days_is_two_taps_away_can_be_changed_and_undone(app: Phone) -> None:
    page = app.page
    days = page.locator(".week a")
    expect(days).to_have_count(7)
    days.nth(2).tap()
    tap(page, "radio", "3", exact=True)
    for _ in range(2):
        tap(page, "button", "Next")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    none_of_these(page)
    page.get_by_role("link", name="Change").tap()
    expect(page.get_by_role("radio", name="3", exact=True)).to_be_checked()
    tap(page, "radio", "6", exact=True)
    for _ in range(2):
        tap(page, "button", "Next")
    tap(page, "button", "Send")
    expect(state(page)).to_have_text("Sent")
    (entry,) = at_server(app)["items"]
    history = at_server(app, f"/v1/me/entries/{entry['id']}/versions")["items"]
    assert (entry["pain_worst"], [each["answers"]["pain_worst"] for each in history]) == (6, [3])
    tap(page, "button", "Undo")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    app.wait_until(
        f"({AT_SERVER})('/v1/me/entries?limit=500').then(({{ items }}) => items[0].pain_worst === 3)"
    )


def faults_of_the_steps(phone: Phone, picture: Any) -> list[str]:
    """Activate, check in, and return what is wrong on each screen."""
    page = phone.open(f"/activate#{phone.server.code_for(phone.patient)}").page
    page.locator("button[type=submit]").tap()
    page.locator(".week").wait_for()
    faults: list[str] = []
    for name, address in STEPS.items():
        if name == "pain":
            page.locator(".button-tall").tap()
        elif name == "saved":
            page.locator(".bar .button-main").tap()
        elif name != "today":
            page.locator("input").nth(1).tap()
            page.locator(".bar .button-main").tap()
        phone.wait_until(f"location.hash.includes('{address}')")
        page.locator("h1").wait_for()
        faults += [f"{name}: {each}" for each in geometry_faults(page)]
        picture(page, f"{name}-{phone.patient.language}")
    return faults


def test_the_check_in_fits_a_small_phone_with_text_of_twice_the_size(new_phone, screenshots) -> None:
    phone = new_phone(viewport={"width": 320, "height": 700}, locale="fr-FR")
    fonts = {"fontSizes": {"standard": 32, "fixed": 26}}
    phone.context.new_cdp_session(phone.page).send("Page.setFontSizes", fonts)
    assert faults_of_the_steps(phone, screenshots) == []
    assert at_server(phone)["items"][0]["scale"] == "nrs11-buttons-1-narrow"
