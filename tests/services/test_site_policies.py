"""A site's own policy: in force from its moment on, at its site only, parsed once, never overwritten."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from api.db.database import Database
from api.domain.documents import MAX_UNKNOWN_NAMES
from api.domain.errors import InvalidMoment, InvalidPolicy, PolicyTaken
from api.domain.policies.parse import read_policy
from api.domain.policies.site_policy import BUILT_IN
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert, Evidence
from api.models.audit import AuditRow
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.models.site_document import PolicyRow
from api.services.alerts import budget
from api.services.policies import policies, site_documents
from api.services.policies.policies import PolicyStore
from api.services.scoring.trajectories import reporting_of
from notifications.jobs.escalation import release_held_back
from notifications.jobs.rescoring import catch_up
from notifications.jobs.silence import alert_silent_patients
from tests.services.test_alert_budget import find
from tests.support.builders import Clinic, a_clinic, a_patient
from tests.support.site_with_policy import (
    DAY,
    ENGINE,
    NOW,
    OURS,
    QUICK,
    THEIRS,
    a_week_of_sevens,
    engine_of,
    set_policy,
    severe,
    versions,
    write,
)

DEEP: list[Any] = reduce(lambda inner, _: [inner], range(2000), [])


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic in which it is NOW."""
    with database.begin() as session:
        return a_clinic(session, now=NOW - 100 * DAY)


def test_a_policy_applies_from_its_moment_on_and_the_next_entry_scores_the_history_by_it(
    database: Database, clinic: Clinic
) -> None:
    a_week_of_sevens(database, clinic.patient)
    set_policy(database, clinic, OURS, since=NOW + DAY)

    write(database, clinic.patient, NOW)
    assert versions(database, clinic.patient.id) == {ENGINE.version}
    assert severe(database, clinic.patient.id) == [("routine", "open")]

    write(database, clinic.patient, NOW + DAY)
    assert versions(database, clinic.patient.id) == {engine_of(OURS).version}
    assert severe(database, clinic.patient.id) == [("routine", "retracted")]


def test_another_tier_moves_the_open_alert(database: Database, clinic: Clinic) -> None:
    a_week_of_sevens(database, clinic.patient)
    set_policy(database, clinic, read_policy({"name": "x", "tiers": {"severe_symptoms": "same_day"}}))
    write(database, clinic.patient, NOW)
    assert severe(database, clinic.patient.id) == [("same_day", "open")]


def test_a_policy_applies_at_its_own_site_only(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=NOW - 100 * DAY, name="Elsewhere")
        third = a_clinic(session, now=NOW - 100 * DAY, name="Nothing set")
    set_policy(database, clinic, OURS)
    set_policy(database, other, THEIRS)
    for each in (clinic, other, third):
        write(database, each.patient, NOW)
    made = [versions(database, each.patient.id) for each in (clinic, other, third)]
    assert made == [{engine_of(OURS).version}, {engine_of(THEIRS).version}, {ENGINE.version}]


def test_a_policy_costs_an_entry_no_query_and_no_engine_once_it_was_read(
    database: Database, clinic: Clinic, count_queries: Callable
) -> None:
    write(database, clinic.patient, NOW - 5 * DAY, pain_worst=2)
    with count_queries() as without:
        write(database, clinic.patient, NOW - 4 * DAY, pain_worst=2)
    set_policy(database, clinic, OURS, now=NOW - 3 * DAY)
    write(database, clinic.patient, NOW - 2 * DAY, pain_worst=2)
    with count_queries() as with_policy:
        write(database, clinic.patient, NOW - DAY, pain_worst=2)
    assert len(with_policy) == len(without)
    with database.read() as session:
        first, second = (
            policies.engine_at(session, clinic.site.id, default=ENGINE, now=NOW) for _ in range(2)
        )
    assert first is second


def test_a_process_caches_at_most_a_thousand_documents(database: Database, clinic: Clinic) -> None:
    kept: dict[int, int] = {}
    for number in range(site_documents.MAX_CACHED + 1):
        site_documents.cache(kept, number, number)
    assert kept == {site_documents.MAX_CACHED: site_documents.MAX_CACHED}


def test_the_server_keeps_its_risk_model_under_a_sites_policy(database: Database, clinic: Clinic) -> None:
    calibrated = Engine(model=replace(ENGINE.model, base_rate=0.3))
    set_policy(database, clinic, OURS)
    with database.read() as session:
        found = policies.engine_at(session, clinic.site.id, default=calibrated, now=NOW)
    assert (found.model, found.policy, found.tiers) == (calibrated.model, OURS.thresholds, OURS.tiers)


