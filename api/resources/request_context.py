"""Request-scoped access to the settings, engine, database sessions, caller, patient, clock and ETags."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.authority import Principal
from api.domain.errors import VersionMissing, VersionMoved
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient
from api.services import audit
from api.services.access.visibility import find_patient
from api.services.entries.group_commit import EntryBatcher
from api.services.policies import policies
from api.services.scoring.optimistic_rescoring import OptimisticRescorer
from config.settings import Settings

Result = TypeVar("Result")

Versioned = tuple[Any, int, dict[str, str]]
"""Content of a response, its status, and its headers with the ETag."""


def settings() -> Settings:
    """Return the settings of the server."""
    return cast("Settings", current_app.extensions["aimss.settings"])


def engine() -> Engine:
    """Return the scoring engine of this server, in force where a site has no policy of its own."""
    return cast("Engine", current_app.extensions["aimss.engine"])


def site_engine(session: Session) -> Engine:
    """Return the engine in force at the caller's site, for reading."""
    return policies.engine_at(session, principal().site_id, default=engine(), now=now())


def database() -> Database:
    """Return the database."""
    return cast("Database", current_app.extensions["aimss.database"])


def principal() -> Principal:
    """Return the caller; only a view that `requires` a scope has one."""
    return cast("Principal", g.principal)


def now() -> datetime:
    """Return the present time; within a request only `EntryBatcher` has another clock."""
    return datetime.now(UTC)


def entry_batcher() -> EntryBatcher:
    """Return the group commit by which the entries of phones are recorded."""
    return cast("EntryBatcher", current_app.extensions["aimss.entry_batcher"])


def scored(work: Callable[[Session, datetime], Result]) -> Result:
    """Run a use case that changes scores in a transaction; it is durable when this returns.

    A long rescoring is done outside the transaction, which then runs again with the same time.

    Raises:
        TooManyRequests: Too many requests are rescored, or the caller's budget is spent.
    """
    rescorer: OptimisticRescorer = current_app.extensions["aimss.rescorer"]
    at = now()
    return rescorer(lambda session: work(session, at), is_charged=principal().is_for_patient)


def transaction() -> AbstractContextManager[Session]:
    """Open the request's one transaction, which is durable before the response is sent."""
    return database().begin()


def read_session() -> AbstractContextManager[Session]:
    """Open a read-only session."""
    return database().read()


def see_patient(session: Session, patient_id: UUID, action: str, object_id: UUID | None = None) -> Patient:
    """Return a patient whom the caller may see, and audit that their data are read."""
    patient = find_patient(session, principal(), patient_id)
    audit.record(session, action, by=principal(), now=now(), patient_id=patient_id, object_id=object_id)
    return patient


def etag_of(version: int | str) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


_CODED = re.compile(r'^(?:W/)?"(.*?)(?:(?:--?|;)(?:x-)?(?:gzip|br|zstd|deflate|compress))*"$')
"""An entity tag, without the mark of a weak one and without what compressing proxies add to it."""


def tags_in(header: str) -> set[str]:
    """Return the entity tags of an If-Match or If-None-Match header, as this server sent them.

    A proxy that compresses answers marks their ETags (Apache: ``"2-gzip"``, Jetty: ``"2--gzip"``)
    or makes them weak (nginx: ``W/"2"``), and few take the mark off again on the way in.

    >>> sorted(tags_in('"2-gzip", W/"3", "4;br", *'))
    ['"2"', '"3"', '"4"', '*']
    """
    return {_CODED.sub(r'"\1"', tag.strip()) for tag in header.split(",")}


_WITH_CONTENT = re.compile(r'\.[0-9a-f]{16}"$')
"""Hash of the content that follows the version in the ETag of a read that shows more than the record."""


def check_if_match(header: str | None, version: int) -> None:
    """Raise unless the header names the version that is to be changed.

    Raises:
        VersionMissing: There is no If-Match.
        VersionMoved: It names another version.
    """
    if not header:
        raise VersionMissing("send If-Match with the ETag of the version you read")
    offered = {_WITH_CONTENT.sub('"', tag) for tag in tags_in(header)}
    if etag_of(version) not in offered and "*" not in offered:
        raise VersionMoved(f"the present version is {etag_of(version)}")


def if_match(*, is_required: bool = True) -> Callable[[int], None]:
    """Return a check of the request's If-Match against a record's version: see `check_if_match`.

    Where it is not required, a request without the header passes.
    """
    header = request.headers.get("If-Match")
    return partial(check_if_match, header if is_required else header or "*")


def unless_unchanged(shown: Any, version: int | str) -> Any:
    """Return the answer of a read with its ETag, or 304 where If-None-Match names this version.

    Only for responses that change with the version alone: such as one entry, or a version that is a hash
    of the content.
    """
    headers, offered = {"ETag": etag_of(version)}, tags_in(request.headers.get("If-None-Match", ""))
    if {etag_of(version), "*"} & offered:
        return Response(status=304, headers=headers)
    return shown, 200, headers
