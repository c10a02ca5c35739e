"""An operator scores questionnaires again after their instrument has a newer version."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, update

from api.app import create_app
from api.cli.rescore import rescore
from api.db.database import Database
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.trajectory.engine import Engine
from api.models.assessment import AssessmentRow, AssessmentScore
from api.services.assessments.assessments import record_assessment
from config.settings import Settings
from tests.support.builders import a_clinic

NOTHING = "0 assessments to score with a newer version of their instrument"


@pytest.fixture
def shell(sqlite: Database) -> FlaskCliRunner:
    """The operator's shell, and two questionnaires that version 0 of their instrument has scored."""
    now = datetime.now(UTC)
    with sqlite.begin() as session:
        patient = a_clinic(session, now=now).patient.principal
        for worst in (3, 7):
            said = AssessmentSubmission(
                AssessmentStatus.COMPLETE, now, {"worst": worst}, {}, instrument="bpi-sf"
            )
            record_assessment(session, patient, uuid4(), said, engine=Engine(), now=now)
    shell: FlaskCliRunner = create_app(Settings(secret_key="-" * 32), database=sqlite).test_cli_runner()
    assert NOTHING in shell.invoke(rescore, []).output
    with sqlite.begin() as session:
        old = {"severity": None, "interference": None, "worst": 3.0}
        session.execute(update(AssessmentRow).values(scorer="of old", instrument_version="0"))
        session.execute(update(AssessmentScore).values(scorer="of old", instrument_version="0", scores=old))
    return shell


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    shell: FlaskCliRunner, sqlite: Database
) -> None:
    said = shell.invoke(rescore, ["--dry-run"]).output.splitlines()
    assert said[1:] == [
        "2 assessments to score with a newer version of their instrument",
        "  1 of bpi-sf, version 1: nothing would change",
        "  1 of bpi-sf, version 1: worst would change",
    ]
    with sqlite.read() as session:
        assert set(session.scalars(select(AssessmentScore.scorer))) == {"of old"}


def test_scores_of_the_newer_version_stand_beside_the_old_ones(
    shell: FlaskCliRunner, sqlite: Database
) -> None:
    said = shell.invoke(rescore, []).output
    assert "  1 of bpi-sf, version 1: worst changed" in said.splitlines()
    with sqlite.read() as session:
        rows = session.scalars(select(AssessmentScore)).all()
        kept = sorted((row.instrument_version, row.scores["worst"]) for row in rows)
        assert kept == [("0", 3.0), ("0", 3.0), ("1", 3.0), ("1", 7.0)]
        assert "of old" not in set(session.scalars(select(AssessmentRow.scorer)))
    assert NOTHING in shell.invoke(rescore, []).output


def test_what_cannot_be_scored_is_counted_and_keeps_its_scores(
    shell: FlaskCliRunner, sqlite: Database
) -> None:
    with sqlite.begin() as session:
        session.execute(update(AssessmentRow).values(answers={"pain": 7}))
    said = shell.invoke(rescore, []).output
    problem = "cannot be scored by it, its answers do not fit this version; the earlier scores stay"
    assert problem in said
    with sqlite.read() as session:
        assert set(session.scalars(select(AssessmentScore.scorer))) == {"of old"}
