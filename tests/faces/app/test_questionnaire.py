"""Questionnaires: one question at a time, gone on with on a second phone, sent when there is a network."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.cli.demo_wording import DEMO_INSTRUMENT, MARK, demo_wording
from api.domain.enrolment import Language
from api.models.assessment import AssessmentRow, AssessmentVersion
from api.models.audit import AuditRow
from api.models.site import Site
from api.services.instruments.wordings import load_wording
from api.words.catalogue import translated
from tests.faces.app.test_check_in import CHECKED, at_server, state, tap
from tests.faces.conftest import Phone
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.serving import FaceServer, face_server

CODE = DEMO_INSTRUMENT.code
COUNT = len([item for item in DEMO_INSTRUMENT.items if item.is_on_form])
ASSESSMENTS = "/v1/me/assessments"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceServer]:
    """A clinic that has loaded the demo's text of one questionnaire."""
    with face_server(tmp_path_factory.mktemp("questionnaires")) as served:
        load_demo_wording(served)
        yield served


def load_demo_wording(served: FaceServer) -> None:
    """Load the demo's text of its questionnaire in every language."""
    with served.database.begin() as session:
        site = session.get_one(Site, served.clinic.team.site_id)
        for language in Language:
            load_wording(session, site, DEMO_INSTRUMENT, demo_wording(language), now=datetime.now(UTC))


def row(page: Page) -> Any:
    """Return the row of the questionnaire on *Today*."""
    return page.get_by_role("region", name="Due now").get_by_role("link", name=DEMO_INSTRUMENT.title)


def begin(phone: Phone) -> Page:
    row(phone.page).tap()
    expect(phone.page.get_by_text(f"1 of {COUNT}", exact=True)).to_be_visible()
    return phone.page


def choose(page: Page, value: int) -> None:
    """Choose a number, and go on."""
    page.locator(f"input[value='{value}']").check(force=True)
    heading = page.locator("h1").inner_text()
    page.locator(".bar .button-main").tap()
    expect(page.locator("h1")).not_to_have_text(heading)


def go_to(phone: Phone, place: int) -> None:
    address = phone.page.url.split("&item=")[0]
    phone.page.goto(f"{address}&item={place}")
    expect(phone.page.get_by_text(f"{place} of {COUNT}", exact=True)).to_be_visible()


