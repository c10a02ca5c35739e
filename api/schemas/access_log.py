"""Schemas of a patient's access log."""

from marshmallow import Schema, fields

from api.domain.authority import Role
from api.schemas.fields import Moment, OneOf, PageQuery, Prose, about, nullable, page_of, required


class DataUseSchema(Schema):
    """One use of the patient's data. Staff are shown by role."""

    at = Moment(**required("Time of the use."))
    actor_kind = fields.String(
        **required(
            "Who used the data: `staff`, `patient` (with `own=true`), `proxy` (let in by the patient), "
            "`service` (a program of the site) or `system` (this server)."
        )
    )
    role = OneOf(Role, **nullable("Role of the member of staff, at present. Null for others."))
    proxy = fields.String(**nullable("Name of the proxy, as the patient gave it. Null for others."))
    action = fields.String(**required("Key of the action, for programs.", examples=["entries.read"]))
    sentence = Prose(
        **required(
            "What was done, in one sentence in the patient's language.", examples=["Your entries were read."]
        )
    )


class DataUsesQuerySchema(PageQuery):
    """Query parameters of the access log."""

    own = fields.Boolean(
        load_default=False, metadata=about("True: include what the patient did. False: only what others did.")
    )


DataUsePageSchema = page_of(DataUseSchema, "DataUsePage")
