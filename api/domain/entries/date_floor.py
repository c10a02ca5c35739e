"""The earliest day an entry or questionnaire of a patient may be about."""

from datetime import date, datetime, timedelta

BEFORE_START = timedelta(days=365)
"""The time before enrolment, or an earlier first day of the tablets, at which a diary may begin.

It allows for a baseline on paper before the tablets, and for a paper diary where their first day is
not known. A patient who has taken them for ten years may send all ten. Judgement, not published."""


def earliest_day(enrolled_on: date, ai_started_on: date | None) -> date:
    """Return the earliest local date that an entry may be about.

    >>> earliest_day(date(2026, 9, 6), None).isoformat()
    '2025-09-06'
    >>> earliest_day(date(2026, 9, 6), date(2016, 9, 6)).isoformat()
    '2015-09-07'
    """
    start = enrolled_on if ai_started_on is None else min(enrolled_on, ai_started_on)
    return max(start, date.min + BEFORE_START) - BEFORE_START


def too_early(earliest: date, *, local_date: date, recorded_at: datetime) -> dict[str, str]:
    """Return the field that lies before the earliest day, with the error; empty where none does."""
    if local_date >= earliest:
        return {}
    field = "recorded_at" if recorded_at.date() < earliest else "local_date"
    start = f"{BEFORE_START.days} days before enrolment or the first day of the tablets"
    mend = "is the date right? If the tablets began earlier, the care team can correct their first day"
    return {field: f"lies before {earliest}, {start}; {mend}"}
