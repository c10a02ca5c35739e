"""Guidance on the wire; for staff only."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import Severity
from api.domain.guidance.deciding import Decision, GuidanceStatus
from api.domain.guidance.definition import Section, Verdict
from api.schemas.fields import Strict, Text

LONGEST_NOTE = 2000


class CitationSchema(Schema):
    """A paper or guideline."""

    paper = fields.String(required=True, metadata={"description": "Authors, title, journal and year."})
    pmid = fields.String(
        required=True, allow_none=True, metadata={"description": "PubMed number; null: none is known."}
    )
    pmcid = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "PubMed Central number; null: none is known."},
    )
    doi = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Digital object identifier; null: none is known."},
    )


class GuidanceDecisionSchema(Schema):
    """What was decided last."""

    decision = fields.Enum(
        Decision, by_value=True, required=True, metadata={"description": "What was decided."}
    )
    by = fields.String(required=True, metadata={"description": "Name of the member of staff who decided."})
    at = fields.AwareDateTime(required=True, metadata={"description": "When it was decided."})
    note = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why, as written with the decision; null: nothing was."},
    )


class GuidanceItemSchema(Schema):
    """One statement with its verdict, the evidence, and how it stands at this site."""

    id = fields.String(
        required=True, metadata={"description": "Name of the item; the same in every version."}
    )
    section = fields.Enum(
        Section,
        by_value=True,
        required=True,
        metadata={"description": "Which part of the catalogue it is in."},
    )
    severities = fields.List(
        fields.Enum(Severity, by_value=True),
        required=True,
        metadata={"description": "For which severities it is meant; all of them where it holds for any."},
    )
    text = fields.String(required=True, metadata={"description": "The statement."})
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
    citations = fields.List(
        fields.Nested(CitationSchema), required=True, metadata={"description": "Papers the verdict rests on."}
    )
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
    latest_decision = fields.Nested(
        GuidanceDecisionSchema, required=True, allow_none=True, metadata={"description": "null: not yet."}
    )
    outdated = fields.Boolean(
        required=True, metadata={"description": "The last decision was about other words than these."}
    )


class GuidanceSchema(Schema):
    """The whole catalogue as it stands at this site."""

    items = fields.List(
        fields.Nested(GuidanceItemSchema),
        required=True,
        metadata={"description": "Every item of the catalogue."},
    )


class NewGuidanceDecisionSchema(Strict):
    """A decision about an item."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in Decision]),
        metadata={"description": "`approved`: show it beside alerts; `withdrawn`: no longer."},
    )
    note = Text(
        max=LONGEST_NOTE,
        lines=True,
        metadata={"description": "Why; needed to approve an item with the wrong interval."},
    )
