"""The `rescore` command: scores stored entries again after a new engine, a new policy or a failure."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.transactions import app_database, app_engine
from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.services.assessments import assessment_rescoring
from api.services.assessments.assessment_rescoring import RescoringDifference
from api.services.policies import policies
from api.services.scoring import patient_lock, rescoring, score


class _RolledBack(Exception):
    """Ends a transaction of a preview without keeping it."""


@click.command()
@click.option(
    "--dry-run",
    is_flag=True,
    help="Change nothing: print which alerts and questionnaire scores would change.",
)
@click.option(
    "--all", "every_patient", is_flag=True, help="Score every patient again, not only those who need it."
)
@with_appcontext
def rescore(*, dry_run: bool, every_patient: bool) -> None:
    """Score patients again whose scores are by another engine, or failed.

    The engine is the one in force at the site. Each patient is one transaction;
    scores and alerts change together or not at all.

    Questionnaires are scored again where their instrument has a newer version; the
    scores of the earlier one are kept in their history.
    """
    database, engine = app_database(), app_engine()
    with database.read() as session:
        present = policies.engines_in_force(session, default=engine, now=datetime.now(UTC))
        patients = rescoring.outdated(session, present, include_current=every_patient)
    for site_id in present.unreadable_sites():
        click.echo(f"site {site_id}: its policy cannot be read any more; set another one", err=True)
    click.echo(f"{len(patients)} patients to score with {_engines(present)}")
    if dry_run:
        _preview_patients(database, patients, engine)
    else:
        _rescore_patients(database, patients, engine)
    _rescore_assessments(database, engine, dry_run=dry_run)


def _rescore_patients(database: Database, patients: Sequence[UUID], engine: Engine) -> None:
    with click.progressbar(patients, label="scoring") as bar:
        for patient_id in bar:
            with database.begin() as session:
                now = datetime.now(UTC)
                standing = patient_lock.lock(session, patient_id, now=now)
                score.rescore(session, standing, engine=engine, now=now)


def _preview_patients(database: Database, patients: Sequence[UUID], engine: Engine) -> None:
    """Print the open alerts of each kind that would be new or withdrawn; each patient is rolled back."""
    if not patients:
        return
    changes: Counter[tuple[str, str]] = Counter()
    with click.progressbar(patients, label="comparing") as bar:
        for patient_id in bar:
            changes.update(_alert_changes(database, patient_id, engine))
    found = ", ".join(f"{count} {kind} {how}" for (kind, how), count in sorted(changes.items()))
    click.echo(f"open alerts: {found or 'none would change'}")


def _alert_changes(database: Database, patient_id: UUID, engine: Engine) -> list[tuple[str, str]]:
    """Return kind and change of each alert of one patient that rescoring would open or withdraw."""
    with suppress(_RolledBack), database.begin() as session:
        now = datetime.now(UTC)
        standing = patient_lock.lock(session, patient_id, now=now)
        before = _open_alerts(session, patient_id)
        score.rescore(session, standing, engine=engine, now=now)
        session.flush()
        after = _open_alerts(session, patient_id)
        raise _RolledBack
    new = [(kind, "would be new") for key, kind in after.items() if key not in before]
    return new + [(kind, "would be withdrawn") for key, kind in before.items() if key not in after]


def _open_alerts(session: Session, patient_id: UUID) -> dict[UUID, str]:
    """Return the kinds of a patient's alerts without an end, by their ids."""
    query = select(Alert.id, Alert.kind).where(Alert.patient_id == patient_id, Alert.closed_at.is_(None))
    return {alert_id: FindingKind(kind).value for alert_id, kind in session.execute(query)}


def _rescore_assessments(database: Database, engine: Engine, *, dry_run: bool) -> None:
    with database.read() as session:
        waiting = assessment_rescoring.outdated(session)
    click.echo(f"{len(waiting)} assessments to score with a newer version of their instrument")
    found: Counter[str] = Counter()
    for key in waiting:
        if dry_run:
            with database.read() as session:
                difference = assessment_rescoring.difference(session, key)
        else:
            with database.begin() as session:
                difference = assessment_rescoring.rescore(session, key, engine=engine, now=datetime.now(UTC))
        found[_in_words(difference, changed="would change" if dry_run else "changed")] += 1
    for what, count in sorted(found.items()):
        click.echo(f"  {count} of {what}")


def _in_words(found: RescoringDifference, *, changed: str) -> str:
    by = f"{found.instrument}, version {found.version}"
    if found.problem is not None:
        return f"{by}: cannot be scored by it, {found.problem}; the earlier scores stay"
    return f"{by}: {', '.join(found.changed) or 'nothing'} {changed}"


def _engines(present: policies.EnginesInForce) -> str:
    versions = {engine.version for engine in present.by_site.values() if engine} - {present.default.version}
    own = f", or {', '.join(sorted(versions))} by the policies of sites" if versions else ""
    return f"engine {present.default.version}{own}"
