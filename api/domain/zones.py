"""Names of time zones."""

from functools import cache
from zoneinfo import available_timezones

from api.domain.errors import InvalidTimezone

NOT_RESIDENTIAL = frozenset({"Factory", "localtime"})


@cache
def timezones() -> frozenset[str]:
    """Return the names of the IANA time zone database that a person can live in."""
    return frozenset(available_timezones()) - NOT_RESIDENTIAL


def check_timezone(name: str) -> str:
    """Return ``name`` if it is a time zone.

    Raises:
        InvalidTimezone: It is not.

    >>> check_timezone("Europe/Berlin")
    'Europe/Berlin'
    """
    if name not in timezones():
        raise InvalidTimezone(f"{name!r} is not a time zone; an example is Europe/Berlin")
    return name
