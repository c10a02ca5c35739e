"""Every instrument there is: an explicit list, oldest version of each first."""

from api.domain.errors import UnknownInstrument
from api.domain.instruments.catalogue import bpi_sf
from api.domain.instruments.definition import Instrument

INSTRUMENTS: tuple[Instrument, ...] = (bpi_sf.BPI_SF,)


def find(code: str, version: str | None = None) -> Instrument:
    """Return an instrument, in its newest version unless one is named.

    Raises:
        UnknownInstrument: There is none of this code, or none of this version.

    >>> find("bpi-sf").name
    'Brief Pain Inventory, Short Form'
    """
    of_code = [instrument for instrument in INSTRUMENTS if instrument.code == code]
    if not of_code:
        known = ", ".join(dict.fromkeys(instrument.code for instrument in INSTRUMENTS))
        raise UnknownInstrument(f"there is no instrument {code!r}; there are {known}")
    if version is None:
        return of_code[-1]
    found = [instrument for instrument in of_code if instrument.version == version]
    if not found:
        versions = ", ".join(instrument.version for instrument in of_code)
        raise UnknownInstrument(f"{code} has no version {version!r}; it has {versions}")
    return found[0]
