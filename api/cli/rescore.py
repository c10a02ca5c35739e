"""Scoring again what is stored, after a new engine, a new policy or a failure."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from api.db import Sessions
from api.domain.trajectory.engine import Engine
from api.services import policies, rescoring, scoring


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how many patients would be scored again.")
@click.option("--all", "everybody", is_flag=True, help="Score everybody again, not only who needs it.")
@with_appcontext
def rescore(*, dry_run: bool, everybody: bool) -> None:
    """Score patients again whose scores another engine made, or could not make.

    The engine is the one in force at her site. Each patient is one transaction;
    scores and alerts change together or not at all.
    """
    sessions: Sessions = current_app.extensions["aimss.sessions"]
    engine: Engine = current_app.extensions["aimss.engine"]
    with sessions.read() as session:
        present = policies.all_in_force(session, like=engine, now=datetime.now(UTC))
        patients = rescoring.waiting(session, present, everybody=everybody)
    for site_id in present.unreadable():
        click.echo(f"site {site_id}: its policy cannot be read any more, set another one", err=True)
    click.echo(f"{len(patients)} patients to score with {_engines(present)}")
    if dry_run:
        return
    with click.progressbar(patients, label="scoring") as bar:
        for patient_id in bar:
            with sessions.begin() as session:
                now = datetime.now(UTC)
                standing = scoring.lock(session, patient_id, now=now)
                scoring.rescore(session, standing, engine=engine, now=now)


def _engines(present: policies.InForce) -> str:
    versions = {engine.version for engine in present.own.values() if engine} - {present.elsewhere.version}
    own = f", or {', '.join(sorted(versions))} where the site's policy says so" if versions else ""
    return f"engine {present.elsewhere.version}{own}"
