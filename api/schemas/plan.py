"""Plans of reassessments on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.domain.plans.definition import TaskKind
from api.domain.plans.due_slots import SlotState
from api.domain.plans.presets import PRESETS
from api.schemas.fields import Prose, Strict, Text
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
    """What must be shown beside a course."""

    task = fields.String(
        required=True, metadata={"description": "Which thing of the plan the remark is about."}
    )
    notice = fields.String(required=True, metadata={"description": "The remark."})


class PlanSchema(Schema):
    """One plan, and who set it."""

    name = fields.String(
        required=True, allow_none=True, metadata={"description": "null: follows the site's again."}
    )
    origin = fields.String(
        required=True,
        validate=validate.OneOf(["built_in", "site", "patient"]),
        metadata={"description": "Where it comes from: built in, set for the site, or set for this patient."},
    )
    effective_from = fields.Date(
        required=True, allow_none=True, metadata={"description": "null: until another one was set."}
    )
    set_by = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Name of the member of staff who set it; null: built in."},
    )
    note = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it was set, as written with it; null: nothing was."},
    )
    created_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it was set; null: built in."}
    )
    document = fields.Dict(
        required=True, allow_none=True, metadata={"description": "All of it, with every source."}
    )
    notices = fields.List(
        fields.Nested(PlanNoticeSchema),
        required=True,
        metadata={"description": "Show them: where an interval is not the guideline's."},
    )


class SlotSchema(Schema):
    """One reassessment; of each thing at most one is due or overdue."""

    id = fields.String(
        required=True, metadata={"description": "Name of the slot: what, and the day it is due."}
    )
    task = fields.String(
        required=True, metadata={"description": "An instrument, a measurement or `check_in`."}
    )
    kind = fields.Enum(
        TaskKind,
        by_value=True,
        required=True,
        metadata={"description": "Who does it: the patient answers, or staff measure."},
    )
    state = fields.Enum(
        SlotState,
        by_value=True,
        required=True,
        metadata={"description": "missed: not done, and nobody asks for it any more."},
    )
    opens_on = fields.Date(required=True, metadata={"description": "From then on it may be done."})
    due_on = fields.Date(required=True, metadata={"description": "From then on it is asked for."})
    overdue_after = fields.Date(required=True, metadata={"description": "After this day it is late."})
    counts_until = fields.Date(
        required=True, allow_none=True, metadata={"description": "Later it counts for the next one."}
    )
    done_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The local day it was done; null: not done."}
    )
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Why it was skipped."})
    plan = fields.String(required=True, metadata={"description": "The plan it opened under."})
    source = fields.String(required=True, metadata={"description": "Why it is asked for at this interval."})
    notice = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "A remark to show with it, such as that the interval is not the guideline's; "
            "null: none."
        },
    )


class SitePlanSchema(Schema):
    """The plan in force at a site, those that are coming, and the presets there are."""

    current = fields.Nested(
        PlanSchema, required=True, metadata={"description": "The plan in force at the site."}
    )
    upcoming = fields.List(
        fields.Nested(PlanSchema),
        required=True,
        metadata={"description": "The plans that are set for later days, in the order they begin."},
    )
    presets = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(),
        required=True,
        metadata={"description": "Plans that come with the software, by name."},
    )


class PatientPlanSchema(Schema):
    """A patient's plan and slots."""

    current = fields.Nested(
        PlanSchema, required=True, metadata={"description": "The plan in force for the patient."}
    )
    upcoming = fields.List(
        fields.Nested(PlanSchema), required=True, metadata={"description": "The site's and her own."}
    )
    started_on = fields.Date(required=True, metadata={"description": "The day from which weeks count."})
    today = fields.Date(required=True, metadata={"description": "The day it is for her."})
    slots = fields.List(
        fields.Nested(SlotSchema),
        required=True,
        metadata={"description": "All that were, and the next of each thing, by due day."},
    )


class NewSitePlanSchema(Strict):
    """A plan to hold at the site from a day on: a preset, or a document."""

    preset = fields.String(
        validate=validate.OneOf([*PRESETS]),
        metadata={
            "description": "Name of a plan that comes with the software; one of `preset` and `document` "
            "is needed."
        },
    )
    document = fields.Dict(metadata=_DOCUMENT)
    effective_from = fields.Date(
        metadata={"description": "Its first day, today or within a year; left out: today."}
    )
    note = Text(max=MAX_NOTE, lines=True, metadata={"description": "Why, for whoever asks later."})

    @validates_schema
    def _one_of_two(self, plan: dict[str, Any], **_: object) -> None:
        if ("preset" in plan) == ("document" in plan):
            raise ValidationError("send either a preset or a document", "preset")


class NewPatientPlanSchema(NewSitePlanSchema):
    """A plan to hold for one patient from a day on; `site` follows the site's again."""

    preset = fields.String(
        validate=validate.OneOf([*PRESETS, FOLLOW_SITE]),
        metadata={
            "description": "Name of a plan that comes with the software, or `site` to follow the site's; "
            "one of `preset` and `document` is needed."
        },
    )


class NewSkipSchema(Strict):
    """A slot to skip, and why."""

    slot = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata={
            "description": "Id of the slot, as the plan has it.",
            "examples": ["bone_density:2026-09-02"],
        },
    )
    reason = Text(required=True, max=MAX_NOTE, lines=True, metadata={"description": "Why it is skipped."})


class DueItemSchema(Schema):
    """One thing a patient is asked to do now."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf([TaskKind.CHECK_IN.value, TaskKind.ASSESSMENT.value]),
        metadata={"description": "What is asked for: a check-in or a questionnaire."},
    )
    due_at = fields.AwareDateTime(required=True, metadata={"description": "Since when it is due."})
    overdue = fields.Boolean(
        required=True, metadata={"description": "Whether it should have been done by now."}
    )
    instrument = fields.String(
        required=True, allow_none=True, metadata={"description": "Which questionnaire; null: a check-in."}
    )
    slot = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The slot of the plan it fulfils; null: a check-in."},
    )
    notice = Prose(
        required=True,
        allow_none=True,
        metadata={"description": "Why it cannot be shown in her language here; null: it can."},
    )


class DueItemsSchema(Schema):
    """What a patient is asked to do now."""

    items = fields.List(
        fields.Nested(DueItemSchema),
        required=True,
        metadata={"description": "What is due now, oldest first."},
    )
