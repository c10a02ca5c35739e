"""A patient's own entries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask.views import MethodView
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.entries.parse import MAX_ENTRIES_PER_BATCH
from api.domain.json_values import repeated_in
from api.errors import describe
from api.models.entry import EntryRow
from api.resources import refused_requests
from api.resources.blueprint import IF_NONE_MATCH, Blueprint
from api.resources.request_context import (
    Versioned,
    engine,
    entry_batcher,
    etag_of,
    if_match,
    principal,
    read_session,
    scored,
    unless_unchanged,
)
from api.schemas.entry import (
    EntryBatchResultSchema,
    EntryBatchSchema,
    EntryCorrectionSchema,
    EntryHistorySchema,
    EntryPageSchema,
    EntryQuerySchema,
    EntryResultSchema,
    EntrySchema,
    NewEntrySchema,
)
from api.schemas.fields import PageQuery
from api.schemas.rejected_entry import RejectedEntriesSchema
from api.services.entries.corrections import correct_entry, withdraw_entry
from api.services.entries.diary_days import entries_between
from api.services.entries.record import EntrySubmission
from api.services.entries.results import ItemResult, ItemStatus
from api.services.paging import Page
from api.services.patients.diary_looks import read_times
from api.services.scoring import rejected_items
from api.services.versioned import ENTRIES, changes_since, received_times

blp = Blueprint("entries", __name__, url_prefix="/v1/me", description="A patient's own entries.")


@blp.route("/entries")
class Entries(MethodView):
    """The caller's entries."""

    @requires(Scope.REPORT)
    @fails_with(400, 409, 413, 415, 422)
    @blp.response(201, EntryResultSchema, description="The entry was created")
    @blp.alt_response(
        200,
        schema={"oneOf": [EntryBatchResultSchema(), EntryResultSchema()]},
        success=True,
        description="A result per item of a batch, or the first result of a repeated entry",
    )
    @blp.doc(
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [NewEntrySchema(), EntryBatchSchema()]}}},
        }
    )
    def post(self) -> Response:
        """Record one entry, or up to 500.

        Safe to repeat: the client's `id` makes each entry once. A batch answers 200 with a result
        per item: `created`, `duplicate` (same id, same content), `conflict` (same id, other
        content: correct it by PUT) or `rejected` with its problem; one bad item never sinks the
        others, and a rejected one is kept at `/v1/me/rejected-entries`. One entry alone answers
        201, 200 (duplicate), 409 or 422.
        """
        body = refused_requests.json_body()
        batch = isinstance(body, dict) and "entries" in body
        items = items_of(body) if batch else [body]
        results = entry_batcher()(EntrySubmission(principal(), items, refused_requests.sent_at()))
        refused_requests.note_recorded()
        if batch:
            return jsonify({"results": [show_result(result) for result in results]})
        return answer_one(results[0], at=request.path)

    @requires(Scope.DIARY_READ)
    @fails_with(422)
    @blp.arguments(EntryQuerySchema, location="query")
    @blp.response(200, EntryPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Everything that changed since a cursor, or the entries of a period.

        Without dates: entries in the order they last changed, withdrawn ones as tombstones. Keep
        `next` and send it as `since` the next time: nothing is missed and nothing comes twice.

        With `from` or `until`: the present versions of the entries about these local dates, newest
        first, withdrawn ones marked and without answers. An entry that changes between two pages may
        be missed: keep a copy by the change feed.
        """
        with read_session() as session:
            return read_entries(session, principal().id, query, own=True)


@blp.route("/entries/<uuid:entry_id>")
class EntryById(MethodView):
    """One entry."""

    @requires(Scope.DIARY_READ)
    @fails_with(404)
    @blp.response(200, EntrySchema)
    @blp.alt_response(304, success=True, description="The version of If-None-Match is current")
    @blp.doc(parameters=[IF_NONE_MATCH])
    def get(self, entry_id: UUID) -> Any:
        """The present version of one entry, with its ETag."""
        with read_session() as session:
            row = ENTRIES.find(session, principal().id, entry_id)
            shown = show_entry(session, row)
        return unless_unchanged(shown, row.version)

    @requires(Scope.REPORT)
    @fails_with(400, 404, 409, 412, 413, 415, 422, 428)
    @blp.response(200, EntrySchema)
    @blp.doc(
        parameters=["IF_MATCH"],
        requestBody={"required": True, "content": {"application/json": {"schema": EntryCorrectionSchema()}}},
    )
    def put(self, entry_id: UUID) -> Versioned:
        """Correct an entry.

        The new content replaces the old, which is kept; scores and alerts follow. Needs If-Match
        with the ETag that was read. A withdrawn entry counts again.
        """
        body = refused_requests.json_body()
        if not isinstance(body, dict):
            raise UnprocessableEntity("an entry is a JSON object")

        def correct(session: Session, now: datetime) -> dict[str, Any]:
            row = correct_entry(
                session,
                principal(),
                entry_id,
                body,
                check_version=if_match(),
                engine=engine(),
                now=now,
                sent_at=refused_requests.sent_at(),
            )
            return show_entry(session, row)

        shown = scored(correct)
        return shown, 200, {"ETag": etag_of(shown["version"])}

    @requires(Scope.REPORT)
    @fails_with(404, 409, 412, 428)
    @blp.response(204)
    @blp.doc(parameters=["IF_MATCH"])
    def delete(self, entry_id: UUID) -> None:
        """Withdraw an entry.

        It no longer counts; findings that depended on it alone are withdrawn. Its content stays in its
        history.
        Needs If-Match with the ETag that was read.
        """
        scored(
            lambda session, now: withdraw_entry(
                session, principal(), entry_id, check_version=if_match(), engine=engine(), now=now
            )
        )


@blp.route("/entries/<uuid:entry_id>/versions")
class EntryVersions(MethodView):
    """The former versions of one entry."""

    @requires(Scope.DIARY_READ)
    @fails_with(404)
    @blp.response(200, EntryHistorySchema)
    def get(self, entry_id: UUID) -> dict[str, Any]:
        """The former versions of an entry, oldest first."""
        with read_session() as session:
            return {"items": ENTRIES.history(session, principal().id, entry_id)}


@blp.route("/rejected-entries")
class RejectedEntries(MethodView):
    """The caller's rejected items."""

    @requires(Scope.DIARY_READ)
    @fails_with(422)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, RejectedEntriesSchema)
    def get(self, query: dict[str, Any]) -> Page[Any]:
        """The caller's rejected items, newest first."""
        with read_session() as session:
            return rejected_items.list_rejected(session, principal().id, **query)


