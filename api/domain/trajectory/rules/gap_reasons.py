"""Reasons given for a gap: being too unwell or in hospital is a finding, every other reason is none."""

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.alerts.urgency import DUE_TODAY
from api.domain.diary.daily_summary import DailySummary
from api.domain.formatting import format_day

SOURCE = (
    "Nielsen et al. 2024, PMID 38879861: forms late because of hospital, body or mind were worse in 10 of 22 "
    "domains, technical ones in 1, forgotten ones in none; the same working day is judgement, unverified"
)
_WORDS = {"too_unwell": "being too unwell", "hospital": "being in hospital"}


def findings_on_day(day: DailySummary) -> list[Finding]:
    """Return a finding for each reason of the day by which the patient may need care, oldest first."""
    return [
        Finding(
            FindingKind.SILENCE,
            FindingKind.SILENCE.defaults.tier,
            str(given.entry),
            day.local_date,
            given.recorded_at,
            f"reports on {format_day(day.ordinal)} {_WORDS[given.reason]} as the reason for a gap: "
            "needs to be looked at the same working day",
            {"gap_reason": given.reason},
            SOURCE,
        )
        for given in day.gap_reasons
        if given.reason in DUE_TODAY
    ]
