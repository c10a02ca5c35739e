"""Schemas of guidance for staff."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import Severity
from api.domain.guidance.deciding import Decision, GuidanceStatus
from api.domain.guidance.definition import Section, Verdict
from api.schemas.fields import Strict, Text, about, list_of

LONGEST_NOTE = 2000


class CitationSchema(Schema):
    """A paper or guideline."""

    paper = fields.String(required=True, metadata=about("Authors, title, journal and year."))
    pmid = fields.String(required=True, allow_none=True, metadata=about("PubMed id. Null: not known."))
    pmcid = fields.String(
        required=True, allow_none=True, metadata=about("PubMed Central id. Null: not known.")
    )
    doi = fields.String(
        required=True, allow_none=True, metadata=about("Digital object identifier. Null: not known.")
    )


class GuidanceDecisionSchema(Schema):
    """The latest decision about an item."""

    decision = fields.Enum(Decision, by_value=True, required=True, metadata=about("The decision."))
    by = fields.String(required=True, metadata=about("Name of the member of staff who decided."))
    at = fields.AwareDateTime(required=True, metadata=about("Time of the decision."))
    note = fields.String(
        required=True, allow_none=True, metadata=about("Reason given with the decision. Null: none.")
    )


class GuidanceItemSchema(Schema):
    """One statement with verdict, evidence and status at the site."""

    id = fields.String(required=True, metadata=about("Identifier of the item, stable across versions."))
    section = fields.Enum(Section, by_value=True, required=True, metadata=about("Section of the catalogue."))
    severities = fields.List(
        fields.Enum(Severity, by_value=True),
        required=True,
        metadata=about("Severities to which the item applies."),
    )
    text = fields.String(required=True, metadata=about("The statement."))
    verdict = fields.Enum(
        Verdict, by_value=True, required=True, metadata=about("Verdict. Always show it with the text.")
    )
    evidence = fields.String(required=True, metadata=about("Reason for the verdict."))
    correction = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Correction of the statement. Always show it with the text. Null: none."),
    )
    citations = fields.List(
        fields.Nested(CitationSchema), required=True, metadata=about("Sources of the verdict.")
    )
    treatment = fields.Boolean(
        required=True, metadata=about("True: a treatment of the symptoms. Never shown with a red flag.")
    )
    status = fields.Enum(
        GuidanceStatus,
        by_value=True,
        required=True,
        metadata=about(
            "`withheld`: never shown; `evidence` gives the reason. `proposed`: no "
            "decision on this text yet. `approved`: shown with alerts. `withdrawn`: no "
            "longer shown."
        ),
    )
    latest_decision = fields.Nested(
        GuidanceDecisionSchema,
        required=True,
        allow_none=True,
        metadata=about("The latest decision. Null: none."),
    )
    outdated = fields.Boolean(
        required=True, metadata=about("True: the latest decision was about an earlier text.")
    )


GuidanceSchema = list_of(
    GuidanceItemSchema,
    "Guidance",
    "The whole catalogue with its status at the site.",
    items="Every item of the catalogue.",
)


class NewGuidanceDecisionSchema(Strict):
    """A decision about an item."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in Decision]),
        metadata=about("`approved`: show it with alerts. `withdrawn`: no longer show it."),
    )
    note = Text(
        max=LONGEST_NOTE,
        lines=True,
        metadata=about("Reason. Required to approve an item with the wrong interval."),
    )
