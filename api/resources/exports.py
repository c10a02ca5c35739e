"""Exports of a patient's data, for the patient."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.export import DataExport
from api.resources.blueprint import Blueprint
from api.resources.request_context import database, now, principal, read_session, transaction
from api.schemas.export import DataExportSchema, DataExportsSchema
from api.services.privacy import exports

blp = Blueprint(
    "exports", __name__, url_prefix="/v1/me/exports", description="Copies of everything kept about a patient."
)


@blp.route("")
class Exports(MethodView):
    """Exports of the patient's data."""

    @requires(Scope.PRIVACY)
    @blp.response(200, DataExportsSchema)
    def get(self) -> dict[str, Any]:
        """The export that is being made or can be fetched."""
        with read_session() as session:
            return {"items": exports.list_exports(session, principal(), now=now())}

    @requires(Scope.PRIVACY)
    @blp.response(202, DataExportSchema)
    def post(self) -> DataExport:
        """Ask for a copy of everything kept about the patient.

        The server makes it within minutes; read the export until its `state` is `ready`. While one is
        being made the same one is returned, so the request can be repeated. A new one takes the place of
        the last. At most five a day (429).
        """
        with transaction() as session:
            return exports.request_export(session, principal(), now=now())


@blp.route("/<uuid:export_id>")
class Export(MethodView):
    """One export of the patient's data."""

    @requires(Scope.PRIVACY)
    @fails_with(404)
    @blp.response(200, DataExportSchema)
    def get(self, export_id: UUID) -> DataExport:
        """The state of an export."""
        with read_session() as session:
            return exports.find_export(session, principal(), export_id, now=now())


@blp.route("/<uuid:export_id>/file")
class ExportFile(MethodView):
    """The file of an export."""

    @requires(Scope.PRIVACY)
    @fails_with(404, 409)
    @blp.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
    def get(self, export_id: UUID) -> Response:
        """The file: a ZIP archive with JSON, tables (CSV) and a page to print.

        `data.json` has every record: settings, entries and questionnaires with earlier versions and
        scores, measurements, notices to the care team with their reasons, messages, phones, and who used
        the data. Each table has the records of one kind. `summary.html` is a page to read or print, in
        the patient's language. Staff appear by role. Notes on alerts and the estimated risk of stopping,
        which are for the care team, are left out. The file is kept for a day. Each download is audited.
        """
        with transaction() as session:
            export = exports.open_file(session, principal(), export_id, now=now())
        return Response(
            exports.read_parts(database(), export),
            mimetype="application/zip",
            headers={
                "Content-Length": str(export.size),
                "Content-Disposition": f'attachment; filename="aimss-{export.requested_at:%Y-%m-%d}.zip"',
                "Cache-Control": "no-store",
            },
        )
