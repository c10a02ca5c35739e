"""Low confidence to go on, twice in a row: raised as a wish to stop that was not stated."""

from api.domain.alerts.finding import FindingKind
from api.domain.formatting import answers_by_date, format_number
from api.domain.policy import Policy
from api.domain.trajectory.rules.context import Confidence, RuleContext
from api.domain.trajectory.rules.episodes import Evidence, Rule


def is_low_twice(last: Confidence | None, today: Confidence, policy: Policy) -> bool:
    """Return whether confidence was low on two answered days in a row.

    Args:
        last: The answered day before, None when there was none.
        today: Today's answer.
        policy: The low range (2 or less of 10), and how far apart the two may lie (28 days); judgement.

    >>> is_low_twice(Confidence(100, 2), Confidence(107, 1), Policy())
    True
    """
    if last is None or today.day - last.day > policy.low_confidence_days.value:
        return False
    return max(last.answer, today.answer) <= policy.low_confidence.value


def _applies(context: RuleContext) -> bool:
    return context.confidence is not None


def _starts(context: RuleContext) -> bool:
    today = context.confidence
    return today is not None and is_low_twice(context.last_confidence, today, context.policy)


def _ends(context: RuleContext) -> bool:
    today = context.confidence
    return today is not None and today.answer > context.policy.low_confidence.value


def _evidence(context: RuleContext) -> Evidence:
    low = context.policy.low_confidence
    both = (context.last_confidence, context.confidence)
    answers = answers_by_date(tuple(each for each in both if each is not None))
    words = ", then ".join(f"{format_number(answer)} on {when}" for when, answer in answers.items())
    limit = format_number(low.value)
    reason = f"confidence to go on with the tablets {words}, of 10; {limit} or less twice running"
    numbers = {"confidence": answers, "threshold": low.value}
    return reason, numbers, low.source


RULE = Rule(FindingKind.WISH_TO_STOP, _applies, _starts, _ends, _evidence)
