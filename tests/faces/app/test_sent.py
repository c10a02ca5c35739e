"""The screen of what was sent: answers by day, what became of them, corrections and withdrawals."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from api.models.audit import AuditRow
from api.models.entry import EntryRow
from api.web.app_pages import static_tree
from tests.faces.app.diaries import a_diary, an_answer, send
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.speed import FILL

COUNT_READS = """
window.recordsRead = 0;
for (const kind of [IDBObjectStore, IDBIndex]) {
  const real = kind.prototype.getAll;
  kind.prototype.getAll = function (...given) {
    const request = real.apply(this, given);
    request.addEventListener("success", () => { window.recordsRead += request.result.length; });
    return request;
  };
}"""
PROBLEM = {"title": "Not valid", "detail": "This value does not fit.", "status": 422, "type": "x"}


def today() -> date:
    return datetime.now(UTC).date()


def sent_of(phone: Phone) -> Page:
    """Open *What I sent* by the navigation, and wait until it is read."""
    phone.page.get_by_role("link", name="Sent", exact=True).click()
    phone.page.get_by_role("heading", name="What I sent", level=1).wait_for()
    phone.page.locator(".loading").wait_for(state="detached")
    return phone.page


def days(page: Page) -> Locator:
    return page.get_by_role("main").locator("li.card")


def entry_saved(phone: Phone, *, pain: int) -> None:
    """Check in for today with one answer."""
    phone.show("checkin", "How bad was your worst joint pain today?")
    phone.page.get_by_role("radio", name=f"{pain}", exact=True).check(force=True)
    for name in ("Next", "Next", "Send"):
        phone.page.get_by_role("button", name=name).click()
    phone.page.get_by_role("heading", name="Any of these").wait_for()
    phone.show("today", "Today")


def refuse(phone: Phone) -> None:
    """Let the server refuse every new entry."""

    def refused(route: Any) -> None:
        ids = [each["id"] for each in route.request.post_data_json["entries"]]
        results = [{"id": each, "status": "rejected", "problem": PROBLEM} for each in ids]
        route.fulfill(json={"results": results})

    phone.context.route("**/v1/me/entries", refused)


def the_team(phone: Phone, *actions: str) -> None:
    """Let a member of the team look at the diary, an hour after what was sent, which came two hours ago."""
    with phone.server.database.begin() as session:
        for row in session.query(EntryRow).filter(EntryRow.patient_id == phone.patient.id):
            row.received_at = datetime.now(UTC) - timedelta(hours=2)
        by = phone.server.clinic.nurse
        for action in actions:
            session.add(
                AuditRow(
                    at=datetime.now(UTC) - timedelta(hours=1),
                    site_id=phone.patient.site_id,
                    patient_id=phone.patient.id,
                    actor_kind="staff",
                    actor_id=by.id,
                    action=action,
                )
            )


@pytest.fixture
def diary(app: Phone) -> Phone:
    """The phone of a patient who has answered on some days of three months."""
    send(app, a_diary(today()))
    app.page.reload()
    app.page.locator(".week .answered").first.wait_for()
    return app


def test_what_was_sent_stands_by_day_in_words_with_its_time_and_reads_well(
    diary: Phone, screenshots: Callable[[Page, str], None]
) -> None:
    page = sent_of(diary)
    expect(days(page).first).to_contain_text("Today, ")
    expect(days(page).first).to_contain_text("Worst pain")
    expect(days(page).first).to_contain_text(re.compile(r"Sent at \d+:\d\d"))
    expect(days(page).nth(1)).to_contain_text(re.compile(r"Sent on \w+day"))
    expect(page.get_by_role("main")).not_to_contain_text("read", ignore_case=True)
    assert page.get_by_role("link", name="Sent", exact=True).get_attribute("aria-current") == "page"
    assert [geometry_faults(page), axe_faults(page)] == [[], []]
    screenshots(page, "sent")


def test_30_a_patient_sees_that_it_was_read_and_only_what_came_before(app: Phone) -> None:
    app.context.route("**/v1/me/entries?*", lambda route: route.abort())  # copied after the team's look
    send(app, [an_answer(today() - timedelta(days=1), pain_worst=4)])
    the_team(app, "entries.read")
    send(app, [an_answer(today(), pain_worst=5)])
    app.context.unroute("**/v1/me/entries?*")
    app.page.reload()
    page = sent_of(app)
    expect(days(page).nth(1)).to_contain_text(re.compile(r"Read by your team on \w+day"))
    expect(days(page).nth(0)).to_contain_text("Sent at")
    expect(days(page).nth(0)).not_to_contain_text("Read by your team")
    app.wait_for_worker()
    app.context.set_offline(True)
    page.reload()
    expect(days(page).nth(1)).to_contain_text("Read by your team")


def test_what_the_team_did_stands_on_the_day_it_was_noted(app: Phone) -> None:
    acts = [{"at": datetime.now(UTC).isoformat(), "role": "nurse", "name": None}]
    kinds = ("alert.notified", "alert.acknowledged", "contacted", "visit_booked", "a.new.one")
    body: dict[str, Any] = {"items": [acts[0] | {"kind": kind} for kind in kinds], "next": "x", "more": False}
    app.context.route("**/v1/me/events?*", lambda route: route.fulfill(json=body), times=1)
    card = days(sent_of(app))
    expect(card).to_contain_text("Today, ")
    for words in ("went out to your team", "is taking care of", "has called you.", "A visit was booked"):
        expect(card).to_contain_text(words)
    assert card.locator(".state").count() == 4


def test_what_waits_is_not_called_sent(app: Phone) -> None:
    app.wait_for_worker()
    sent_of(app)
    app.context.set_offline(True)
    entry_saved(app, pain=4)
    page = sent_of(app)
    expect(days(page)).to_contain_text("Saved on this phone")
    expect(days(page)).not_to_contain_text("Sent")
    app.context.set_offline(False)
    expect(days(page)).to_contain_text("Sent at")


def test_a_correction_opens_the_answers_of_that_very_entry_and_keeps_the_first(app: Phone) -> None:
    day = today() - timedelta(days=1)
    early, late = an_answer(day, pain_worst=2), an_answer(day, pain_worst=8)
    early["recorded_at"] = early["recorded_at"].replace("T07", "T05")
    send(app, [early, late])
    app.page.reload()
    page = sent_of(app)
    expect(days(page).get_by_role("heading", level=3)).to_have_count(2)
    page.get_by_role("link", name="Correct").last.click()
    expect(page.get_by_role("radio", name="2", exact=True)).to_be_checked()
    page.get_by_role("radio", name="3", exact=True).check(force=True)
    for name in ("Next", "Next", "Send"):
        page.get_by_role("button", name=name).click()
    page.wait_for_url(re.compile("#/(flags|saved)"))
    app.show("sent", "What I sent")
    expect(days(page)).to_contain_text("Corrected on")
    page.get_by_role("button", name="What you said first").click()
    expect(page.locator(".follow")).to_contain_text(re.compile(r"Until .*Worst pain\s*2", re.S))
    assert [geometry_faults(page), axe_faults(page)] == [[], []]
    page.get_by_role("button", name="Hide what you said first").click()
    expect(page.locator(".follow")).to_have_count(0)


def test_a_withdrawal_asks_and_can_be_undone_in_its_place(
    app: Phone, screenshots: Callable[[Page, str], None]
) -> None:
    send(app, [an_answer(today() - timedelta(days=back), pain_worst=4) for back in range(3)])
    app.page.reload()
    page = sent_of(app)
    withdraw = days(page).nth(1).get_by_role("button", name="Withdraw")
    withdraw.click()
    dialog = page.get_by_role("dialog", name="Withdraw these answers?")
    expect(dialog.get_by_role("button", name="Leave it")).to_be_focused()
    assert axe_faults(page) == []
    screenshots(page, "sent-sure")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(withdraw).to_be_focused()
    withdraw.click()
    dialog.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("status").first).to_have_text("Withdrawn")
    expect(days(page).nth(1)).to_contain_text("It does not count any more.")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.click()
    expect(page.get_by_role("status").first).to_have_text("It counts again")
    expect(withdraw).to_be_focused()
    expect(days(page).nth(1)).to_contain_text("Corrected on")


def test_what_is_withdrawn_before_it_was_sent_can_be_undone_as_well(app: Phone) -> None:
    app.wait_for_worker()
    sent_of(app)
    app.context.set_offline(True)
    entry_saved(app, pain=4)
    page = sent_of(app)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("dialog")).not_to_contain_text("Your team can see")
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Undo").click()
    expect(days(page)).to_contain_text("Saved on this phone")
    app.context.set_offline(False)
    expect(days(page)).to_contain_text("Sent at")


def test_what_was_not_accepted_stands_on_top_with_the_reason_and_is_mended(
    app: Phone, screenshots: Callable[[Page, str], None]
) -> None:
    refuse(app)
    entry_saved(app, pain=3)
    app.page.get_by_role("link", name="Look at it").click()
    page, refused = app.page, app.page.locator(".banner-refused")
    expect(refused).to_contain_text("not accepted")
    expect(refused).to_contain_text("This value does not fit.")
    expect(page.get_by_role("main")).not_to_contain_text("goes out by itself")
    expect(days(page)).to_have_count(0)
    assert [geometry_faults(page), axe_faults(page)] == [[], []]
    screenshots(page, "sent-refused")
    app.context.unroute("**/v1/me/entries")
    page.get_by_role("link", name="Mend it").click()
    page.get_by_role("radio", name="5", exact=True).check(force=True)
    for name in ("Next", "Next", "Send"):
        page.get_by_role("button", name=name).click()
    page.get_by_role("heading", name="Any of these").wait_for()
    app.show("sent", "What I sent")
    expect(refused).to_have_count(0)
    expect(days(page)).to_contain_text("Sent at")


def test_what_was_not_accepted_is_discarded_only_after_a_yes(app: Phone) -> None:
    refuse(app)
    entry_saved(app, pain=3)
    page = sent_of(app)
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
    expect(page.locator(".banner-refused")).to_have_count(1)
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.locator(".banner-refused")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Nothing has been sent yet.")


def test_of_two_phones_that_changed_a_day_both_are_shown_and_one_is_chosen(
    app: Phone, new_phone: Callable[..., Phone]
) -> None:
    send(app, [an_answer(today(), pain_worst=1)])
    other = new_phone(app.patient).activate()
    other.wait_for_worker()
    for phone in (app, other):
        phone.page.reload()
        expect(phone.page.get_by_text("Done for today")).to_be_visible()
    other.context.set_offline(True)
    for phone, pain in ((app, 8), (other, 2)):
        sent_of(phone)
        phone.page.get_by_role("link", name="Correct").click()
        phone.page.get_by_role("radio", name=f"{pain}", exact=True).check(force=True)
        for name in ("Next", "Next", "Send"):
            phone.page.get_by_role("button", name=name).click()
        phone.page.get_by_role("heading", name="Any of these").wait_for()
    app.show("sent", "What I sent")
    expect(days(app.page)).to_contain_text("Corrected on")
    other.context.set_offline(False)
    other.show("sent", "What I sent")
    stuck = other.page.locator(".banner-refused")
    both = r"On this phone.*Worst pain\s*2.*At your team’s.*Worst pain\s*8"
    expect(stuck).to_contain_text(re.compile(both, re.S))
    assert [geometry_faults(other.page), axe_faults(other.page)] == [[], []]
    stuck.get_by_role("button", name="Those of the other phone").click()
    expect(stuck).to_have_count(0)
    expect(days(other.page)).to_contain_text(re.compile(r"Worst pain\s*8"))


def test_ten_thousand_entries_are_read_and_drawn_a_part_at_a_time(app: Phone) -> None:
    app.context.add_init_script(COUNT_READS)
    with app.server.app.app_context():
        address = static_tree().url("app/store.js")
    app.page.evaluate(FILL, [address, 10_000])
    app.page.reload()
    page = sent_of(app)
    expect(days(page)).to_have_count(14, timeout=20_000)
    page.evaluate("window.recordsRead = 0")
    page.get_by_role("button", name="Show earlier days").click()
    expect(days(page)).to_have_count(42, timeout=20_000)
    expect(days(page).nth(14).get_by_role("heading", level=2)).to_be_focused()
    assert page.evaluate("window.recordsRead") < 1_000
