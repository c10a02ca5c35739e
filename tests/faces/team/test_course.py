"""Days and gaps of a course, marks that need room, before and after, sentences, bodies of measurements."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from api.web.app_pages import static_tree
from tests.faces.serving import FaceServer

MODULES = (
    "shared/curve",
    "shared/standing",
    "team/course",
    "team/measurement_body",
    "team/screens/chart_desk",
    "team/screens/patient_words",
    "team/screens/risk_words",
)
LOAD = """async (all) => {
  window.m = Object.assign({}, ...(await Promise.all(all.map((each) => import(each)))));
}"""
TODAY = "2026-11-29"


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], server: FaceServer) -> Page:
    """An empty page with the modules as `m`."""
    page = new_context().new_page()
    page.route(
        "**/team/blank",
        lambda route: route.fulfill(body="<!doctype html><title>Empty</title>", content_type="text/html"),
    )
    page.goto(f"{server.address}/team/blank")
    with server.app.app_context():
        page.evaluate(LOAD, [static_tree().url(f"{name}.js") for name in MODULES])
    return page


def score(day: str, **changes: Any) -> dict[str, Any]:
    """Return a score of the API."""
    pain = ("level", "level_low", "level_high", "baseline", "change", "change_low", "change_high")
    others = ("stiffness_level", "interference_level", "p_worsening", "severity")
    return {"local_date": day} | dict.fromkeys([*(f"pain_{each}" for each in pain), *others]) | changes


def a_patient(**changes: Any) -> dict[str, Any]:
    """Return what the page has of a patient without any answer."""
    patient = {"timezone": "Europe/Berlin", "ai_started_on": None, "enrolled_at": "2026-01-01T00:00:00Z"}
    trajectory = {"status": "scored", "scores": [], "last_day": None}
    empty = {"entries": [], "alerts": [], "assessments": [], "treatments": [], "from": None}
    return {"patient": patient, "trajectory": trajectory, "at": 1795950000000, **empty} | changes  # at TODAY


def test_a_course_keeps_what_is_missing_missing(page: Page) -> None:
    course = page.evaluate("(found) => m.courseIn(found, 'weeks')", a_patient())
    assert [course["today"], len(course["days"]), course["newest"], course["first"]] == [
        TODAY,
        28,
        None,
        None,
    ]
    assert {each["pain"] for each in course["days"]} == {None}
    levels = [score("2026-11-05", pain_level=2.0), score("2026-11-08", pain_level=2.5)]
    entries = [
        {
            "local_date": "2026-11-08",
            "pain_worst": 3,
            "interference": 0,
            "withdrawn": False,
            "body_sites": [{"site": "hand", "side": "both"}],
        }
    ]
    found = a_patient(
        entries=entries, trajectory={"status": "scored", "scores": levels, "last_day": "2026-11-08"}
    )
    course = page.evaluate("(found) => m.courseIn(found, 'weeks')", found)
    assert course["gaps"] == [
        {"from": "2026-11-09", "until": TODAY}
    ]  # three days apart are joined, three weeks are not
    assert [(each["pain"], each["interference"]) for each in course["days"] if each["isAnswered"]] == [(3, 0)]
    assert course["placesNow"] == {
        "told": 1,
        "places": [{"place": {"site": "hand", "side": "both"}, "days": 1}],
    }
    assert course["standing"]["kind"] == "silent"
    assert "not known" in page.evaluate("(found) => m.sentence(m.courseIn(found, 'weeks')).join(' ')", found)


@pytest.mark.parametrize(
    "status", ["empty", "no_baseline", "too_few_answers", "no_pain_answer", "not_scored", "a-new-one"]
)
def test_nothing_calm_is_said_where_there_is_no_score(page: Page, status: str) -> None:
    said = page.evaluate(
        "(status) => { const { lead, more } = m.unscored(status); return lead + more; }", status
    )
    assert status == "empty" or "Not scored" in said
    assert not any(calm in said.lower() for calm in ("as usual", "better", "all is well"))


def test_before_and_after_a_change_are_levels_of_the_engine_near_it_or_not_known(page: Page) -> None:
    ask = "([scores, day, today]) => m.beforeAndAfter(scores.map(m.scoreOf), day, today)"
    scores = [
        score("2026-06-01", pain_level=5.0),
        score("2026-06-12", pain_level=4.0),
        score("2026-07-10", pain_level=3.0),
    ]
    found = page.evaluate(ask, [scores, "2026-06-10", "2026-11-29"])
    assert [found["before"]["level"], found["after"]["level"], found["isTooEarly"]] == [5.0, 3.0, False]
    far = page.evaluate(ask, [scores, "2026-09-20", "2026-11-29"])
    assert [far["before"], far["after"]] == [None, None]
    assert page.evaluate(ask, [scores, "2026-07-15", "2026-07-20"])["isTooEarly"] is True


def test_marks_stay_apart_and_inside(page: Page) -> None:
    assert page.evaluate("m.spread([10, 12, 100], 16, 0, 200)") == [10, 26, 100]
    assert page.evaluate("m.spread([190, 195, 199], 16, 0, 200)") == [168, 184, 200]
    crowded = page.evaluate("m.spread(Array.from({ length: 50 }, () => 5), 16, 0, 200)")
    assert crowded == sorted(crowded)
    assert min(crowded) >= 0
    assert max(crowded) <= 200


def test_a_measurement_is_sent_as_numbers_and_what_is_blank_is_not_sent(page: Page) -> None:
    body = page.evaluate(
        "m.measurementOf({ kind: 'grip_strength', hand: 'left', tries: '18,5 19;x', note: ' ' })"
    )
    assert body == {"kind": "grip_strength", "hand": "left", "tries": [18.5, 19, "x"]}
    assert page.evaluate("m.measurementOf({ t_score: '-2,1', value: '' })") == {"t_score": -2.1}


def test_a_contribution_that_is_new_is_shown_as_the_server_words_it(page: Page) -> None:
    new = {"feature": "moon", "value": 1, "description": "full moon: raises it"}
    assert page.evaluate("(each) => m.covariateOf(each)", new) == "full moon"
