"""Pages for browsers: API documentation, problem types, and links of messages and invitations."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template
from werkzeug import Response
from werkzeug.exceptions import NotFound

from api.auth import public
from api.domain.enrolment import Language
from api.errors import OF_HTTP, PROBLEMS, slug_of, title_of
from api.words.catalogue import problem_words, problems, translated
from api.words.speaking import accepted_language

pages = Blueprint("pages", __name__, template_folder="templates")

MESSAGE_PAGE = (
    "You have a message. Open AIMSS Monitor to read it.",
    "This page needs JavaScript. The alert is on your worklist, too.",
)
"""Texts of the page of a message, the same for patients and staff, before sign-in."""


@pages.get("/")
@public
def home() -> Response:
    """Redirect to the documentation."""
    return redirect("/docs")


@pages.get("/docs")
@public
def docs() -> str:
    """Show the API's documentation; every asset comes from this package."""
    return render_template("docs.html")


@pages.get("/m/<uuid:message_id>")
@public
def message(message_id: UUID) -> str:  # noqa: ARG001 - the same page for every id
    """Show the page of a message, the same for every id, so that it does not reveal which ids exist."""
    language = accepted_language()
    texts = {text: translated(text, language) for text in MESSAGE_PAGE}
    return render_template("message.html", language=language.value, texts=texts)


@pages.get("/invitation")
@public
def invitation() -> str:
    """Show the page on which an invited person sets a password; the token is in the fragment."""
    return render_template("invitation.html")


@pages.get("/problems/<slug>")
@public
def problem(slug: str) -> str:
    """Show meaning and remedy of one type of problem, translated if there is a translation."""
    kinds = known_kinds()
    if slug not in kinds:
        raise NotFound
    status, meaning = kinds[slug]
    language = accepted_language()
    words = problem_words(slug, language)
    return render_template(
        "problem.html",
        language=language.value if words else Language.ENGLISH.value,
        title=words.title if words else title_of(slug),
        text=words.text if words else None,
        status=status,
        meaning=meaning,
        todo=problems().get(slug, {}).get("todo", ""),
    )


def known_kinds() -> dict[str, tuple[HTTPStatus, str]]:
    """Return every type of problem by slug, with its status and its meaning in English."""
    of_domain = {slug_of(kind): (status, kind.__doc__ or "") for kind, status in PROBLEMS.items()}
    of_http = {slug: (status, problems()[slug]["meaning"]) for status, slug in OF_HTTP.items()}
    return of_http | of_domain
