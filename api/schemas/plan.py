"""Schemas of reassessment plans."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.domain.plans.definition import TaskKind
from api.domain.plans.due_slots import SlotState
from api.domain.plans.presets import PRESETS
from api.schemas.fields import EveryLanguage, OneOf, Prose, Strict, Text, about, list_of, nullable, required
from api.schemas.question import QuestionSchema
from api.schemas.site_document import MAX_NOTE

FOLLOW_SITE = "site"

_DOCUMENT = {
    "description": "`name` and `courses`; each has `what` (an instrument, a measurement, or `check_in`), "
    "`at_weeks` after the start, `source`, and as needed `then_every` in weeks or months, `early_days`, "
    "`late_days` and `before_start_days`.",
    "examples": [
        {
            "name": "Ward 3",
            "courses": [
                {"what": "bpi-sf", "at_weeks": [0, 6], "then_every": {"months": 3}, "source": "Ward 3, May"}
            ],
        }
    ],
}


class PlanNoticeSchema(Schema):
    """A notice to show with a task of a plan."""

    task = fields.String(**required("Task of the plan."))
    notice = fields.String(**required("The notice."))


class PlanSchema(Schema):
    """One plan and its origin."""

    name = fields.String(
        **nullable("Name of the plan. Null: the patient follows the plan of the site again.")
    )
    origin = OneOf(
        ["built_in", "site", "patient"],
        **required("Origin: built in, set for the site, or set for this patient."),
    )
    effective_from = fields.Date(**nullable("First day of validity. Null: built in."))
    set_by = fields.String(**nullable("Name of the member of staff who set it. Null: built in."))
    note = fields.String(**nullable("Reason given when it was set. Null: none."))
    created_at = fields.AwareDateTime(**nullable("Time at which it was set. Null: built in."))
    document = fields.Dict(**nullable("The full document, with sources."))
    notices = fields.List(
        fields.Nested(PlanNoticeSchema),
        **required("Notices to show, such as that an interval differs from the guideline."),
    )


class SlotSchema(Schema):
    """One planned task. For each task at most one slot is due or overdue."""

    id = fields.String(**required("Identifier of the slot: the task and its due date."))
    task = fields.String(**required("An instrument, a kind of measurement or `check_in`."))
    kind = fields.Enum(
        TaskKind, by_value=True, **required("Kind of task: answered by the patient or measured by staff.")
    )
    state = fields.Enum(
        SlotState, by_value=True, **required("State. `missed`: not done and no longer requested.")
    )
    opens_on = fields.Date(**required("First date on which it can be done."))
    due_on = fields.Date(**required("Date from which it is requested."))
    overdue_after = fields.Date(**required("Last date on which it is on time."))
    counts_until = fields.Date(
        **nullable(
            "Last date that counts for this slot. Later dates count for the next slot. Null: no limit."
        )
    )
    done_on = fields.Date(**nullable("Local date on which it was done. Null: not done."))
    reason = fields.String(**nullable("Reason for skipping. Null: not skipped."))
    plan = fields.String(**required("Name of the plan under which it opened."))
    source = fields.String(**required("Source of the interval."))
    notice = fields.String(
        **nullable(
            "A notice to show with it, such as that the interval differs from the guideline. Null: none."
        )
    )


class SitePlanSchema(Schema):
    """The plan in force at a site, upcoming plans and presets."""

    current = fields.Nested(PlanSchema, **required("The plan in force at the site."))
    upcoming = fields.List(
        fields.Nested(PlanSchema), **required("Upcoming plans, in the order of their start.")
    )
    presets = fields.Dict(
        keys=fields.String(), values=fields.Dict(), **required("Plans shipped with the software, by name.")
    )


class PatientPlanSchema(Schema):
    """A patient's plan and slots."""

    current = fields.Nested(PlanSchema, **required("The plan in force for the patient."))
    upcoming = fields.List(
        fields.Nested(PlanSchema), **required("Upcoming plans of the site and of the patient.")
    )
    started_on = fields.Date(**required("Day from which weeks are counted."))
    today = fields.Date(**required("Current date in the patient's time zone."))
    slots = fields.List(
        fields.Nested(SlotSchema), **required("Past slots and the next slot of each task, by due date.")
    )


class NewSitePlanSchema(Strict):
    """A new plan of a site: a preset or a document."""

    preset = OneOf(
        PRESETS,
        metadata=about("Name of a plan shipped with the software. Send either `preset` or `document`."),
    )
    document = fields.Dict(metadata=_DOCUMENT)
    effective_from = fields.Date(
        metadata=about("First day of validity, today or within a year. Default: today.")
    )
    note = Text(max=MAX_NOTE, lines=True, metadata=about("Reason for the change."))

    @validates_schema
    def _one_of_two(self, plan: dict[str, Any], **_: object) -> None:
        if ("preset" in plan) == ("document" in plan):
            raise ValidationError("send either a preset or a document", "preset")


class NewPatientPlanSchema(NewSitePlanSchema):
    """A new plan of one patient. `site` follows the plan of the site again."""

    preset = OneOf(
        [*PRESETS, FOLLOW_SITE],
        metadata=about(
            "Name of a plan shipped with the software, or `site` to follow the plan of "
            "the site. Send either `preset` or `document`."
        ),
    )


class NewSkipSchema(Strict):
    """A slot to skip, with the reason."""

    slot = fields.String(
        validate=validate.Length(1, 100),
        **required("Id of the slot, as in the plan.", examples=["bone_density:2026-09-02"]),
    )
    reason = Text(max=MAX_NOTE, lines=True, **required("Reason for skipping."))


class DueItemSchema(Schema):
    """One due task of a patient."""

    kind = OneOf(
        [TaskKind.CHECK_IN, TaskKind.ASSESSMENT], **required("Kind of task: a check-in or a questionnaire.")
    )
    due_at = fields.AwareDateTime(**required("Time since which it is due."))
    overdue = fields.Boolean(**required("True: overdue."))
    instrument = fields.String(**nullable("Code of the questionnaire. Null: a check-in."))
    titles = EveryLanguage(
        attribute="title",
        **nullable("Name of the questionnaire, in each language of patients. Null: a check-in."),
    )
    slot = fields.String(**nullable("Slot of the plan. Null: a check-in."))
    notice = Prose(
        **nullable(
            "Reason why the questionnaire cannot be shown in the patient's language. Null: it can be shown."
        )
    )
    asked = fields.String(**nullable("Value of `asked` to send with the entry. Null: a questionnaire."))
    reason = Prose(
        **nullable("Why an extra check-in is asked for; show it to the patient. Null: a regular task.")
    )
    also_ask = fields.Nested(
        QuestionSchema, **nullable("Optional question that comes with the task. Null: none.")
    )


DueItemsSchema = list_of(
    DueItemSchema, "DueItems", "The due tasks of a patient.", items="Due tasks, oldest first."
)
