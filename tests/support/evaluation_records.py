"""Records of patients for the evaluation, with defaults; days count from the first of the diary."""

from collections.abc import Mapping, Sequence

from api.domain.alerts.finding import FindingKind
from api.services.evaluation.ground_truth import GroundTruth
from api.services.evaluation.outcomes import PatientRecord, make_series

FIRST = 738_000


def a_record(
    worst: Sequence[float | None] = (),
    *,
    days: int | None = None,
    onset: int | None = None,
    stopped: int | None = None,
    risk: Mapping[int, float] | None = None,
    found: Sequence[tuple[FindingKind, int]] = (),
    years: int | None = 60,
    reports: int | None = None,
) -> PatientRecord:
    """Return a record: one worst pain a day from the first, None where there was no answer."""
    answered = [(FIRST + day, value) for day, value in enumerate(worst) if value is not None]
    last = (days or max(len(worst), 1)) - 1
    return PatientRecord(
        name="P",
        first=FIRST,
        last=FIRST + last,
        reports=last + 1 if reports is None else reports,
        worst_pain=make_series(answered),
        p_worsening=make_series([]),
        risk=make_series([(FIRST + day, value) for day, value in sorted((risk or {}).items())]),
        findings=tuple((kind, FIRST + day) for kind, day in found),
        silent_from=None,
        age=years,
        truth=GroundTruth(
            None if onset is None else FIRST + onset, None if stopped is None else FIRST + stopped
        ),
    )


def days_of(ordinals: Sequence[int]) -> list[int]:
    """Return days of the diary for ordinals."""
    return [ordinal - FIRST for ordinal in ordinals]
