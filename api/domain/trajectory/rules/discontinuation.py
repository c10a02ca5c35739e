"""Likely to stop: by what she reports, the risk of stopping within 90 days is well above the usual."""

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.diary.daily_summary import DailySummary
from api.domain.policy import Policy
from api.domain.risk.explain import plainly, shown
from api.domain.risk.model import Risk, RiskModel
from api.domain.trajectory.rules.episodes import lasting
from api.domain.trajectory.rules.formatting import on, percent

TOLD = 3
"""How many contributions the reason names; the numbers hold all."""


def starts(risk: Risk, policy: Policy) -> bool:
    """Say whether she is likely to stop.

    Args:
        risk: Her risk within 90 days, and that of an average woman as long on the tablets.
        policy: The risk from which, and how many times the average it must be; judgement.

    Returns:
        True when both are reached. The absolute risk keeps a site where few stop from alerting on
        little; the ratio keeps one where many stop from alerting on everybody.
    """
    high = risk.risk >= policy.stopping_risk.value
    return high and risk.risk >= policy.stopping_ratio.value * risk.average


def ends(risk: Risk, policy: Policy) -> bool:
    """Say whether the risk has fallen clearly below where it starts (judgement)."""
    kept = policy.stopping_ends.value
    starts_at = max(policy.stopping_risk.value, policy.stopping_ratio.value * risk.average)
    return risk.risk < kept * starts_at


def finding(day: DailySummary, risk: Risk, model: RiskModel, policy: Policy) -> Finding:
    """Say it so that a nurse can check it by hand."""
    contributions = model.contributions(risk.values)
    raising = [each for each in contributions if each.adds > 0][:TOLD]
    because = "; ".join(plainly(each) for each in raising)
    low, high = model.interval(risk)
    reason = (
        f"as of {on(day.ordinal)}: {percent(risk.risk)} likely to stop the tablets within 90 days "
        f"({percent(low)} to {percent(high)}), {risk.risk / risk.average:.1f} times the "
        f"{percent(risk.average)} of an average woman here; raised most by {because}"
    )
    numbers = {
        "risk_90d": round(risk.risk, 4),
        "risk_low": round(low, 4),
        "risk_high": round(high, 4),
        "average_90d": round(risk.average, 4),
        "base_rate_12_months": model.base_rate,
        "contributions": shown(contributions),
        "model": model.version,
        "threshold": policy.stopping_risk.value,
        "threshold_ratio": policy.stopping_ratio.value,
    }
    source = policy.stopping_risk.source
    return lasting(FindingKind.LIKELY_DISCONTINUATION, day, reason=reason, numbers=numbers, source=source)
