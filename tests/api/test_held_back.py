"""Alerts held back by the alert budget, on the worklist of a nurse."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.services.alerts import reconcile
from api.services.alerts.reconcile import AlertContext
from tests.support.builders import Clinic, a_patient

PLACES = 5


@pytest.fixture
def busy(database: Database, clinic: Clinic) -> Clinic:
    """A clinic with eight patients getting worse in one week; P7 surely, P5 and P6 perhaps."""
    now = datetime.now(UTC)
    with database.begin() as session:
        patients = [a_patient(session, clinic.team, now=now, reference=f"P{n}") for n in range(8)]
    for patient, p in zip(patients, (0.1, 0.1, 0.1, 0.1, 0.1, 0.6, 0.5, 0.9), strict=True):
        open_alert(database, patient.id, clinic, FindingKind.WORSENING, p_worsening=p)
    return clinic


def open_alert(
    database: Database,
    patient_id: Any,
    clinic: Clinic,
    kind: FindingKind,
    tier: Tier = Tier.ROUTINE,
    **n: Any,
) -> None:
    """Let the engine find something about a patient."""
    now, day = datetime.now(UTC), date(2026, 3, 2)
    finding = Finding(kind, tier, str(day), day, now, "a reason", n, "a source")
    with database.begin() as session:
        subject = AlertContext(patient_id, clinic.site.id, "an engine")
        reconcile.reconcile(session, subject, [finding], since=None, now=now)


def worklist(client: FlaskClient, clinic: Clinic, query: str = "") -> dict[str, Any]:
    """Read the worklist."""
    return dict(client.get(f"/v1/alerts{query}", headers=clinic.nurse.headers).json)


def references(page: dict[str, Any]) -> list[str]:
    return [alert["patient"]["reference"] for alert in page["items"]]


def test_what_is_held_back_comes_last_with_the_reason(client: FlaskClient, busy: Clinic) -> None:
    items = worklist(client, busy)["items"]
    notified, held = items[:PLACES], items[PLACES:]
    assert [alert["held_back"] for alert in notified] == [None] * PLACES
    by_reference = {alert["patient"]["reference"]: alert for alert in held}
    assert {name: alert["held_back"]["rank"] for name, alert in by_reference.items()} == {
        "P7": 6,
        "P5": 7,
        "P6": 8,
    }
    first = by_reference["P7"]
    assert first["held_back"]["reason"].startswith(
        "held back: alerts about 5 patients this week fill the budget of 10% of 9 patient-weeks, "
        "at least 5 a week; ranked 6th by expected harm (4.5 = probability 0.90 x 5 of 10)"
    )
    opened = datetime.fromisoformat(first["opened_at"])
    assert datetime.fromisoformat(first["held_back"]["until"]) == opened + timedelta(days=7)
    assert (first["notified"], first["notified_at"], first["status"]) == (0, None, "open")


def test_an_alert_held_back_comes_after_those_notified_even_if_worse(
    client: FlaskClient, busy: Clinic, database: Database
) -> None:
    with database.begin() as session:
        late = a_patient(session, busy.team, now=datetime.now(UTC), reference="late")
        calm = a_patient(session, busy.team, now=datetime.now(UTC), reference="calm")
    open_alert(database, late.id, busy, FindingKind.SEVERE_SYMPTOMS)
    open_alert(database, calm.id, busy, FindingKind.SILENCE, Tier.SELF_CARE)
    open_alert(database, busy.patient.id, busy, FindingKind.RED_FLAG, Tier.SAME_DAY)
    listed = references(worklist(client, busy))
    assert listed[0] not in {"late", "calm"}
    assert (listed.index("late"), listed[-1]) == (PLACES + 1, "calm")


def test_pages_are_complete_across_alerts_held_back(client: FlaskClient, busy: Clinic) -> None:
    whole = references(worklist(client, busy))
    paged, query = [], "?limit=3"
    for _ in range(3):
        page = worklist(client, busy, query)
        paged += references(page)
        query = f"?limit=3&cursor={page['next']}"
    assert (paged, page["next"]) == (whole, None)


def test_an_alert_that_is_held_back_can_be_answered_all_the_same(client: FlaskClient, busy: Clinic) -> None:
    held = worklist(client, busy)["items"][-1]
    url = f"/v1/alerts/{held['id']}"
    headers = {**busy.nurse.headers, "If-Match": f'"{held["version"]}"'}
    assert client.get(url, headers=headers).json["held_back"]["reason"] == held["held_back"]["reason"]
    seen = client.post(f"{url}/acknowledgement", headers=headers).json
    assert (seen["status"], seen["held_back"]) == ("acknowledged", None)
    assert "held back: this week's alert budget is full" in [step["action"] for step in seen["history"]]


def test_reasons_take_a_bounded_number_of_queries(
    client: FlaskClient, busy: Clinic, database: Database, count_queries: Callable[[], Any]
) -> None:
    with count_queries() as few:
        worklist(client, busy)
    with database.begin() as session:
        more = [a_patient(session, busy.team, now=datetime.now(UTC)) for _ in range(9)]
    for patient in more:
        open_alert(database, patient.id, busy, FindingKind.SILENCE)
    with count_queries() as many:
        assert len(worklist(client, busy)["items"]) == 17
    assert len(many) == len(few)
