"""Wording of questionnaires: shipped with the software, or loaded by a site under its licence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.domain.account_errors import UnknownSite
from api.domain.instruments.definition import NOT_LICENSED, Instrument
from api.domain.instruments.wording import EVERY_ITEM, LoadedWording, fits, shipped_languages
from api.models.site import Site
from api.models.wording import InstrumentWording
from api.services import audit
from api.services.accounts import accounts


@dataclass(frozen=True, slots=True)
class InstrumentTexts:
    """Wording of one questionnaire at one site in one language.

    Where it is incomplete, ``notice`` is the reason, and ``items`` holds the part that may be shipped.
    ``languages`` are those with a complete wording.
    """

    language: str
    languages: tuple[str, ...]
    items: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]
    licence: str | None
    """Of a loaded wording: the grantor, and the date."""
    notice: str | None


def load_wording(
    session: Session, site: Site, instrument: Instrument, wording: LoadedWording, *, now: datetime
) -> bool:
    """Put a wording in force at a site; return whether it differs from the present one.

    Earlier wordings are kept.
    """
    before = session.scalar(
        _newest_first(site.id)
        .where(InstrumentWording.instrument == instrument.code)
        .where(InstrumentWording.instrument_version == instrument.version)
        .where(InstrumentWording.language == wording.language)
        .limit(1)
    )
    loaded = (wording.items, wording.answers, wording.licence)
    if before is not None and (before.items, before.answers, before.licence) == loaded:
        return False
    row = InstrumentWording(
        id=uuid4(),
        site_id=site.id,
        instrument=instrument.code,
        instrument_version=instrument.version,
        language=wording.language,
        items=dict(wording.items),
        answers=dict(wording.answers),
        licence=wording.licence,
        loaded_at=now,
    )
    session.add(row)
    session.flush()
    detail = {"instrument": instrument.code, "language": wording.language}
    audit.record(
        session, "wording.loaded", by=None, now=now, site_id=site.id, object_id=row.id, detail=detail
    )
    return True


def texts_of(
    session: Session, site_id: UUID, instruments: Sequence[Instrument], *, language: str
) -> list[InstrumentTexts]:
    """Return the wording of each instrument at a site in a language, by one query."""
    codes = {instrument.code for instrument in instruments}
    query = _newest_first(site_id).where(InstrumentWording.instrument.in_(sorted(codes)))
    loaded = session.scalars(query).all()
    return [_texts(instrument, loaded, language) for instrument in instruments]


def site_named(session: Session, name: str | None) -> Site:
    """Return the site with this name; the only site where none is named.

    Raises:
        UnknownSite: No site has this name, or none was named and there are several.
    """
    if name is not None:
        return accounts.find_site(session, name)
    sites = list(session.scalars(select(Site).order_by(Site.name)))
    if len(sites) != 1:
        names = ", ".join(repr(site.name) for site in sites) or "none yet"
        raise UnknownSite(f"name the site with --site; there are: {names}")
    return sites[0]


def _newest_first(site_id: UUID) -> Select[InstrumentWording]:
    newest = InstrumentWording.loaded_at.desc(), InstrumentWording.id
    return select(InstrumentWording).where(InstrumentWording.site_id == site_id).order_by(*newest)


def _texts(instrument: Instrument, rows: Sequence[InstrumentWording], language: str) -> InstrumentTexts:
    own: dict[str, InstrumentWording] = {}
    for row in rows:  # of another version too, where it covers every item of this form
        if row.instrument == instrument.code and fits(row.items, instrument):
            own.setdefault(row.language, row)
    shipped = shipped_languages(instrument)
    languages = tuple(sorted({*own, *shipped}))
    if language in own:
        row = own[language]
        return InstrumentTexts(
            language, languages, row.items, _by_item(instrument, row.answers), row.licence, None
        )
    if language in shipped:
        items = {item.id: item.texts[language] for item in instrument.items if language in item.texts}
        return InstrumentTexts(language, languages, items, {}, None, None)
    if languages:
        notice = f"there is no wording in {language!r}; there is {', '.join(languages)}"
        return InstrumentTexts(language, languages, {}, {}, None, notice)
    return _shipped_in_part(instrument, language)


def _shipped_in_part(instrument: Instrument, language: str) -> InstrumentTexts:
    """Return the shipped part of a wording that is complete in no language."""
    on_form = [item for item in instrument.items if item.is_on_form]
    items = {item.id: item.texts[language] for item in on_form if language in item.texts}
    notice = NOT_LICENSED
    if items:
        notice = f"{len(items)} of {len(on_form)} items have words here; load your own text to ask them all"
    return InstrumentTexts(language, (), items, {}, None, notice)


def _by_item(
    instrument: Instrument, answers: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Mapping[str, str]]:
    of_all = answers.get(EVERY_ITEM, {})
    return {item.id: answers.get(item.id, of_all) for item in instrument.items}
