"""In which language this request is answered."""

from collections.abc import Callable

from flask import current_app, g, has_request_context, request

from api.domain.enrolment import Language

EXTENSION = "aimss.language"
"""Where the application keeps how to find out the language of a request."""


def language_of_request() -> Language:
    """Return the language of this request, found out once, when something is to be said."""
    if not has_request_context():
        return Language.ENGLISH
    if "language" not in g:
        find: Callable[[], Language] | None = current_app.extensions.get(EXTENSION)
        g.language = find() if find else Language.ENGLISH
    found: Language = g.language
    return found


def accepted_language() -> Language:
    """Return the language of ours that Accept-Language likes best; English where it names none of them."""
    known = {language.value: language for language in Language}
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((known[tag] for tag in wanted if tag in known), Language.ENGLISH)
