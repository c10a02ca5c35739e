"""Scoring again what is stored, after a new engine or a failure."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from api.db import Sessions
from api.domain.trajectory.engine import Engine
from api.models.patient import Trajectory
from api.services import scoring


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how many patients would be scored again.")
@click.option("--all", "everybody", is_flag=True, help="Score everybody again, not only who needs it.")
@with_appcontext
def rescore(*, dry_run: bool, everybody: bool) -> None:
    """Score patients again whose scores another engine made, or could not make.

    Each patient is one transaction; scores and alerts change together or not at all.
    """
    sessions: Sessions = current_app.extensions["aimss.sessions"]
    engine: Engine = current_app.extensions["aimss.engine"]
    query = select(Trajectory.patient_id).where(Trajectory.change_seq > 0).order_by(Trajectory.patient_id)
    if not everybody:
        query = query.where(or_(Trajectory.engine.is_(None), Trajectory.engine != engine.version))
    with sessions.read() as session:
        patients = list(session.scalars(query))
    click.echo(f"{len(patients)} patients to score with engine {engine.version}")
    if dry_run:
        return
    with click.progressbar(patients, label="scoring") as bar:
        for patient_id in bar:
            with sessions.begin() as session:
                scoring.rescore(
                    session, scoring.lock(session, patient_id), engine=engine, now=datetime.now(UTC)
                )
