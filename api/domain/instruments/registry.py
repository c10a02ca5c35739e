"""Registry of instruments: an explicit list, the oldest version of each code first.

An instrument is never removed from the list, because stored assessments name it: set ``retired`` on
its definition instead.
"""

from collections.abc import Mapping, Sequence

from api.domain.errors import UnknownInstrument
from api.domain.instruments.catalogue import (
    bcpt_ms,
    bpi_sf,
    fact_b,
    fact_es,
    fiq,
    fiqr,
    haq_di,
    m_sacrah,
    mars_5,
    pro_ctcae,
    promis_29,
    promis_global_10,
    promis_pi_4a,
    qlq_br23,
    qlq_c30,
    quickdash,
)
from api.domain.instruments.definition import Instrument

INSTRUMENTS: tuple[Instrument, ...] = (
    bpi_sf.BPI_SF,
    haq_di.HAQ_DI,
    fiq.FIQ,
    fiqr.FIQR,
    fiqr.SIQR,
    pro_ctcae.PRO_CTCAE,
    fact_b.FACT_B,
    fact_es.FACT_ES,
    qlq_c30.QLQ_C30,
    qlq_br23.QLQ_BR23,
    promis_29.PROMIS_29,
    promis_pi_4a.PROMIS_PI_4A,
    promis_global_10.PROMIS_GLOBAL_10,
    bcpt_ms.BCPT_MS,
    m_sacrah.M_SACRAH,
    quickdash.QUICKDASH,
    mars_5.MARS_5,
)


def newest(among: Sequence[Instrument]) -> dict[str, Instrument]:
    """Return the newest version of each instrument, by code."""
    return {instrument.code: instrument for instrument in among}


NEWEST: Mapping[str, Instrument] = newest(INSTRUMENTS)
"""The newest version of each instrument, by code; retired ones included."""


def find(code: str, version: str | None = None, *, among: Sequence[Instrument] = INSTRUMENTS) -> Instrument:
    """Return an instrument, retired or not; in its newest version unless one is named.

    Raises:
        UnknownInstrument: No instrument has this code, or this version.

    >>> find("bpi-sf").name
    'Brief Pain Inventory, Short Form'
    """
    of_code = [instrument for instrument in among if instrument.code == code]
    if not of_code:
        known = ", ".join(dict.fromkeys(instrument.code for instrument in among))
        raise UnknownInstrument(f"there is no instrument {code[:60]!r}; there are {known}")
    if version is None:
        return of_code[-1]
    found = [instrument for instrument in of_code if instrument.version == version]
    if not found:
        versions = ", ".join(instrument.version for instrument in of_code)
        raise UnknownInstrument(f"{code} has no version {version[:60]!r}; it has {versions}")
    return found[0]
