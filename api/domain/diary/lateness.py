"""Weights of answers that were written after their day, as evidence on symptoms.

What counts is the moment of writing against the day an answer is about, never when it reached the
server. Hours are counted from midnight UTC of that day, as the zone of the moment is not kept; half
a day is added to each limit, so that an answer of the same day or the next counts whole anywhere.

Source:
    Recall over one day matches momentary answers, over longer it reads otherwise (Broderick 2008;
    Stone 2010); paper diaries were filled in for many days at one sitting (Stone 2002). The weights
    are judgement: no study gives a limit in days.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from api.domain.diary.daily_summary import DailySummary

_HOUR = 3600.0
_TWO_DAYS_LATE, _FOUR_DAYS_LATE = 60 * _HOUR, 108 * _HOUR
_HALF, _OF_A_WEEK = 0.5, 1 / 7
_ONE_SITTING, _DAY_AFTER = 6 * _HOUR, 36 * _HOUR


def answer_weights(days: Iterable[DailySummary], written_before: datetime | None) -> list[float]:
    """Return the weight of the answers on symptoms of each day.

    Whole if written on the day or the next. Half if written two or three days later. A seventh, as
    one answer about a week, if written later still, or if it is about a past day and the answered day
    before was filled in at the same sitting.

    Args:
        days: Days with an answer on symptoms, in order.
        written_before: Moment of the answer on symptoms before the first; None for none.

    >>> from uuid import uuid4
    >>> from datetime import date
    >>> from api.domain.entries.questions import Entry
    >>> def filled_in(day, moment):
    ...     summary = DailySummary(day.toordinal())
    ...     summary.add_entry(Entry(uuid4(), moment, day, {"pain_worst": 3}))
    ...     return summary
    >>> sitting = datetime(2026, 3, 6, 19, tzinfo=UTC)
    >>> days = [filled_in(date(2026, 3, day), sitting) for day in (3, 4, 5, 6)]
    >>> answer_weights(days, None) == [0.5, 1 / 7, 1 / 7, 1.0]
    True
    """
    weights = []
    for day in days:
        written_at = day.symptoms_at or day.recorded_at
        late = (written_at - datetime.combine(day.local_date, time(), UTC)).total_seconds()
        is_same_sitting = (
            written_before is not None
            and late >= _DAY_AFTER
            and abs((written_at - written_before).total_seconds()) <= _ONE_SITTING
        )
        if is_same_sitting or late >= _FOUR_DAYS_LATE:
            weights.append(_OF_A_WEEK)
        else:
            weights.append(_HALF if late >= _TWO_DAYS_LATE else 1.0)
        written_before = written_at
    return weights
