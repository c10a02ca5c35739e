"""Schemas of guidance for staff."""

from marshmallow import Schema, fields

from api.domain.alerts.finding import Severity
from api.domain.guidance.deciding import Decision, GuidanceStatus
from api.domain.guidance.definition import Section, Verdict
from api.schemas.fields import OneOf, Strict, Text, about, list_of, nullable, required

LONGEST_NOTE = 2000


class CitationSchema(Schema):
    """A paper or guideline."""

    paper = fields.String(**required("Authors, title, journal and year."))
    pmid = fields.String(**nullable("PubMed id. Null: not known."))
    pmcid = fields.String(**nullable("PubMed Central id. Null: not known."))
    doi = fields.String(**nullable("Digital object identifier. Null: not known."))


class GuidanceDecisionSchema(Schema):
    """The latest decision about an item."""

    decision = fields.Enum(Decision, by_value=True, **required("The decision."))
    by = fields.String(**required("Name of the member of staff who decided."))
    at = fields.AwareDateTime(**required("Time of the decision."))
    note = fields.String(**nullable("Reason given with the decision. Null: none."))


class GuidanceItemSchema(Schema):
    """One statement with verdict, evidence and status at the site."""

    id = fields.String(**required("Identifier of the item, stable across versions."))
    section = fields.Enum(Section, by_value=True, **required("Section of the catalogue."))
    severities = fields.List(
        fields.Enum(Severity, by_value=True), **required("Severities to which the item applies.")
    )
    text = fields.String(**required("The statement."))
    verdict = fields.Enum(Verdict, by_value=True, **required("Verdict. Always show it with the text."))
    evidence = fields.String(**required("Reason for the verdict."))
    correction = fields.String(
        **nullable("Correction of the statement. Always show it with the text. Null: none.")
    )
    citations = fields.List(fields.Nested(CitationSchema), **required("Sources of the verdict."))
    treatment = fields.Boolean(**required("True: a treatment of the symptoms. Never shown with a red flag."))
    status = fields.Enum(
        GuidanceStatus,
        by_value=True,
        **required(
            "`withheld`: never shown; `evidence` gives the reason. `proposed`: no "
            "decision on this text yet. `approved`: shown with alerts. `withdrawn`: no "
            "longer shown."
        ),
    )
    latest_decision = fields.Nested(GuidanceDecisionSchema, **nullable("The latest decision. Null: none."))
    outdated = fields.Boolean(**required("True: the latest decision was about an earlier text."))


GuidanceSchema = list_of(
    GuidanceItemSchema,
    "Guidance",
    "The whole catalogue with its status at the site.",
    items="Every item of the catalogue.",
)


class NewGuidanceDecisionSchema(Strict):
    """A decision about an item."""

    decision = OneOf(Decision, **required("`approved`: show it with alerts. `withdrawn`: no longer show it."))
    note = Text(
        max=LONGEST_NOTE,
        lines=True,
        metadata=about("Reason. Required to approve an item with the wrong interval."),
    )
