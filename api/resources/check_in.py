"""The words of the check-in, for every app alike."""

from typing import Any

from flask.views import MethodView

from api.auth import requires
from api.domain.authority import ActorKind, Scope
from api.domain.entries.optional_questions import SELF_HARM_QUESTION
from api.domain.site_texts import in_language
from api.resources.blueprint import IF_NONE_MATCH, Blueprint
from api.resources.request_context import now, principal, read_session, unless_unchanged
from api.schemas.check_in import CheckInSchema
from api.services.care.optional_questions import signed_at
from api.services.organisation import sites
from api.words.check_in import check_in_of_site
from api.words.speaking import accepted_language, language_of_request

blp = Blueprint("check-in", __name__, url_prefix="/v1/check-in", description="Words of the check-in.")


@blp.route("")
class CheckIn(MethodView):
    """The check-in in words."""

    @requires(Scope.SELF)
    @blp.response(200, CheckInSchema)
    @blp.alt_response(304, success=True, description="The revision of If-None-Match is current")
    @blp.doc(parameters=[IF_NONE_MATCH])
    def get(self) -> Any:
        """The questions of an entry with their words, ranges, body sites, red flags and reasons for a gap.

        In the patient's language, so that every app asks alike. Keep it on the phone for use without a
        network, and ask again with If-None-Match.
        """
        is_staff = principal().kind is ActorKind.STAFF  # who read diaries on pages in their own language
        language = accepted_language() if is_staff else language_of_request()
        with read_session() as session:
            site = sites.read_site(session, principal().site_id)
            signed = signed_at(session, site.id, now=now())
        shown = check_in_of_site(
            language,
            is_approved=signed.approves(SELF_HARM_QUESTION),
            answered_by=in_language(site.self_harm_answered_by, language),
            crisis_line=site.crisis_line,
        )
        return unless_unchanged(shown, shown["revision"])
