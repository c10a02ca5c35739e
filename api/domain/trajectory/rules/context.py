"""Inputs of the rules on one day, and the present severity of symptoms."""

from typing import NamedTuple

from api.domain.alerts.finding import Severity
from api.domain.diary.body_sites import PainLocations
from api.domain.diary.daily_summary import DailySummary
from api.domain.functional_status import FunctionReading
from api.domain.onset.onset_state import OnsetSummary
from api.domain.policy import Policy
from api.domain.risk.model import Risk, RiskModel
from api.domain.severity import severity_of
from api.domain.trajectory.adherence import Doses, TabletsTaken
from api.domain.trajectory.change import LevelChange
from api.domain.trajectory.level import Answered, mean_answer


class SeverityInputs(NamedTuple):
    """Present levels, the answered days they are made of, functional status, and their severity.

    ``limited`` is the functional status by the latest questionnaires; None when none of them counts.
    """

    pain: float | None
    interference: float | None
    severity: Severity | None
    pain_window: Answered
    interference_window: Answered
    limited: FunctionReading | None

    @property
    def levels(self) -> list[float]:
        """The known levels, 0 to 10, higher is worse."""
        return [level for level in (self.pain, self.interference) if level is not None]

    @property
    def is_limited_severely(self) -> bool:
        """True if a questionnaire about more than one day shows severe limitation."""
        parts = () if self.limited is None else self.limited.parts
        return any(part.severity is Severity.SEVERE and not part.rule.of_one_day for part in parts)


class Confidence(NamedTuple):
    """Confidence to go on with the tablets: ordinal of the day, and answer, 0 to 10, higher is better."""

    day: int
    answer: float


class RuleContext(NamedTuple):
    """Inputs of every rule on one day; None is not known.

    ``month`` and ``week`` cover the last 28 and 7 days. ``last_confidence`` is the answered day before.
    """

    day: DailySummary
    policy: Policy
    symptoms: SeverityInputs
    change: LevelChange | None
    onset: OnsetSummary | None
    stiffness_window: Answered
    doses: Doses
    month: TabletsTaken
    week: TabletsTaken
    last_confidence: Confidence | None
    confidence: Confidence | None
    risk: Risk | None
    model: RiskModel
    locations: PainLocations


def severity_inputs(
    pain_window: Answered, interference_window: Answered, policy: Policy, limited: FunctionReading | None
) -> SeverityInputs:
    """Return the levels of both windows, and the severity of these and the questionnaires together."""
    pain, interference = mean_answer(pain_window), mean_answer(interference_window)
    function = None if limited is None else limited.severity
    severity = severity_of(pain, interference, policy, function=function)
    return SeverityInputs(pain, interference, severity, pain_window, interference_window, limited)
