"""The built-in plans: the intervals of the source article, and those that the evidence suggests."""

from collections.abc import Mapping

from api.domain.guidance.papers import ACS_ASCO, MAO_2013, ONSET, RASTELLI
from api.domain.measurements.definition import MeasurementKind
from api.domain.plans.definition import CHECK_IN, GUIDELINE_MONTHS, Interval, Plan, Recurrence
from api.domain.schedule import THEN_EVERY_WEEKS, WEEKLY_FOR_WEEKS

WINDOWS = "days early and late: unverified, judgement"
ARTICLES = f"the article this product grew from; the visits of one trial: {RASTELLI.text}; {WINDOWS}"
ONSETS = f"most symptoms begin by week 8 ({ONSET.text}) or within 3 months ({MAO_2013.text})"
AFTERWARDS = "the interval after week 12 is judgement (unverified)"


def _questionnaire(task: str, at_weeks: tuple[int, ...], source: str) -> Recurrence:
    return Recurrence(task, at_weeks, Interval(months=3), 7, 14, source, before_start_days=28)


def _bone_density(months: int, source: str) -> Recurrence:
    every = Interval(months=months)
    return Recurrence(MeasurementKind.BONE_DENSITY, (0,), every, 28, 56, source, before_start_days=365)


ARTICLE = Plan(
    "article",
    (
        *(
            _questionnaire(task, (0,), f"every 2 to 4 months: {ARTICLES}")
            for task in ("bpi-sf", "fiq", "haq-di")
        ),
        _bone_density(6, f"every 6 months: {ARTICLES}"),
    ),
)
"""The article's intervals: every 3 months inside its 2 to 4, bone density every 6 months."""

THE_CHECK_IN = Recurrence(
    CHECK_IN,
    tuple(range(WEEKLY_FOR_WEEKS + 1)),
    Interval(weeks=THEN_EVERY_WEEKS),
    0,
    6,
    f"{ONSETS}; {AFTERWARDS}",
)
"""The check-in at its reminder rhythm; an entry in its week answers it."""

EVIDENCE = Plan(
    "evidence",
    (
        THE_CHECK_IN,
        *(
            _questionnaire(task, (0, 6, 12), f"{ONSETS}; {AFTERWARDS}; {WINDOWS}")
            for task in ("bpi-sf", "haq-di", "siqr")
        ),
        _bone_density(GUIDELINE_MONTHS, f"{ACS_ASCO.text}; {WINDOWS}"),
    ),
)
"""Frequent while symptoms begin, then every 3 months; bone density at the guideline's interval."""

PRESETS: Mapping[str, Plan] = {plan.name: plan for plan in (ARTICLE, EVIDENCE)}
BUILT_IN = EVIDENCE
"""In force at a site until the site sets a plan of its own."""
