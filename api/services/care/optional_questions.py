"""Optional questions of a site: their sign-off, and those that are on for a patient."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.content_hash import content_hash
from api.domain.documents import UnusableDocument
from api.domain.entries.optional_questions import (
    BUILT_IN,
    GAP_QUESTION,
    QUESTIONS_FORMAT,
    QuestionWording,
    SignedQuestions,
    document_of,
)
from api.domain.errors import InvalidQuestions, QuestionsTaken
from api.domain.schedule import local_day, zone_of
from api.models.patient import Patient
from api.models.site_document import QuestionsRow
from api.services.policies.site_documents import DocumentStore, id_in_force

log = logging.getLogger(__name__)


class QuestionStore(DocumentStore[QuestionsRow, SignedQuestions]):
    """The sign-offs of sites."""

    format = QUESTIONS_FORMAT
    table = QuestionsRow
    invalid, taken = InvalidQuestions, QuestionsTaken
    audit_action = "questions.signed_off"
    version_label = "version"
    why_not_past = "what was asked then stays as it was; leave it out for a sign-off from now on"

    def version_of(self, content: SignedQuestions) -> str:
        """Return the content hash."""
        return content_hash(document_of(content))

    @classmethod
    def parse(cls, document: Any) -> SignedQuestions:
        """Return a sign-off that was sent.

        Raises:
            InvalidQuestions: It is none, or a revision is not that of the present wording: the caller has
                read another one.
        """
        content = super().parse(document)
        other = "is not the revision of the present wording: read it, and sign that off"
        if outdated := content.outdated():
            problems = {f"document.questions.{name}": other for name in outdated}
            raise InvalidQuestions("; ".join(f"{name} {other}" for name in outdated), problems)
        return content


STORE = QuestionStore()


def questions_for(session: Session, patient: Patient, *, now: datetime) -> list[QuestionWording]:
    """Return the questions to ask a patient beside those of every entry: the optional ones, and the gap.

    Where the start of the tablets is not known, weeks count from enrolment.
    """
    signed = signed_at(session, patient.site_id, now=now)
    zone = zone_of(patient.timezone)
    started_on = patient.ai_started_on or local_day(patient.enrolled_at, zone)
    return [*signed.asked_of(started_on, local_day(now, zone)), GAP_QUESTION]


def signed_at(session: Session, site_id: UUID, *, now: datetime) -> SignedQuestions:
    """Return the sign-off in force at a site; one that cannot be read signs nothing off."""
    of_site = literal(site_id, QuestionsRow.site_id.type)
    row_id = session.scalar(select(id_in_force(QuestionsRow, of_site, literal(now, UtcDateTime))))
    try:
        return STORE.find(session, row_id)
    except UnusableDocument as error:
        extra = {"questions_id": str(row_id), "error": str(error)[:500]}
        log.error("a site's questions cannot be read", extra=extra)  # noqa: TRY400 - not a bug: no traceback
        return BUILT_IN