def test_setting_the_same_again_changes_nothing(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        site, now = clinic.site.id, NOW
        _, built_in = PolicyStore(ENGINE).set(session, site, BUILT_IN, now=now)
        first, new = PolicyStore(ENGINE).set(session, site, OURS, now=now)
        again, repeated = PolicyStore(ENGINE).set(session, site, OURS, now=now + DAY)
        late, retried = PolicyStore(ENGINE).set(session, site, OURS, now=now + DAY, since=now)
        rows = session.scalar(select(func.count()).select_from(PolicyRow))
    assert (built_in, new, repeated, retried, rows) == (False, True, False, False, 1)
    assert again.row is late.row is first.row


def test_nothing_is_overwritten_and_every_policy_is_listed(database: Database, clinic: Clinic) -> None:
    set_policy(database, clinic, OURS, note="to begin with")
    set_policy(database, clinic, THEIRS, since=NOW + DAY, by=clinic.site_admin.principal)
    set_policy(database, clinic, BUILT_IN, since=NOW + 2 * DAY)
    with pytest.raises(PolicyTaken, match="choose a moment after it"):
        set_policy(database, clinic, OURS, since=NOW + DAY)
    with database.read() as session:
        found = PolicyStore(ENGINE).status(session, clinic.site.id, now=NOW + DAY)
        acts = session.scalars(
            select(AuditRow).where(AuditRow.action == "policy.set").order_by(AuditRow.id)
        ).all()
    assert [each.content for each in found.past] == [BUILT_IN, OURS]
    assert (found.current.content, [each.content for each in found.upcoming]) == (THEIRS, [BUILT_IN])
    assert [each.version for each in (*found.past, found.current, *found.upcoming)] == [
        ENGINE.version, engine_of(OURS).version, engine_of(THEIRS).version, ENGINE.version,
    ]  # fmt: skip
    assert [(act.actor_kind, act.actor_id) for act in acts] == [
        ("system", None), ("staff", clinic.site_admin.id), ("system", None),
    ]  # fmt: skip
    assert {act.site_id for act in acts} == {clinic.site.id}
    assert acts[0].detail == {"version": engine_of(OURS).version, "effective_from": NOW.isoformat()}


@pytest.mark.parametrize(
    ("since", "message"),
    [(NOW - timedelta(seconds=1), "lies in the past"), (NOW + 367 * DAY, "more than 366 days ahead")],
)
def test_a_policy_never_begins_in_the_past_nor_years_ahead(
    database: Database, clinic: Clinic, since: datetime, message: str
) -> None:
    with pytest.raises(InvalidMoment, match=message):
        set_policy(database, clinic, OURS, since=since)


def test_the_table_itself_refuses_a_second_policy_of_one_moment(database: Database, clinic: Clinic) -> None:
    def row() -> PolicyRow:
        return PolicyRow(
            site_id=clinic.site.id, effective_from=NOW, document={"name": "x"}, version="x", created_at=NOW
        )

    with pytest.raises(IntegrityError), database.begin() as session:
        session.add_all([row(), row()])


def test_concurrent_requests_for_the_same_policy_store_it_once(postgresql: Database) -> None:
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=NOW)
    steps = [threading.Thread(target=set_policy, args=(postgresql, clinic, OURS)) for _ in range(4)]
    for step in steps:
        step.start()
    for step in steps:
        step.join(30)
    with postgresql.read() as session:
        assert session.scalar(select(func.count()).select_from(PolicyRow)) == 1


