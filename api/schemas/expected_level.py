"""Schemas of expected levels."""

from marshmallow import Schema, fields

from api.domain.diary.expected_level import HIGHEST, ExpectedSymptom
from api.schemas.fields import Moment, OneOf, Strict, Whole, list_of, nullable, required


class NewExpectedLevelSchema(Strict):
    """The level of one symptom that the team knows of."""

    symptom = OneOf(ExpectedSymptom, **required("The symptom that is known."))
    level = Whole(
        lowest=0, highest=HIGHEST, **required("Its level, 0 to 8. 2 points above it alert at once.")
    )
    until = fields.Date(
        **required("Last local day on which it is in force, within 28 days. It is renewed by hand only.")
    )


class ExpectedLevelSchema(Schema):
    """The level of one symptom of a patient that the team knows of, and who set it."""

    id = fields.UUID(**required("Id of the expected level."))
    symptom = OneOf(ExpectedSymptom, **required("The symptom that is known."))
    level = fields.Integer(**required("Its level, 0 to 8."))
    since = fields.Date(**required("Local day on which it was set."))
    until = fields.Date(**required("Last local day on which it is or was in force."))
    in_force = fields.Boolean(**required("True: it is in force today."))
    set_at = Moment(**required("Time at which it was set."))
    set_by = fields.UUID(**required("Member of staff who set it."))
    alert_id = fields.UUID(**nullable("Alert it was the answer to. Null: set by hand."))
    ended_at = Moment(**nullable("Time at which it was ended or replaced. Null: it ends by itself."))
    ended_by = fields.UUID(**nullable("Member of staff who ended or replaced it. Null: nobody."))


ExpectedLevelsSchema = list_of(
    ExpectedLevelSchema, "ExpectedLevels", "Expected levels of a patient.", items="Newest first."
)
