"""Levels of symptoms that the care team knows of."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.diary.expected_level import ExpectedSymptom
from api.resources.blueprint import Blueprint
from api.resources.request_context import engine, now, principal, read_session, scored, see_patient
from api.schemas.expected_level import ExpectedLevelsSchema, NewExpectedLevelSchema
from api.services.patients import expected_levels
from api.services.patients.expected_levels import ActingStaff, NewExpectedLevel

blp = Blueprint(
    "expected_levels",
    __name__,
    url_prefix="/v1/patients/<uuid:patient_id>/expected-levels",
    description="Levels of symptoms that the care team knows of.",
)


@blp.route("")
class ExpectedLevels(MethodView):
    """Expected levels of a patient."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, ExpectedLevelsSchema)
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """The expected levels of a patient, the newest first, past ones too."""
        with read_session() as session:
            patient = see_patient(session, patient_id, "expected_levels.read")
            return {"items": expected_levels.levels_of(patient, now=now())}

    @requires(Scope.ALERTS_WRITE)
    @fails_with(404, 422)
    @blp.arguments(NewExpectedLevelSchema)
    @blp.response(201, ExpectedLevelsSchema)
    def post(self, body: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """Set or renew the level of a symptom that the team knows of, for 28 days at most.

        From the next day on severe symptoms and worsening of this symptom alone alert no more. An answer
        or level 2 points above alerts at once, and the first entry after the end alerts of what still
        holds. Nothing else changes: no other symptom, no red flag, no wish to stop, no silence, no score.
        The present level of the symptom is replaced.
        """
        wanted = read_level(body)
        patient = scored(
            lambda session, at: expected_levels.set_level(
                session, ActingStaff(principal(), at, engine()), patient_id, wanted
            )
        )
        return {"items": expected_levels.levels_of(patient, now=now())}


@blp.route("/<uuid:level_id>")
class ExpectedLevelById(MethodView):
    """One expected level of a patient."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(404)
    @blp.response(204)
    def delete(self, patient_id: UUID, level_id: UUID) -> None:
        """End an expected level now: what still holds alerts again. Safe to repeat."""
        scored(
            lambda session, at: expected_levels.end_level(
                session, ActingStaff(principal(), at, engine()), patient_id, level_id
            )
        )


def read_level(body: dict[str, Any]) -> NewExpectedLevel:
    """Return the expected level of a request's body."""
    return NewExpectedLevel(ExpectedSymptom(body["symptom"]), body["level"], body["until"])
