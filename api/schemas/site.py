"""Schemas of a site and its teams."""

from typing import Any

from marshmallow import Schema, fields, post_dump, validate

from api.domain.alerts.patient_events import PatientEventKind
from api.schemas.fields import (
    Flag,
    Moment,
    OneOf,
    Strict,
    Text,
    Timezone,
    Whole,
    about,
    absent_or_null,
    list_of,
    nullable,
    required,
)
from api.schemas.site_text import site_text

_TEAM = "0d2f8f3c-7a41-4a3f-8a6e-3f9f2f1b7c21"


class SiteSchema(Schema):
    """The caller's site."""

    id = fields.UUID(**required("The site's id."))
    name = fields.String(**required("Name of the site, unique on this server.", examples=["St. Example"]))
    timezone = fields.String(
        **required("IANA time zone of working hours and dates.", examples=["Europe/Berlin"])
    )
    contact = fields.String(
        **required(
            "Contact shown to patients: how to reach the team, and when entries are read.",
            examples=["Call 030 1234, Mondays to Fridays, 8 to 16 h."],
        )
    )
    emergency_number = fields.String(
        **nullable("Emergency number shown to patients. Null: the text contains no number.", examples=["112"])
    )
    crisis_line = fields.String(
        **nullable(
            "Crisis line for patients with thoughts of self-harm, available at any hour. Null: none.",
            examples=["988"],
        )
    )
    phone = fields.String(
        **nullable("Telephone number of the team, to be dialled. Null: none.", examples=["+49 30 1234"])
    )
    hours = site_text("hours")
    read_when = site_text("read_when")
    called_when = site_text("called_when")
    self_harm_answered_by = site_text("self_harm_answered_by")
    hidden_events = fields.List(
        OneOf(PatientEventKind), **required("Kinds of `GET /v1/me/events` that patients are not shown.")
    )
    shows_treatments = fields.Boolean(**required("True: patients see their treatments and the changes."))
    events_name_staff = fields.Boolean(**required("True: events show patients the name of the staff."))
    idle_lock_minutes = fields.Integer(
        **required("Minutes without a key, pointer or touch after which the pages of the team are locked.")
    )
    created_at = Moment(**required("When the site was made."))
    version = fields.Integer(**required("Version number. It is the ETag."))

    @post_dump
    def _none_hidden(self, site: dict[str, Any], **_: object) -> dict[str, Any]:
        return site | {"hidden_events": site["hidden_events"] or []}


class SiteChangesSchema(Strict):
    """Changes of a site."""

    name = Text(max=200, metadata=about("Name, unique on this server.", examples=["St. Example"]))
    timezone = Timezone(metadata=about("IANA time zone of working hours and dates."))
    contact = Text(
        max=1000,
        lines=True,
        metadata=about(
            "Contact shown to patients.", examples=["Call 030 1234, Mondays to Fridays, 8 to 16 h."]
        ),
    )
    emergency_number = Text(
        max=40, **absent_or_null("Emergency number shown to patients. Null: none.", examples=["112"])
    )
    crisis_line = Text(
        max=100,
        **absent_or_null(
            "Crisis line for patients with thoughts of self-harm, available at any hour. Null: none.",
            examples=["988"],
        ),
    )
    phone = Text(
        max=40, **absent_or_null("Telephone number of the team. Null: none.", examples=["+49 30 1234"])
    )
    hours = site_text("hours", is_new=True)
    read_when = site_text("read_when", is_new=True)
    called_when = site_text("called_when", is_new=True)
    self_harm_answered_by = site_text("self_harm_answered_by", is_new=True)
    hidden_events = fields.List(
        OneOf(PatientEventKind),
        validate=validate.Length(max=len(PatientEventKind)),
        metadata=about("Kinds of `GET /v1/me/events` that patients are not shown.", examples=[["contacted"]]),
    )
    shows_treatments = Flag(metadata=about("Whether patients see their treatments and the changes."))
    events_name_staff = Flag(metadata=about("Whether events show patients the name of the staff."))
    idle_lock_minutes = Whole(
        lowest=2,
        highest=30,
        metadata=about("Idle minutes after which the pages of the team are locked.", examples=[10]),
    )


class TeamSchema(Schema):
    """A team of the site."""

    id = fields.UUID(**required("The team's id.", examples=[_TEAM]))
    name = fields.String(**required("Name of the team, unique at the site.", examples=["Breast clinic"]))
    members = fields.Integer(
        **required("Number of active members of staff. `GET /v1/staff?team_id=` lists all members.")
    )
    version = fields.Integer(**required("Version number. It is the ETag."))


TeamsSchema = list_of(TeamSchema, "Teams", "A site's teams, by name.", items="The teams.")


class NewTeamSchema(Strict):
    """A new team."""

    name = Text(max=200, **required("Name, unique at the site.", examples=["Breast clinic"]))


class TeamChangesSchema(Strict):
    """Changes of a team. Membership is changed on each member of staff."""

    name = Text(max=200, metadata=about("Name, unique at the site.", examples=["Breast clinic"]))
