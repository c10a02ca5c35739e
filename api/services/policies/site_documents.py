"""Dated documents of a site: the current, past and upcoming ones, and setting another one.

Rows are only ever added. The document in force at a moment is the last one that takes effect by then,
or the built-in one. Policies and escalation ladders are stored in this way.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, literal_column, select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.documents import Content, DocumentFormat, UnusableDocument
from api.domain.errors import DomainError, InvalidMoment
from api.models.site import Site
from api.models.site_document import SiteDocumentRow
from api.services import audit

MAX_AHEAD = timedelta(days=366)
"""Longest time ahead for which a document can be set."""

MAX_CACHED = 1000
"""Documents that a process keeps parsed; one more empties the cache."""

Row = TypeVar("Row", bound=SiteDocumentRow)
Key = TypeVar("Key")
Value = TypeVar("Value")
Start = TypeVar("Start", date, datetime)

_CONTENTS: dict[UUID, Any] = {}  # by the row's id: a row never changes once it is written


@dataclass(frozen=True, slots=True)
class SiteDocument(Generic[Row, Content]):
    """One document of a site.

    ``row`` is None for the built-in document, in force before any other. ``content`` and ``version``
    are None where this version of the software cannot read the document; ``problem`` then names why.
    """

    row: Row | None
    content: Content | None
    version: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentStatus(Generic[Row, Content]):
    """A site's documents of one kind at a moment; past and upcoming ones in the order of time."""

    past: Sequence[SiteDocument[Row, Content]]
    current: SiteDocument[Row, Content]
    upcoming: Sequence[SiteDocument[Row, Content]]


class DocumentStore(ABC, Generic[Row, Content]):
    """The dated documents of one kind."""

    format: DocumentFormat[Content]
    table: type[Row]
    invalid: ClassVar[type[DomainError]]
    """Raised for a document that cannot be used."""
    taken: ClassVar[type[DomainError]]
    """Raised where another document takes effect at the same moment."""
    audit_action: ClassVar[str]
    version_label: ClassVar[str]
    """Label of the version where a document is listed."""
    why_not_past: ClassVar[str]
    """Reason why a document cannot take effect in the past, for the message."""

    @abstractmethod
    def version_of(self, content: Content) -> str:
        """Return the content hash."""

    def check_references(self, session: Session, site_id: UUID, content: Content) -> None:
        """Raise ``invalid`` where a document names something that the site does not have."""

    @classmethod
    def parse(cls, document: Any) -> Content:
        """Return the content of a document that was sent, or raise ``invalid``."""
        return parse_document(cls.format.read, document, cls.invalid, cls.format.noun)

    @classmethod
    def find(cls, session: Session, row_id: UUID | None) -> Content:
        """Return a stored document, None: the built-in one; it is queried and parsed only once.

        Raises:
            UnusableDocument: This version of the software cannot read it.
        """
        if row_id is None:
            return cls.format.built_in
        content: Content | None = _CONTENTS.get(row_id)
        if content is None:
            document = session.scalars(select(cls.table.document).where(cls.table.id == row_id)).one()
            content = cache(_CONTENTS, row_id, cls.format.read(document))
        return content

    def status(self, session: Session, site_id: UUID, *, now: datetime) -> DocumentStatus[Row, Content]:
        """Return the document in force at a site, the earlier and the upcoming ones."""
        rows: Sequence[Row] = session.scalars(
            select(self.table).where(self.table.site_id == site_id).order_by(self.table.effective_from)
        ).all()
        begun = sum(row.effective_from <= now for row in rows)
        documents = [self._document(session, row) for row in (None, *rows)]
        return DocumentStatus(documents[:begun], documents[begun], documents[begun + 1 :])

    def set(
        self,
        session: Session,
        site_id: UUID,
        content: Content,
        *,
        now: datetime,
        since: datetime | None = None,
        note: str | None = None,
        by: Principal | None = None,
    ) -> tuple[SiteDocument[Row, Content], bool]:
        """Put a document into force at a site; it stays in force until a later one takes effect.

        A document equal to the one in force at that moment is not written, so that a retry is safe.

        Args:
            session: A transaction; the site stays locked until it ends.
            site_id: The site.
            content: The document.
            now: The present moment.
            since: The moment it takes effect; None: now.
            note: Reason for setting it.
            by: The caller; None: the command line.

        Returns:
            The document in force from then on, and whether it is new.

        Raises:
            DomainError: ``taken``, or ``invalid`` from ``check_references``.
            InvalidMoment: The moment is past, or too far ahead.
        """
        moment = since or now
        session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)).one()
        begun = select(self.table).where(self.table.site_id == site_id, self.table.effective_from <= moment)
        last = session.scalar(begun.order_by(self.table.effective_from.desc()).limit(1))
        before = self._document(session, last)
        if before.content == content:
            return before, False
        check_start(moment, now, past=f"lies in the past: {self.why_not_past}", field="is past")
        self.check_references(session, site_id, content)
        if last is not None and last.effective_from == moment:
            later = "choose a moment after it"
            raise self.taken(f"another {self.format.noun} takes effect at {moment.isoformat()}: {later}")
        row = self.table(
            id=uuid4(),
            site_id=site_id,
            effective_from=moment,
            document=self.format.dump_stored(content),
            version=self.version_of(content),
            set_by=by.id if by else None,
            note=note,
            created_at=now,
        )
        session.add(row)
        session.flush()
        detail = {"version": row.version, "effective_from": moment.isoformat()}
        audit.record(
            session, self.audit_action, by=by, now=now, site_id=site_id, object_id=row.id, detail=detail
        )
        return self._document(session, row), True

    def _document(self, session: Session, row: Row | None) -> SiteDocument[Row, Content]:
        try:
            content = self.find(session, row.id if row else None)
        except UnusableDocument as error:
            return SiteDocument(row, None, None, f"this version of the software cannot read it: {error}")
        return SiteDocument(row, content, self.version_of(content))


