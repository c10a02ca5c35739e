"""Origin of an entry: the way it came in, and who reported it."""

from enum import StrEnum

from api.domain.authority import ActorKind, Principal


class EntryVia(StrEnum):
    """Way in which an entry came in."""

    APP = "app"
    PHONE = "phone"  # by telephone, written down by staff
    PAPER = "paper"
    VISIT = "visit"


class ReportedBy(StrEnum):
    """Person whose report an entry is."""

    PATIENT = "patient"
    PROXY = "proxy"


def reporter_of(by: Principal) -> ReportedBy:
    """Return whose report the entries of a device are: its grant decides, not what the device says."""
    return ReportedBy.PATIENT if by.kind is ActorKind.PATIENT else ReportedBy.PROXY
