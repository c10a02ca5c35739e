"""Sentences that a site says to its patients, each in the languages the site has written it in."""

from collections.abc import Mapping

from api.domain.enrolment import Language

SITE_TEXTS = ("hours", "read_when", "called_when", "self_harm_answered_by")
"""Names of the sentences of a site: nothing about when somebody reads or calls is said but these."""


def in_language(texts: Mapping[str, str] | None, language: Language) -> str | None:
    """Return a site's sentence in ``language``, else in English, else in any; None: the site has none.

    >>> in_language({"de": "Mo-Fr 8-16 Uhr", "en": "Mon-Fri 8-16 h"}, Language.FRENCH)
    'Mon-Fri 8-16 h'
    """
    if not texts:
        return None
    for wanted in (language, Language.ENGLISH, *Language):
        if wanted in texts:
            return texts[wanted]
    return None
