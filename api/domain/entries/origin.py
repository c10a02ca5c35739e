"""EntryOrigin of an entry or questionnaire: the way it came in, and who reported it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

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


_NOTHING: Mapping[str, Any] = MappingProxyType({})

BY_STAFF = tuple(via for via in EntryVia if via is not EntryVia.APP)
"""Ways in which staff write down what a patient says."""


@dataclass(frozen=True, slots=True)
class EntryOrigin:
    """The way an entry came in, and whose report it is."""

    via: EntryVia
    reported_by: ReportedBy

    def differs_from(self, via: str, reported_by: str) -> bool:
        """Return whether a stored origin is another one."""
        return (self.via, self.reported_by) != (via, reported_by)


def origin_of(by: Principal, stated: Mapping[str, Any] = _NOTHING) -> EntryOrigin:
    """Return the origin of what is sent: of a device its grant decides, and only staff state it."""
    if by.staff_id is not None:
        return EntryOrigin(EntryVia(stated["via"]), ReportedBy(stated["reported_by"]))
    reporter = ReportedBy.PATIENT if by.kind is ActorKind.PATIENT else ReportedBy.PROXY
    return EntryOrigin(EntryVia.APP, reporter)
