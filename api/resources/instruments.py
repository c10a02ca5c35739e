"""Instruments: items, scoring, sources, and the wording at the caller's site."""

from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.enrolment import Language
from api.domain.instruments import registry
from api.domain.instruments.definition import Instrument, Item
from api.domain.instruments.fingerprint import fingerprint
from api.models.patient import Patient
from api.resources.blueprint import Blueprint
from api.resources.request_context import principal, read_session
from api.schemas.instrument import (
    InstrumentQuerySchema,
    InstrumentSchema,
    InstrumentsSchema,
    LanguageQuerySchema,
)
from api.services.instruments import wordings
from api.services.instruments.wordings import InstrumentTexts

blp = Blueprint("instruments", __name__, url_prefix="/v1/instruments", description="Questionnaires.")


@blp.route("")
class Instruments(MethodView):
    """Every instrument."""

    @requires(Scope.SELF)
    @fails_with(422)
    @blp.arguments(LanguageQuerySchema, location="query")
    @blp.response(200, InstrumentsSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Every instrument in its newest version, with its licence, and whether its wording is here."""
        known = list(registry.NEWEST.values())
        with read_session() as session:
            texts = _texts(session, known, query["language"])
        return {"items": [_summary(*pair) for pair in zip(known, texts, strict=True)]}


@blp.route("/<string:code>")
class InstrumentByCode(MethodView):
    """One instrument."""

    @requires(Scope.SELF)
    @fails_with(404, 422)
    @blp.arguments(InstrumentQuerySchema, location="query")
    @blp.response(200, InstrumentSchema)
    def get(self, query: dict[str, Any], code: str) -> dict[str, Any]:
        """One instrument: items, ranges, directions, bands, what change matters, sources, and its words.

        Where the site holds no licence for the wording, items have ids and ranges only, and `wording`
        says so; it can be scored from answers all the same.
        """
        instrument = registry.find(code, query["version"])
        with read_session() as session:
            [texts] = _texts(session, [instrument], query["language"])
        return _summary(instrument, texts) | {
            "items": [_item(item, texts) for item in instrument.items],
            "options": instrument.options,
            "scores": instrument.scores,
            "missing_rule": instrument.missing_rule,
            "algorithm": instrument.algorithm,
            "sources": instrument.sources,
            "cautions": instrument.cautions,
            "scorer": fingerprint(instrument),
        }


def _texts(session: Session, instruments: list[Instrument], language: str | None) -> list[InstrumentTexts]:
    caller = principal()
    if language is None and caller.is_for_patient:
        language = session.get_one(Patient, caller.id).language
    chosen = language or Language.ENGLISH.value
    return wordings.texts_of(session, caller.site_id, instruments, language=chosen)


def _summary(instrument: Instrument, texts: InstrumentTexts) -> dict[str, Any]:
    return {
        "code": instrument.code,
        "version": instrument.version,
        "name": instrument.name,
        "title": instrument.title,
        "recall_period": instrument.recall_period,
        "retired": instrument.retired,
        "licence": instrument.licence,
        "wording": {
            "language": texts.language,
            "available": texts.notice is None,
            "notice": texts.notice,
            "languages": texts.languages,
            "licence": texts.licence,
        },
    }


def _item(item: Item, texts: InstrumentTexts) -> dict[str, Any]:
    return {
        "id": item.id,
        "lowest": item.lowest,
        "highest": item.highest,
        "integers_only": item.is_integer,
        "choices": item.choices,
        "asked": item.is_on_form,
        "text": texts.items.get(item.id),
        "answer_texts": texts.answers.get(item.id, {}),
    }