def read_entries(
    session: Session, patient_id: UUID, query: dict[str, Any], *, own: bool = False
) -> dict[str, Any]:
    """Return a page of a patient's entries as it goes out, for their ``own`` eyes with `read_at`.

    ``query`` is an `EntryQuerySchema`.
    """
    limit, since = query["limit"], query.get("since")
    if "first" in query or "until" in query:
        period = {"since": query.get("first"), "until": query.get("until"), "cursor": query.get("cursor")}
        page = entries_between(session, patient_id, limit=limit, **period)
        items, following, more = page.items, page.next, page.next is not None
    else:
        changes = changes_since(session, EntryRow, patient_id, since=since, limit=limit)
        items, following, more = changes.items, changes.next, changes.more
    received = received_times(session, ENTRIES, patient_id, items)
    shown = [dump_entry(row, received[row.id]) for row in items]
    if own:
        standing = {row.id: received[row.id] for row in items if not row.withdrawn}
        read_at = read_times(session, patient_id, standing)
        shown = [{**entry, "read_at": read_at.get(entry["id"])} for entry in shown]
    return {"items": shown, "next": following, "more": more}


def show_entry(session: Session, row: EntryRow) -> dict[str, Any]:
    """Return one entry as it goes out."""
    return dump_entry(row, received_times(session, ENTRIES, row.patient_id, [row])[row.id])


def dump_entry(row: EntryRow, received_at: datetime) -> dict[str, Any]:
    """Return an entry as it goes out: flat, a withdrawn one without its answers.

    ``received_at`` is that of the present version.
    """
    return {
        "id": row.id,
        "recorded_at": row.recorded_at,
        "local_date": row.local_date,
        "received_at": received_at,
        "version": row.version,
        "withdrawn": row.withdrawn,
        "claimed_at": row.claimed_at,
        "claimed_date": row.claimed_date,
        "via": row.via,
        "reported_by": row.reported_by,
        **({} if row.withdrawn else row.answers),
    }


def items_of(body: dict[str, Any]) -> list[object]:
    """Return the entries of the body of a batch."""
    entries = body["entries"]
    if not isinstance(entries, list):
        raise UnprocessableEntity("entries: a list is needed")
    if len(entries) > MAX_ENTRIES_PER_BATCH:
        raise UnprocessableEntity(f"entries: {len(entries)} are more than {MAX_ENTRIES_PER_BATCH}; send less")
    if set(body) != {"entries"}:
        raise UnprocessableEntity("a batch holds entries and nothing else")
    if repeated_in(body):
        raise UnprocessableEntity("entries: is repeated in one batch")
    return entries


def show_result(result: ItemResult) -> dict[str, Any]:
    """Return the result of an item as it goes out."""
    shown: dict[str, Any] = {
        "id": result.entry_id,
        "status": result.status,
        "version": result.version,
        "received_at": result.received_at,
    }
    if result.problem is not None:
        shown["problem"] = describe(result.problem)
    return shown


def answer_one(result: ItemResult, *, at: str) -> Response:
    """Return the answer to one entry alone, which is found below the path ``at``."""
    if result.problem is not None:
        raise result.problem
    if result.status is ItemStatus.CONFLICT:
        raise ENTRIES.id_in_use()
    answer = jsonify(show_result(result))
    answer.status_code = 201 if result.status is ItemStatus.CREATED else 200
    answer.headers["ETag"] = etag_of(result.version or 1)
    answer.headers["Location"] = f"{at}/{result.entry_id}"
    return answer
