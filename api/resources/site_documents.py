"""Shared parts of the endpoints of a site's policies and ladders."""

from typing import Any

from api.domain.documents import Content
from api.resources.request_context import now, principal, transaction
from api.services.policies.site_documents import DocumentStatus, DocumentStore, Row, SiteDocument


def set_document(
    store: DocumentStore[Row, Content], body: dict[str, Any]
) -> tuple[SiteDocument[Row, Content], bool]:
    """Put the document of a request into force at the caller's site; return it, and whether it is new."""
    content = store.parse(body["document"])
    with transaction() as session:
        return store.set(
            session,
            principal().site_id,
            content,
            now=now(),
            since=body.get("effective_from"),
            note=body.get("note"),
            by=principal(),
        )


def dump_status(store: DocumentStore[Row, Content], status: DocumentStatus[Row, Content]) -> dict[str, Any]:
    """Return the document in force and the upcoming ones, as the API returns them."""
    upcoming = [dump_document(store, document) for document in status.upcoming]
    return {"current": dump_document(store, status.current), "upcoming": upcoming}


def dump_document(store: DocumentStore[Row, Content], document: SiteDocument[Row, Content]) -> dict[str, Any]:
    """Return one document, as the API returns it."""
    row, content = document.row, document.content
    return {
        "id": row.id if row else None,
        "name": content.name if content else None,
        "effective_from": row.effective_from if row else None,
        "version": document.version,
        "set_by": row.set_by if row else None,
        "note": row.note if row else None,
        "created_at": row.created_at if row else None,
        "changes": store.format.changes(content) if content else [],
        "document": store.format.dump(content) if content else None,
        "problem": document.problem,
    }
