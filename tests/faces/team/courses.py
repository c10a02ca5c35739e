"""A patient with half a year behind: answers with gaps and a rise, a switch of tablets, questionnaires."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from api.models.patient import Patient
from api.models.staff import Staff
from tests.faces.serving import FaceServer
from tests.faces.team.conftest import Desk
from tests.support.builders import Signed, a_measurement, a_questionnaire, signed_in

QUIET = (1, 2, 1, 2, None, 3, 2, 2, 2, 1, 3, 2, 0, 2)
"""Worst pain of a fortnight; None is a day without an answer."""
GAP = range(92, 110)
"""Days back without any answer."""
SWITCHED, STARTED = 48, 168
"""Days back on which the tablets changed, and were begun."""
ITEMS = ("activity", "mood", "walking", "work", "relations", "sleep", "enjoyment")


@dataclass
class Course:
    """A patient with a course, and both who may send."""

    patient: Patient
    as_patient: Signed
    as_nurse: Signed
    server: FaceServer

    def post(self, path: str, body: dict[str, Any], *, by: Signed | None = None) -> Any:
        """Send something, by default as the patient."""
        sent = self.server.app.test_client().post(path, json=body, headers=(by or self.as_patient).headers)
        assert sent.status_code in {200, 201}, sent.text
        return sent.get_json()

    def put(self, path: str, body: dict[str, Any], version: int, *, by: Signed | None = None) -> Any:
        """Correct something, by default as the patient."""
        headers = (by or self.as_patient).headers | {"If-Match": f'"{version}"'}
        sent = self.server.app.test_client().put(path, json=body, headers=headers)
        assert sent.status_code in {200, 201}, sent.text
        return sent.get_json()


def an_answer(day: date, **answers: Any) -> dict[str, Any]:
    """Return an entry about a day, as it is sent."""
    recorded_at = datetime(day.year, day.month, day.day, 5, 30, tzinfo=UTC).isoformat()
    return {"id": str(uuid4()), "recorded_at": recorded_at, "local_date": day.isoformat(), **answers}


def pain_at(back: int) -> int | None:
    """Return the worst pain so many days back: a rise after the gap, better after the switch, then worse."""
    quiet = QUIET[back % len(QUIET)]
    if quiet is None or back in GAP:
        return None
    rise = 0 if back > 110 else 3 if back > SWITCHED else 1 if back > 16 else 3
    return quiet + rise


def half_a_year(until: date, days: int = 182) -> list[dict[str, Any]]:
    """Return daily entries up to a day."""
    found = []
    for back in range(days - 1, -1, -1):
        pain = pain_at(back)
        if pain is None:
            continue
        answers: dict[str, Any] = {
            "pain_worst": pain,
            "stiffness": max(pain - 1, 0),
            "interference": pain // 2,
        }
        if back <= STARTED and back % 9:
            answers["dose"] = "skipped" if back in {2, 4, 6} else "missed" if back in {40, 77} else "taken"
        if back % 14 == 0:
            answers["confidence"] = 8 if back > 30 else 5
        if back % 11 == 0:
            answers["body_sites"] = [{"site": "hand", "side": "both"}, {"site": "knee", "side": "left"}]
        found.append(an_answer(until - timedelta(days=back), **answers))
    return found


def a_course(desk: Desk, name: str = "Vera Beispiel", *, days: int = 182, **changes: Any) -> Course:
    """Enrol a patient of the desk's team, with half a year behind."""
    today, now = datetime.now(UTC).date(), datetime.now(UTC)
    values = {
        "birth_year": 1964,
        "phone": "+49 30 555 010131",
        "ai": "exemestane",
        "prior_tamoxifen": True,
        "prior_taxane": False,
        "joint_disease": False,
        "ai_started_on": today - timedelta(days=STARTED),
        "enrolled_at": now - timedelta(days=days + 1),
    }
    patient = desk.enrol(name, **values | changes)
    with desk.server.database.begin() as session:
        nurse = signed_in(session, session.get_one(Staff, desk.staff.id), now=now)
        course = Course(
            patient, signed_in(session, session.get_one(Patient, patient.id), now=now), nurse, desk.server
        )
    entries = half_a_year(today - timedelta(days=1), days)
    for first in range(0, len(entries), 400):
        results = course.post("/v1/me/entries", {"entries": entries[first : first + 400]})["results"]
        assert {each["status"] for each in results} == {"created"}, results
    treatments = [
        {
            "ai": "letrozole",
            "from": str(today - timedelta(days=STARTED)),
            "until": str(today - timedelta(days=SWITCHED)),
            "why_stopped": "side_effects",
        },
        {"ai": "exemestane", "from": str(today - timedelta(days=SWITCHED))},
    ]
    shown = desk.server.app.test_client().get(f"/v1/patients/{patient.id}", headers=nurse.headers)
    course.put(
        f"/v1/patients/{patient.id}/treatments",
        {"treatments": treatments},
        shown.get_json()["version"],
        by=nurse,
    )
    for back, value in ((170, 1), (80, 4), (20, 3)):
        day = today - timedelta(days=back)
        at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC).isoformat()
        answers = dict.fromkeys(ITEMS, value)
        course.post("/v1/me/assessments", a_questionnaire(answers, recorded_at=at, local_date=str(day)))
    with desk.server.database.begin() as session:
        for back, kilograms in ((168, 24), (60, 18)):
            body = {
                "kind": "grip_strength",
                "hand": "right",
                "tries": [kilograms],
                "unit": "kg",
                "measured_on": str(today - timedelta(days=back)),
            }
            a_measurement(session, patient.id, body)
    changed = entries[-1]
    course.put(
        f"/v1/me/entries/{changed['id']}",
        {**changed, "pain_worst": 6, "note": "Stairs are hard in the mornings."},
        1,
    )
    return course
