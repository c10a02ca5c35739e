"""Likely discontinuation: the risk of stopping within 90 days is well above the average."""

from api.domain.alerts.finding import FindingKind
from api.domain.formatting import format_day, format_percent
from api.domain.policy import Policy
from api.domain.risk.explain import describe, to_json
from api.domain.risk.history import has_risk_answer
from api.domain.risk.model import Risk
from api.domain.trajectory.rules.context import RuleContext
from api.domain.trajectory.rules.episodes import Evidence, Rule

NAMED = 3
"""Contributions named in the reason; the numbers hold all."""


def _applies(context: RuleContext) -> bool:
    return context.risk is not None and has_risk_answer(context.day)


def _starts(context: RuleContext) -> bool:
    """Return whether both the risk and its ratio to the average are high (judgement).

    The absolute risk keeps a site where few stop from alerting on little. The ratio keeps a site where
    many stop from alerting on every patient.
    """
    risk = _known(context)
    return risk.risk >= context.policy.stopping_risk.value and risk.risk >= _ratio_limit(risk, context.policy)


def _ends(context: RuleContext) -> bool:
    """Return whether the risk has fallen clearly below where it starts (judgement)."""
    risk, policy = _known(context), context.policy
    return risk.risk < policy.stopping_ends.value * max(
        policy.stopping_risk.value, _ratio_limit(risk, policy)
    )


def _evidence(context: RuleContext) -> Evidence:
    risk, model, policy, day = _known(context), context.model, context.policy, context.day
    contributions = model.contributions(risk.covariates)
    raising = [each for each in contributions if each.log_hazard > 0][:NAMED]
    because = "; ".join(describe(each) for each in raising)
    low, high = model.interval(risk)
    reason = (
        f"as of {format_day(day.ordinal)}: {format_percent(risk.risk)} likely to stop the tablets "
        f"within 90 days ({format_percent(low)} to {format_percent(high)}), "
        f"{risk.risk / risk.average:.1f} times the "
        f"{format_percent(risk.average)} of an average patient where {format_percent(model.base_rate)} stop "
        f"within 12 months; raised most by {because}"
    )
    numbers = {
        "risk_90d": round(risk.risk, 4),
        "risk_low": round(low, 4),
        "risk_high": round(high, 4),
        "average_90d": round(risk.average, 4),
        "base_rate_12_months": model.base_rate,
        "contributions": to_json(contributions),
        "model": model.version,
        "threshold": policy.stopping_risk.value,
        "threshold_ratio": policy.stopping_ratio.value,
    }
    return reason, numbers, policy.stopping_risk.source


def _ratio_limit(risk: Risk, policy: Policy) -> float:
    return policy.stopping_ratio.value * risk.average


def _known(context: RuleContext) -> Risk:
    if context.risk is None:
        raise ValueError("the rule applies only where the risk is known")
    return context.risk


RULE = Rule(FindingKind.LIKELY_DISCONTINUATION, _applies, _starts, _ends, _evidence)
