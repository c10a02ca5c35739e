"""Schemas of exports of a patient's data."""

from marshmallow import Schema, fields

from api.domain.data_export import ExportState
from api.schemas.fields import Moment, OneOf, list_of, nullable, required


class DataExportSchema(Schema):
    """A copy of everything kept about the patient, made by the server after it was asked for."""

    id = fields.UUID(**required("The export's id."))
    state = OneOf(
        ExportState,
        **required(
            "`pending`: being made. `ready`: fetch the file. `failed`: it could not be made; ask for another."
        ),
    )
    requested_at = Moment(**required("Time at which it was asked for."))
    finished_at = Moment(**nullable("Time at which the file was finished, or given up. Null: pending."))
    expires_at = Moment(
        **nullable("Time at which the file is deleted, a day after it was finished. Null: pending.")
    )
    size = fields.Integer(**nullable("Size of the file in bytes. Null: there is no file yet."))


DataExportsSchema = list_of(
    DataExportSchema,
    "DataExports",
    "Exports of the patient's data.",
    items="The export that is pending or can be fetched; empty where there is none.",
)