def assessments(phone: Phone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at_server(phone, ASSESSMENTS)["items"]
    return found


def wait_for(phone: Phone, **values: Any) -> dict[str, Any]:
    """Wait until the server has one questionnaire with these values."""
    for _ in range(100):
        found = assessments(phone)
        if len(found) == 1 and all(found[0][name] == value for name, value in values.items()):
            return found[0]
        phone.page.wait_for_timeout(50)
    raise AssertionError(found)


def test_a_questionnaire_is_answered_one_question_after_the_other_and_sent(app: Phone) -> None:
    expect(row(app.page)).to_contain_text("about 3 minutes")
    page = begin(app)
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{MARK}: in the last 7 days")
    expect(page.get_by_role("main")).to_contain_text("has not been validated")
    for place in range(1, COUNT + 1):
        expect(page.get_by_text(f"{place} of {COUNT}", exact=True)).to_be_visible()
        assert page.evaluate(CHECKED) == 0, "nothing is chosen beforehand"
        expect(page.locator("h1")).to_be_focused()
        expect(page.locator("fieldset")).to_have_count(1)
        choose(page, place % 11)
    expect(state(page)).to_have_text("Sent")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    expect(page.get_by_role("main")).to_contain_text(f"{COUNT} questions are answered")
    expect(page.get_by_role("heading", name=DEMO_INSTRUMENT.title)).to_be_visible()
    found = wait_for(app, status="complete")
    assert [found["answers"][item.id] for item in DEMO_INSTRUMENT.items] == [
        place % 11 for place in range(1, COUNT + 1)
    ]
    assert found["started_at"] < found["recorded_at"]
    tap(page, "link", "Back to today")
    expect(page.get_by_role("heading", name="Last 7 days")).to_be_visible()
    expect(row(page)).to_have_count(0)


def the_team_reads(phone: Phone) -> None:
    """Let the team have looked an hour ago at the questionnaires, which came two hours ago."""
    now, version = datetime.now(UTC), AssessmentVersion
    with phone.server.database.begin() as session:
        for row in session.scalars(select(AssessmentRow).where(AssessmentRow.patient_id == phone.patient.id)):
            row.received_at, row.change_seq = now - timedelta(hours=2), row.change_seq + 1
        for former in session.scalars(select(version).where(version.patient_id == phone.patient.id)):
            former.superseded_at = now - timedelta(hours=2)
        nurse = phone.server.clinic.nurse.principal
        about = {"site_id": nurse.site_id, "patient_id": phone.patient.id}
        by = {"actor_kind": "staff", "actor_id": nurse.id}
        session.add(AuditRow(at=now - timedelta(hours=1), action="assessments.read", **about, **by))


def sent_card(page: Page) -> Any:
    """Open *Sent* by the navigation, and return the card of the day."""
    tap(page, "link", "Sent", exact=True)
    page.get_by_role("heading", name="What I sent", level=1).wait_for()
    return page.get_by_role("main").locator("li.card").first


def test_what_became_of_a_questionnaire_stands_under_sent_and_leads_to_its_answers(
    app: Phone, screenshots: Callable[[Page, str], None]
) -> None:
    page = begin(app)
    app.wait_for_worker()
    app.context.set_offline(True)
    choose(page, 3)
    tap(page, "button", "Save and go on later")
    card = sent_card(page)
    expect(card.get_by_role("heading", name=DEMO_INSTRUMENT.title)).to_be_visible()
    expect(card).to_contain_text("Begun, not finished")
    expect(card).to_contain_text("Saved on this phone")
    app.context.set_offline(False)
    wait_for(app, status="partial")
    tap(card, "link", "Go on with it")
    go_to(app, COUNT)
    choose(page, 8)
    wait_for(app, status="complete")
    tap(page, "link", "Back to today")
    card = sent_card(page)
    expect(card).to_contain_text(re.compile(r"Sent at \d+:\d\d"))
    expect(card).not_to_contain_text("Read by your team")
    the_team_reads(app)
    page.reload()
    expect(card).to_contain_text("Read by your team on")
    assert [geometry_faults(page), axe_faults(page)] == [[], []]
    screenshots(page, "sent-questionnaire")
    tap(card, "link", "See the answers")
    expect(page.get_by_role("definition")).to_have_text(["3", "8"])
    expect(page.get_by_role("term").first).to_contain_text(MARK)
    assert [geometry_faults(page), axe_faults(page)] == [[], []]
    screenshots(page, "answers-questionnaire")
    tap(page, "link", "What I sent")
    expect(card.get_by_role("link", name="See the answers")).to_be_visible()


def test_blank_stays_blank_is_named_before_it_is_sent_and_nothing_at_all_is_not_sent(app: Phone) -> None:
    page = begin(app)
    go_to(app, COUNT)
    tap(page, "button", "Send")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Nothing to send yet")
    page.locator("input[value='3']").check(force=True)
    tap(page, "button", "Clear answer")
    assert page.evaluate(CHECKED) == 0
    page.locator("input[value='3']").press("4")
    expect(page.get_by_text(f"{COUNT - 1} questions are not answered.")).to_be_visible()
    expect(page.get_by_role("group").get_by_role("link")).to_have_count(5)
    assert geometry_faults(page) + axe_faults(page) == []
    tap(page, "link", "Question 2", exact=True)
    expect(page.get_by_text(f"2 of {COUNT}", exact=True)).to_be_visible()
    page.go_back()
    tap(page, "button", "Send")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    last = DEMO_INSTRUMENT.items[-1].id
    assert wait_for(app, status="complete")["answers"] == {last: 4}


def test_what_was_begun_survives_a_reload_and_is_gone_on_with_on_a_second_phone(
    app: Phone, new_phone: Callable[..., Phone]
) -> None:
    page = begin(app)
    choose(page, 7)
    choose(page, 2)
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    tap(page, "button", "Save and go on later")
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    expect(state(page)).to_have_text("Saved on this phone")
    expect(row(page)).to_contain_text(f"Begun: 2 of {COUNT} answered")
    wait_for(app, status="partial")
    other = new_phone(app.patient).activate()
    expect(row(other.page)).to_contain_text(f"Begun: 2 of {COUNT} answered")
    row(other.page).tap()
    expect(other.page.get_by_text(f"3 of {COUNT}", exact=True)).to_be_visible()
    choose(other.page, 5)
    go_to(other, COUNT)
    choose(other.page, 1)
    found = wait_for(other, status="complete")
    assert sorted(found["answers"].values()) == [1, 2, 5, 7]


@pytest.mark.parametrize(("button", "kept"), [("Those on this phone", 9), ("Those of the other phone", 4)])
def test_what_two_phones_changed_is_shown_from_both_and_the_patient_chooses(
    app: Phone, new_phone: Callable[..., Phone], button: str, kept: int
) -> None:
    other = new_phone(app.patient).activate()
    for phone, value in ((app, 4), (other, 9)):
        page = begin(phone)
        choose(page, value)
        go_to(phone, COUNT)
        choose(page, 1)
    page = other.page
    expect(state(page)).to_have_text("Not accepted")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not accepted")
    expect(page.get_by_role("definition")).to_have_text(["9", "4"])
    assert geometry_faults(page) + axe_faults(page) == []
    page.goto(f"{other.server.address}/app/#/today")
    tap(page, "link", "Look at it")
    tap(page, "button", button)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent")
    found = wait_for(other, status="complete")
    assert found["answers"][DEMO_INSTRUMENT.items[0].id] == kept


def test_a_sent_questionnaire_can_be_changed_and_keeps_its_day(app: Phone) -> None:
    page = begin(app)
    go_to(app, COUNT)
    choose(page, 6)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent at")
    before = wait_for(app, status="complete", version=1)
    tap(page, "link", "Change")
    expect(page.get_by_role("button", name="Save and go on later")).to_have_count(0)
    choose(page, 8)
    go_to(app, COUNT)
    assert page.evaluate("document.querySelector('input:checked').value") == "6"
    choose(page, 5)
    after = wait_for(app, status="complete", version=2)
    assert after["local_date"] == before["local_date"]
    assert sorted(after["answers"].values()) == [5, 8]


def test_without_a_network_what_was_loaded_works_and_is_sent_later(app: Phone) -> None:
    page = app.page
    app.wait_for_worker()
    expect(row(page)).to_contain_text("minutes")
    app.context.set_offline(True)
    page.reload()
    begin(app)
    choose(page, 3)
    tap(page, "button", "Save and go on later")
    expect(row(page)).to_contain_text("Begun")
    row(page).tap()
    expect(page.get_by_text(f"2 of {COUNT}", exact=True)).to_be_visible()
    go_to(app, COUNT)
    choose(page, 2)
    expect(state(page)).to_have_text("Saved on this phone")
    expect(page.get_by_role("main")).to_contain_text("There is no internet just now")
    tap(page, "link", "Back to today")
    expect(page.get_by_text("1 answer is kept here")).to_be_visible()
    expect(row(page)).to_have_count(0)
    app.context.set_offline(False)
    assert sorted(wait_for(app, status="complete")["answers"].values()) == [2, 3]


def test_questions_that_were_never_read_are_awaited_and_those_the_clinic_lacks_are_said_to_be_so(
    app: Phone,
) -> None:
    page = app.page
    page.route("**/v1/instruments/**", lambda route: route.abort())
    app.show("questionnaire?instrument=haq-di", "Health Assessment Questionnaire (HAQ)")
    expect(page.get_by_role("main")).to_contain_text("not on this phone yet")
    assert geometry_faults(page) + axe_faults(page) == []
    page.unroute("**/v1/instruments/**")
    tap(page, "button", "Try again")
    expect(page.get_by_role("main")).to_contain_text("Your clinic has not loaded the text")
    assert geometry_faults(page) + axe_faults(page) == []


def test_a_questionnaire_that_the_server_refuses_is_kept_and_says_why(app: Phone) -> None:
    problem = {"title": "Not taken", "detail": "It is no longer in use.", "type": "/problems/retired"}
    app.page.route(
        f"**{ASSESSMENTS}",
        lambda route: route.fulfill(status=409, json=problem, content_type="application/problem+json"),
    )
    page = begin(app)
    go_to(app, COUNT)
    choose(page, 6)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not accepted")
    expect(page.get_by_role("main")).to_contain_text("It is no longer in use.")
    assert geometry_faults(page) + axe_faults(page) == []
    page.goto(f"{app.server.address}/app/#/sent")
    expect(page.get_by_role("heading", name=f"{DEMO_INSTRUMENT.title}: not accepted")).to_be_visible()
    assert geometry_faults(page) + axe_faults(page) == []
    tap(page, "link", "See the answers")
    tap(page, "button", "Remove from this phone")
    page.goto(f"{app.server.address}/app/#/today")
    expect(row(page)).to_be_visible()


@pytest.mark.parametrize("locale", ["de-DE"])
def test_a_question_fits_a_small_phone_in_every_language(
    new_phone: Callable[..., Phone], screenshots: Callable[[Page, str], None], locale: str
) -> None:
    phone = new_phone(viewport={"width": 320, "height": 700}, locale=locale)
    phone.open(f"/activate#{phone.server.code_for(phone.patient)}")
    phone.page.locator("button[type=submit]").click()
    phone.page.locator(f"a[href*='instrument={CODE}']").wait_for()
    name = translated(DEMO_INSTRUMENT.title, Language(locale[:2]))
    expect(phone.page.locator(f"a[href*='instrument={CODE}']")).to_contain_text(name)
    screenshots(phone.page, f"today-due-{locale[:2]}-320")
    phone.page.locator(f"a[href*='instrument={CODE}']").tap()
    phone.page.locator(".scale").wait_for()
    phone.page.locator("input[value='4']").check(force=True)
    expect(phone.page).to_have_title(f"{name} - AIMSS Monitor")
    expect(phone.page.get_by_role("main")).to_contain_text(name)
    assert [geometry_faults(phone.page), axe_faults(phone.page)] == [[], []]
    screenshots(phone.page, f"questionnaire-{locale[:2]}-320")
    language = locale[:2]
    mark = demo_wording(Language(language)).items["function_1"]
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(mark)
