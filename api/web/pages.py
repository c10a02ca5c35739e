"""Pages a browser opens: the API's documentation, what each kind of problem means, where messages lead."""

from uuid import UUID

from flask import Blueprint, redirect, render_template
from werkzeug import Response
from werkzeug.exceptions import NotFound

from api.auth import public
from api.errors import PROBLEMS, slug_of

pages = Blueprint("pages", __name__, template_folder="templates")


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
    return render_template("message.html")


@pages.get("/problems/<slug>")
@public
def problem(slug: str) -> str:
    """Say what one kind of problem means."""
    kinds = {slug_of(kind): (kind, status) for kind, status in PROBLEMS.items()}
    if slug not in kinds:
        raise NotFound
    kind, status = kinds[slug]
    title = slug.replace("-", " ").capitalize()
    return render_template("problem.html", title=title, status=status, meaning=kind.__doc__)