def id_in_force(
    table: type[Row], site_id: SQLColumnExpression[UUID], now: ColumnElement[datetime]
) -> ScalarSelect[UUID]:
    """Return the id of the document in force at a site, as a column of a query; NULL: the built-in one."""
    begun = select(table.id).where(table.site_id == site_id, table.effective_from <= now)
    zero: ColumnElement[int] = literal_column("0")  # as SQL: a prepared statement has no bound values
    one: ColumnElement[int] = literal_column("1")
    return begun.order_by(table.effective_from.desc()).limit(one).offset(zero).scalar_subquery()


def parse_document(
    read: Callable[[Any], Content], document: Any, error: type[DomainError], noun: str
) -> Content:
    """Return the content of a document that was sent.

    Raises:
        DomainError: ``error``, with every problem by field.
    """
    try:
        return read(document)
    except UnusableDocument as unusable:
        raise error(f"this {noun} cannot be used", unusable.by_field()) from unusable


def check_start(start: Start, present: Start, *, past: str, field: str) -> None:
    """Refuse a start that is past or more than 366 days ahead.

    Args:
        start: The moment or local day on which a document takes effect.
        present: The present moment or local day.
        past: Continuation of the message where ``start`` is past.
        field: The same, for the field ``effective_from``.

    Raises:
        InvalidMoment: The start is past or too far ahead.
    """
    if start < present:
        raise InvalidMoment(f"{start.isoformat()} {past}", {"effective_from": field})
    if start > present + MAX_AHEAD:
        ahead = f"lies more than {MAX_AHEAD.days} days ahead"
        raise InvalidMoment(f"{start.isoformat()} {ahead}", {"effective_from": ahead})


def cache(cached: dict[Key, Value], key: Key, value: Value) -> Value:
    """Add a value to a cache of at most 1,000; return the value that another thread has added first."""
    if len(cached) >= MAX_CACHED:
        cached.clear()
    return cached.setdefault(key, value)
