"""All rules over one day: what must be told, and which episodes go on."""

from typing import NamedTuple

from api.domain.alerts.finding import Finding
from api.domain.diary.body_sites import PainLocations
from api.domain.diary.daily_summary import DailySummary
from api.domain.onset.onset_state import OnsetSummary, told_about
from api.domain.policy import Policy
from api.domain.risk.history import says_something
from api.domain.risk.model import Risk, RiskModel
from api.domain.trajectory.adherence import Doses, TabletsTaken
from api.domain.trajectory.change import LevelChange
from api.domain.trajectory.rules import (
    adherence_gap,
    atypical,
    discontinuation,
    low_confidence,
    severe,
    worsening,
)
from api.domain.trajectory.rules.episodes import Episodes, step
from api.domain.trajectory.rules.low_confidence import Confidence
from api.domain.trajectory.rules.severe import SeverityInputs
from api.domain.trajectory.rules.statements import stated


class RuleContext(NamedTuple):
    """All that the rules look at on one day; None is not known."""

    symptoms: SeverityInputs
    change: LevelChange | None
    rise: OnsetSummary | None
    doses: Doses
    month: TabletsTaken
    week: TabletsTaken
    confidence_before: Confidence | None
    confidence: Confidence | None
    risk: Risk | None
    model: RiskModel
    where: PainLocations


def judge(
    picture: RuleContext, before: Episodes, day: DailySummary, policy: Policy
) -> tuple[Episodes, list[Finding]]:
    """Return the episodes after this day, and the findings to tell.

    A rule is asked only on a day with an answer it is about: no trouble begins, is told again or ends
    while she says nothing on it.
    """
    worse, severely, about_symptoms = _symptoms(picture, before, day, policy)
    gap_on, in_doubt, about_tablets = _tablets(picture, before, day, policy)
    stopping, about_stopping = _stopping(picture, before.stopping, day, policy)
    strange, about_places = _atypical(picture.where, before.atypical, day, policy)
    found = stated(day) if day.statements else []
    episodes = Episodes(worse, severely, gap_on, in_doubt, stopping, strange)
    return episodes, found + about_symptoms + about_tablets + about_stopping + about_places


def _symptoms(
    picture: RuleContext, before: Episodes, day: DailySummary, policy: Policy
) -> tuple[int | None, int | None, list[Finding]]:
    today, change, symptoms = day.ordinal, picture.change, picture.symptoms
    worse, severely = before.worsening, before.severe
    found: list[Finding] = []
    if told_about(day) and change is not None and (rise := picture.rise) is not None:
        may_end = worse is not None and today - worse >= policy.again_after_days.value
        worse = step(
            worse,
            today,
            starts=lambda: worsening.starts(rise, change, policy),
            ends=lambda: may_end and worsening.ends(rise, policy),
            policy=policy,
        )
        if worse == today:
            found.append(worsening.finding(day, change, rise, policy))
    if day.pain is not None or day.interference is not None or day.function:
        severely = step(
            severely,
            today,
            starts=lambda: severe.starts(symptoms, policy, asked=bool(day.function)),
            ends=lambda: severe.ends(symptoms, policy),
            policy=policy,
        )
        if severely == today:
            found.append(severe.finding(day, symptoms, change, policy))
    return worse, severely, found


def _tablets(
    picture: RuleContext, before: Episodes, day: DailySummary, policy: Policy
) -> tuple[int | None, int | None, list[Finding]]:
    today, month, week = day.ordinal, picture.month, picture.week
    gap_on, in_doubt = before.gap, before.doubt
    found: list[Finding] = []
    if day.dose_rank or day.missed_7d is not None:
        said_7d = 0.0 if day.missed_7d is None else day.missed_7d.value
        gap_on = step(
            gap_on,
            today,
            starts=lambda: adherence_gap.starts(month, week, policy, said_7d),
            ends=lambda: adherence_gap.ends(month, policy),
            policy=policy,
        )
        if gap_on == today:
            found.append(adherence_gap.finding(day, picture.doses, month=month, week=week, policy=policy))
    if picture.confidence is not None:
        last, now = picture.confidence_before, picture.confidence
        in_doubt = step(
            in_doubt,
            today,
            starts=lambda: low_confidence.starts(last, now, policy),
            ends=lambda: low_confidence.ends(now, policy),
            policy=policy,
        )
        if in_doubt == today:
            found.append(low_confidence.finding(day, last, now, policy))
    return gap_on, in_doubt, found


def _stopping(
    picture: RuleContext, told_on: int | None, day: DailySummary, policy: Policy
) -> tuple[int | None, list[Finding]]:
    risk = picture.risk
    if risk is None or not says_something(day):
        return told_on, []
    stopping = step(
        told_on,
        day.ordinal,
        starts=lambda: discontinuation.starts(risk, policy),
        ends=lambda: discontinuation.ends(risk, policy),
        policy=policy,
    )
    found = [discontinuation.finding(day, risk, picture.model, policy)] if stopping == day.ordinal else []
    return stopping, found


def _atypical(
    where: PainLocations, told_on: int | None, day: DailySummary, policy: Policy
) -> tuple[int | None, list[Finding]]:
    swollen = day.several_swollen
    if not swollen and not day.sites and (day.at_night is None or day.by_day is None):
        return told_on, []
    signs = atypical.signs_of(where, day.ordinal, policy)
    strange = step(
        told_on,
        day.ordinal,
        starts=lambda: swollen or atypical.starts(signs, policy),
        ends=lambda: not swollen and atypical.ends(signs, policy),
        policy=policy,
    )
    return strange, [atypical.finding(day, where, signs, policy)] if strange == day.ordinal else []
