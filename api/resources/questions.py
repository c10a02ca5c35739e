"""Endpoints of the site's optional questions: their wording, and the sign-off."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.entries.optional_questions import SIGNABLE_QUESTIONS
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.resources.site_documents import dump_status, set_document
from api.schemas.question import NewSignedQuestionsSchema, SignedQuestionsStatusSchema
from api.services.care.optional_questions import STORE

blp = Blueprint("questions", __name__, url_prefix="/v1", description="Optional questions of the diary.")


@blp.route("/site/questions")
class SiteQuestions(MethodView):
    """The site's optional questions."""

    @requires(Scope.STAFF_READ)
    @blp.response(200, SignedQuestionsStatusSchema)
    def get(self) -> dict[str, Any]:
        """The optional questions with their wording, and which of them the site has signed off."""
        return _status()

    @requires(Scope.QUESTIONS_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewSignedQuestionsSchema)
    @blp.response(200, SignedQuestionsStatusSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Sign off the optional questions that patients of the site are asked. For clinicians.

        `thoughts_of_self_harm` approves the words of that red flag, which is offered once the site names who
        answers (`self_harm_answered_by` of `PATCH /v1/site`). The document names each question with the
        `revision` of the wording that was read; those left out are off. Nothing is overwritten, and a retry
        is safe. An answer to a question that is off is kept and scored all the same.
        """
        set_document(STORE, body)
        return _status()


def _status() -> dict[str, Any]:
    with read_session() as session:
        status = STORE.status(session, principal().site_id, now=now())
    signed = status.current.content
    asked = [] if signed is None else [name for name in signed.revisions if name not in signed.outdated()]
    return dump_status(STORE, status) | {"available": SIGNABLE_QUESTIONS, "asked": asked}
