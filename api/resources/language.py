"""The language of a caller."""

from flask import Response, g
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Unauthorized

from api.auth import caller_of_request
from api.domain.enrolment import Language
from api.models.patient import Patient
from api.resources.request_context import database
from api.unavailable import DatabaseUnavailable
from api.words.speaking import accepted_language


def language_of_caller() -> Language:
    """Return a patient's own language, English for staff and services, else what Accept-Language asks for.

    A request can end before its view knows the caller (an unknown parameter, a missing scope); then the
    token is looked at here.
    """
    try:
        by = g.get("principal") or caller_of_request()
        if not by.is_for_patient:
            return Language.ENGLISH
        with database().connect() as connection:
            found = connection.scalar(select(Patient.language).where(Patient.id == by.id))
    except (
        Unauthorized,
        SQLAlchemyError,
        DatabaseUnavailable,
    ):  # a problem needs a language while the database is not available
        return accepted_language()
    return Language(found) if found else Language.ENGLISH


def name_language(response: Response) -> Response:
    """Set Content-Language on a response that contains sentences."""
    if "language" in g:
        response.headers["Content-Language"] = g.language.value
    return response
