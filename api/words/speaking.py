"""The language of the response to a request."""

from collections.abc import Callable

from flask import current_app, g, has_request_context, request

from api.domain.enrolment import Language

EXTENSION = "aimss.language"
"""Key of the application's extension that returns the language of a request."""


def language_of_request() -> Language:
    """Return the language of this request, determined once."""
    if not has_request_context():
        return Language.ENGLISH
    if "language" not in g:
        find: Callable[[], Language] | None = current_app.extensions.get(EXTENSION)
        g.language = find() if find else Language.ENGLISH
    found: Language = g.language
    return found


def accepted_language() -> Language:
    """Return the supported language with the highest preference in Accept-Language, else English."""
    known = {language.value: language for language in Language}
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((known[tag] for tag in wanted if tag in known), Language.ENGLISH)
