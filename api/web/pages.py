"""Pages a browser opens: the API's documentation, what each kind of problem means, where messages lead."""

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
"""What the page of a message says before anybody is known: patients and staff see it alike."""


@pages.get("/")
@public
def home() -> Response:
    """Show the documentation; the phone app and the care-team pages are to live here."""
    return redirect("/docs")


@pages.get("/docs")
@public
def docs() -> str:
    """Show the API's documentation; every asset comes from this package."""
    return render_template("docs.html")


@pages.get("/m/<uuid:message_id>")
@public
def message(message_id: UUID) -> str:  # noqa: ARG001 - the same page for every id: it tells nobody which there are
    """Show where a message leads: a sign-in, and nothing about anybody before it."""
    language = accepted_language()
    said = {text: translated(text, language) for text in MESSAGE_PAGE}
    return render_template("message.html", language=language.value, said=said)


@pages.get("/invitation")
@public
def invitation() -> str:
    """Show where somebody who was invited sets a password; the token stays behind the `#`."""
    return render_template("invitation.html")


@pages.get("/problems/<slug>")
@public
def problem(slug: str) -> str:
    """Say what one kind of problem means and what to do, in the reader's language where there are words."""
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
        said=words.said if words else None,
        status=status,
        meaning=meaning,
        todo=problems().get(slug, {}).get("todo", ""),
    )


def known_kinds() -> dict[str, tuple[HTTPStatus, str]]:
    """Return every kind of problem by its slug, with its status and its meaning in English."""
    of_domain = {slug_of(kind): (status, kind.__doc__ or "") for kind, status in PROBLEMS.items()}
    of_http = {slug: (status, problems()[slug]["meaning"]) for status, slug in OF_HTTP.items()}
    return of_http | of_domain
