"""Treatments of a patient with aromatase inhibitors over time: the present one, and those before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from api.domain.enrolment import AromataseInhibitor
from api.domain.errors import InvalidTreatments

MAX_TREATMENTS = 20


class StopReason(StrEnum):
    """Reason for which a treatment ended."""

    SIDE_EFFECTS = "side_effects"
    PATIENT_CHOICE = "patient_choice"
    PLANNED_END = "planned_end"
    PAUSE = "pause"
    MEDICAL = "medical"
    OTHER = "other"


NOT_EARLY = frozenset({StopReason.PLANNED_END, StopReason.PAUSE})
"""Reasons for which an end is no stopping before the planned end."""

STOPPED_AFTER = timedelta(days=180)
"""Time without tablets after which a treatment counts as stopped, although another one followed.

Source: studies of persistence call a gap of 180 days stopping (Hershman 2011, n = 8,769; SEER-Medicare,
n = 25,796). A change of the drug without such a gap is none: the first drug is kept for a median of 2.2
years where 17% stop in the first (n = 1,531, doi 10.1186/2193-1801-3-282).
"""


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment: its drug, first and last day, and why it ended; None where it is not known.

    Without a last day it goes on.
    """

    ai: AromataseInhibitor | None = None
    since: date | None = None
    until: date | None = None
    why_stopped: StopReason | None = None

    @property
    def is_known(self) -> bool:
        """True if anything is known of it."""
        return self != Treatment()


def is_stopped_early(ended: Treatment, following: Treatment | None) -> bool:
    """Return whether the end of a treatment counts as stopping early.

    An end for a reason of `NOT_EARLY` does not, nor does a switch: another treatment within `STOPPED_AFTER`.

    >>> ended = Treatment(since=date(2026, 1, 1), until=date(2026, 3, 1), why_stopped=StopReason.SIDE_EFFECTS)
    >>> soon, late = Treatment(since=date(2026, 5, 1)), Treatment(since=date(2026, 10, 1))
    >>> [is_stopped_early(ended, each) for each in (None, soon, late)]
    [True, False, True]
    """
    if ended.until is None or ended.why_stopped in NOT_EARLY:
        return False
    return following is None or following.since is None or following.since - ended.until >= STOPPED_AFTER


def check_treatments(treatments: Sequence[Treatment]) -> None:
    """Raise unless treatments are in order, and all but the last one have ended.

    >>> check_treatments([Treatment(since=date(2026, 3, 2), until=date(2026, 3, 1))])
    Traceback (most recent call last):
    api.domain.errors.InvalidTreatments: treatments.0.until: lies before its first day

    Raises:
        InvalidTreatments: Names each field that contradicts another.
    """
    errors = dict(_of_each(treatments)) | dict(_of_order(treatments))
    if errors:
        raise InvalidTreatments("; ".join(f"{name}: {what}" for name, what in errors.items()), errors)


def _of_each(treatments: Sequence[Treatment]) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(treatments):
        place = f"treatments.{number}"
        if not each.is_known:
            yield place, "says nothing"
        if each.since and each.until and each.until < each.since:
            yield f"{place}.until", "lies before its first day"
        if each.why_stopped and each.until is None:
            yield f"{place}.why_stopped", "needs the last day"


def _of_order(treatments: Sequence[Treatment]) -> Iterator[tuple[str, str]]:
    for number, (earlier, later) in enumerate(pairwise(treatments)):
        if earlier.until is None:
            yield f"treatments.{number}.until", "is needed, as another treatment follows"
        elif later.since is None:
            yield f"treatments.{number + 1}.from", "is needed, as another treatment came before"
        elif later.since < earlier.until:
            yield f"treatments.{number + 1}.from", "lies before the end of the treatment before"


def is_switch(before: Treatment, after: Treatment) -> bool:
    """Return whether a change of the present treatment is a switch to another one, and no correction.

    >>> letrozole = Treatment(AromataseInhibitor.LETROZOLE, date(2026, 3, 1))
    >>> later = Treatment(AromataseInhibitor.EXEMESTANE, date(2026, 6, 1))
    >>> is_switch(letrozole, later), is_switch(letrozole, Treatment(later.ai, letrozole.since))
    (True, False)
    """
    is_other_drug = before.ai is not None and after.ai is not None and before.ai != after.ai
    is_later = before.since is not None and after.since is not None and before.since < after.since
    return is_other_drug and is_later


def ended_by_switch(before: Treatment, after: Treatment) -> Treatment:
    """Return a treatment that ended on the first day of the next one, unless it had ended before."""
    if before.until is not None and after.since is not None and before.until <= after.since:
        return before
    return Treatment(before.ai, before.since, after.since)
