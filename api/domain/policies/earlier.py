"""Thresholds of earlier releases, so that the documents that name them stay readable."""

from collections.abc import Mapping

RETIRED = frozenset(
    {
        "onset_odds_power",
        "onset_odds_times",
        "worsening_daily_days",
        "worsening_p_before",
        "worsening_p_daily",
        "worsening_p_sparse",
        "worsening_p_weekly",
        "worsening_sparse_days",
        "worsening_weekly_days",
    }
)
"""Names that no score depends on any more; a document may keep them, without effect."""

EARLIER_BUILT_IN: Mapping[str, float] = {
    "stiffness_counts": 0.5,
    "stopping_risk": 0.15,
    "worsening_ends": 0.25,
}
"""Built-in values of an earlier release, each by ``JUDGEMENT``. With that source, or the built-in one of
today, they count as today's."""
