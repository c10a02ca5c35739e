"""Guidance on the wire; for staff only."""

from marshmallow import Schema, fields, validate

from api.domain.findings import Severity
from api.domain.guidance.deciding import Decision, GuidanceStatus
from api.domain.guidance.definition import Section, Verdict
from api.schemas.fields import Strict, Text

LONGEST_NOTE = 2000


class CitationSchema(Schema):
    """A paper or guideline."""

    paper = fields.String(required=True)
    pmid = fields.String(required=True, allow_none=True)
    pmcid = fields.String(required=True, allow_none=True)
    doi = fields.String(required=True, allow_none=True)


class DecidedSchema(Schema):
    """What was decided last."""

    decision = fields.Enum(Decision, by_value=True, required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    note = fields.String(required=True, allow_none=True)


class GuidanceItemSchema(Schema):
    """One statement with its verdict, the evidence, and how it stands at this site."""

    id = fields.String(required=True)
    section = fields.Enum(Section, by_value=True, required=True)
    severities = fields.List(fields.Enum(Severity, by_value=True), required=True)
    words = fields.String(required=True)
    verdict = fields.Enum(
        Verdict,
        by_value=True,
        required=True,
        metadata={"description": "Show it wherever the words are shown."},
    )
    evidence = fields.String(required=True, metadata={"description": "Why the verdict is what it is."})
    correction = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What would be right; show it wherever the words are shown."},
    )
    citations = fields.List(fields.Nested(CitationSchema), required=True)
    treatment = fields.Boolean(
        required=True,
        metadata={"description": "Something done about the symptoms; never shown beside a red flag."},
    )
    status = fields.Enum(
        GuidanceStatus,
        by_value=True,
        required=True,
        metadata={
            "description": "withheld: for good, `evidence` says why; proposed: nobody has decided on these "
            "words; approved: shown beside alerts; withdrawn: no longer."
        },
    )
    decided = fields.Nested(
        DecidedSchema, required=True, allow_none=True, metadata={"description": "null: not yet."}
    )
    outdated = fields.Boolean(
        required=True, metadata={"description": "The last decision was about other words than these."}
    )


class GuidanceSchema(Schema):
    """The whole catalogue as it stands at this site."""

    items = fields.List(fields.Nested(GuidanceItemSchema), required=True)


class NewDecisionSchema(Strict):
    """A decision about an item."""

    decision = fields.String(required=True, validate=validate.OneOf([each.value for each in Decision]))
    note = Text(
        max=LONGEST_NOTE,
        lines=True,
        metadata={"description": "Why; needed to approve an item with the wrong interval."},
    )
