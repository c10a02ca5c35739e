"""Schemas of requests for a call."""

from enum import StrEnum

from marshmallow import Schema, fields

from api.domain.alerts.callback import MAX_NOTE, MAX_REACH_ME, CallbackTopic
from api.schemas.fields import OneOf, Strict, Text, about, absent_or_null, nullable, required


class CallbackStatus(StrEnum):
    """Progress of a request for a call."""

    WAITING = "waiting"
    SEEN = "seen"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class NewCallbackSchema(Strict):
    """A request for a call."""

    id = fields.UUID(
        metadata=about("UUID chosen by the client. It makes a retry safe. Default: chosen by the server.")
    )
    about = OneOf(CallbackTopic, **required("What the patient would like to talk about."))
    reach_me = Text(
        max=MAX_REACH_ME, **absent_or_null("When and where the patient can be reached. Default: not stated.")
    )
    note = Text(max=MAX_NOTE, lines=True, **absent_or_null("The patient's own words for the care team."))


class CallbackSchema(Schema):
    """A request for a call, and how far it has come."""

    id = fields.UUID(**required("The request's id."))
    about = OneOf(CallbackTopic, **required("What the patient would like to talk about."))
    reach_me = fields.String(**nullable("When and where the patient can be reached. Null: not stated."))
    note = fields.String(**nullable("The patient's own words. Null: none."))
    status = OneOf(
        CallbackStatus,
        **required(
            "`waiting`: the team was notified. `seen`: a member of the team has read it and takes care of it "
            "later. `answered`: closed by the team. `withdrawn`: by the patient."
        ),
    )
    requested_at = fields.AwareDateTime(**required("Time at which the server received the request."))
    read_by = fields.AwareDateTime(
        **nullable("Time by which the team reads it, by the site's ladder. Null: it is no longer waiting.")
    )
    seen_at = fields.AwareDateTime(**nullable("Time at which a member of the team took it over."))
    answered_at = fields.AwareDateTime(**nullable("Time at which a member of the team closed it."))
    withdrawn_at = fields.AwareDateTime(**nullable("Time at which the patient withdrew it."))


class CallbackListSchema(Schema):
    """The patient's requests for a call, and by when one sent now is read."""

    items = fields.List(
        fields.Nested(CallbackSchema), **required("The newest requests, at most 50, newest first.")
    )
    read_by = fields.AwareDateTime(
        **required("Time by which the team reads a request that is sent now, by the site's ladder.")
    )
