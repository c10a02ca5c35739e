"""Names and questions of questionnaires, as far as the site has their words."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.errors import UnknownInstrument
from api.domain.instruments import registry
from api.services.instruments.wordings import texts_of


class Questionnaires:
    """Names and questions of questionnaires in one language; each is looked up once."""

    def __init__(self, session: Session, site_id: UUID, language: str) -> None:
        """Look up the words of a site."""
        self._session, self._site_id, self._language = session, site_id, language
        self._known: dict[str, tuple[str, Mapping[str, str]]] = {}

    def name(self, code: str) -> str:
        """Return the full name of a questionnaire; the code where this version does not know it."""
        return self._find(code)[0]

    def questions(self, code: str) -> Mapping[str, str]:
        """Return the questions by item, as far as their licence lets the site show them."""
        return self._find(code)[1]

    def _find(self, code: str) -> tuple[str, Mapping[str, str]]:
        if code not in self._known:
            try:
                instrument = registry.find(code)
            except UnknownInstrument:
                self._known[code] = code, {}
            else:
                [texts] = texts_of(self._session, self._site_id, [instrument], language=self._language)
                self._known[code] = instrument.name, texts.items
        return self._known[code]