@pytest.mark.parametrize(
    ("document", "place", "what"),
    [
        ([], "document", "is not a table"),
        ({"name": "x", "tiers": {"red_flag": "routine"}}, "document.tiers.red_flag", "may not be lowered"),
        ({"name": "x", "thresholds": {"gap_pdc": {"value": 2}}}, "document.thresholds.gap_pdc.value", "0..1"),
        ({"name": "x"} | {f"n{n}": 0 for n in range(1000)}, "document.n0", "is not known"),
        ({"name": "x", "n" * 101: 0}, f"document.{'n' * 100}…", "is not known"),
        ({"name": DEEP}, "document.name", "[[[[[[[...]]]]]]] is not right"),
    ],
)
def test_an_unusable_policy_is_refused_by_path(document: Any, place: str, what: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        PolicyStore.parse(document)
    assert what in (refused.value.problems or {})[place]
    assert len(refused.value.problems or {}) <= MAX_UNKNOWN_NAMES + 1


def test_silence_is_judged_by_the_policy_of_the_patients_site(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=NOW - 100 * DAY, name="Elsewhere")
    set_policy(database, clinic, QUICK, now=NOW - 50 * DAY)
    for each in (clinic, other):
        for number in range(20):
            write(database, each.patient, NOW - (20 - number) * DAY, pain_worst=2)
    assert alert_silent_patients(database, engine=ENGINE, now=NOW + 5 * DAY) == 0
    assert alert_silent_patients(database, engine=ENGINE, now=NOW + 8 * DAY) == 1
    with database.read() as session:
        silent = session.scalars(select(Alert.site_id).where(Alert.kind == "silence")).all()
        assert silent == [clinic.site.id]
    assert alert_silent_patients(database, engine=ENGINE, now=NOW + 16 * DAY) == 1


def test_a_patient_of_a_policy_that_has_ended_waits_for_rescoring(database: Database, clinic: Clinic) -> None:
    for number in range(20):
        write(database, clinic.patient, NOW - (20 - number) * DAY, pain_worst=2)
    set_policy(database, clinic, QUICK)
    later = NOW + 20 * DAY
    assert alert_silent_patients(database, engine=ENGINE, now=later) == 0
    with database.read() as session:
        patient, standing = (session.get_one(kind, clinic.patient.id) for kind in (Patient, Trajectory))
        present = policies.engine_at(session, clinic.site.id, default=ENGINE, now=later)
        assert reporting_of(patient, standing, engine=present, now=later) is None
    assert catch_up(database, engine=ENGINE, now=later) == 1
    assert alert_silent_patients(database, engine=ENGINE, now=later) == 1


def test_the_budget_is_the_one_of_the_site_and_of_the_moment(database: Database, clinic: Clinic) -> None:
    one = {"least": 1, "longest_days": 2}
    strict = {name: {"value": value, "source": "Ward 3"} for name, value in one.items()}
    set_policy(database, clinic, read_policy({"name": "One a week", "budget": strict}))
    with database.begin() as session:
        elsewhere = a_clinic(session, now=NOW, name="Elsewhere")
        here = [a_patient(session, clinic.team, now=NOW) for _ in range(2)]
        there = [a_patient(session, elsewhere.team, now=NOW) for _ in range(2)]
    assert [find(database, patient, now=NOW).next_rung_at for patient in here][1] == NOW + 2 * DAY
    for patient in there:
        find(database, patient, now=NOW)
    with database.read() as session:
        (held,) = budget.held_back(session, clinic.site.id, now=NOW).values()
        assert budget.held_back(session, elsewhere.site.id, now=NOW) == {}
    assert "at least 1 a week" in held.reason
    assert held.until == NOW + 2 * DAY

    set_policy(database, clinic, BUILT_IN, now=NOW, since=NOW + timedelta(hours=1))
    assert release_held_back(database, now=NOW) == 0
    assert release_held_back(database, now=NOW + timedelta(hours=1)) == 1


def test_scores_keep_the_intervals_of_change_and_risk(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        started = (NOW - 60 * DAY).date()
        session.execute(update(Patient).values(ai_started_on=started))
    for number in range(40):
        pain = 2 if number < 25 else 6
        write(database, clinic.patient, NOW - (40 - number) * DAY, pain_worst=pain, dose="taken")
    with database.read() as session:
        last = session.scalars(select(ScoreRow).order_by(ScoreRow.local_date.desc()).limit(1)).one()
        first = session.scalars(select(ScoreRow).order_by(ScoreRow.local_date).limit(1)).one()
    assert last.pain_change_low < last.pain_change < last.pain_change_high  # type: ignore[operator]
    assert last.pain_level_low < last.pain_level < last.pain_level_high  # type: ignore[operator]
    assert 0 < last.risk_90d_low < last.risk_90d < last.risk_90d_high < 1  # type: ignore[operator]
    assert {first.pain_change_low, first.pain_change_high, first.risk_90d_low, first.risk_90d_high} == {None}


def test_a_finding_names_the_engine_of_the_site(database: Database, clinic: Clinic) -> None:
    set_policy(database, clinic, OURS, now=NOW - 20 * DAY)
    write(database, clinic.patient, NOW, pain_worst=3, red_flags=["chest_pain"])
    with database.read() as session:
        assert session.scalars(select(Evidence.engine)).all() == [engine_of(OURS).version]
