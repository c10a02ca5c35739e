"""A new rule of lasting findings is one value in a tuple; the engine needs no other change."""

import pytest

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.finding import FindingKind
from api.domain.alerts.urgency import Tiers
from api.domain.policy import JUDGEMENT
from api.domain.trajectory.engine import Engine, PatientFactors
from api.domain.trajectory.rules import evaluate
from api.domain.trajectory.rules.context import RuleContext
from api.domain.trajectory.rules.episodes import Evidence, Rule
from tests.support.diaries import daily, days_of

STIFF_FROM, STIFF_ENDS = 8, 5


def _stiffness(context: RuleContext) -> float:
    assert context.day.stiffness is not None
    return context.day.stiffness


def _evidence(context: RuleContext) -> Evidence:
    return f"stiffness {_stiffness(context):.0f}", {"stiffness_level": _stiffness(context)}, JUDGEMENT


STIFFNESS = Rule(
    FindingKind.SEVERE_SYMPTOMS,
    applies=lambda context: context.day.stiffness is not None,
    starts=lambda context: _stiffness(context) >= STIFF_FROM,
    ends=lambda context: _stiffness(context) < STIFF_ENDS,
    evidence=_evidence,
)


@pytest.fixture
def with_stiffness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the rule to the tuple, as a new rule module would."""
    monkeypatch.setattr(evaluate, "RULES", (*evaluate.RULES, STIFFNESS))


def found_on(*stiffness: float | None) -> list[int]:
    """Return the days with a finding in a diary of these answers."""
    findings = Engine().begin(PatientFactors()).add(daily(stiffness, name="stiffness")).findings
    return days_of([finding for finding in findings if "stiffness_level" in finding.numbers])


@pytest.mark.usefixtures("with_stiffness")
def test_a_rule_in_the_tuple_is_raised_once_an_episode_and_again_after_28_days():
    assert found_on(3, 8, 9, 6, 9) == [1]
    assert found_on(8, 4, 8) == [0, 2]
    assert found_on(*[9] * 60) == [0, 28, 56]
    assert found_on(9, None, 9) == [0]


@pytest.mark.usefixtures("with_stiffness")
def test_its_episodes_survive_a_snapshot():
    course = Engine().begin(PatientFactors())
    course.add(daily([9, 9], name="stiffness"))
    later = Engine().resume(PatientFactors(), course.snapshot()).add(daily([9], since=2, name="stiffness"))
    assert later.findings == ()


def test_a_state_from_before_the_rule_starts_without_its_episode(monkeypatch: pytest.MonkeyPatch):
    course = Engine().begin(PatientFactors())
    course.add(daily([9, 9], name="stiffness"))
    monkeypatch.setattr(evaluate, "RULES", (*evaluate.RULES, STIFFNESS))
    later = Engine().resume(PatientFactors(), course.snapshot()).add(daily([9], since=2, name="stiffness"))
    assert days_of(later.findings) == [2]


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_brings_its_defaults_and_the_tables_follow_from_them(kind):
    assert kind.defaults.weight > 0
    assert Tiers().of(kind) is kind.defaults.tier
    assert kind.defaults.tier in kind.defaults.allowed
    harm = kind.defaults.harm
    assert AlertBudget().values().get(f"harm_{kind}") == (harm.value if harm else None)


def test_every_rule_is_of_a_kind_and_no_two_kinds_weigh_the_same():
    assert {rule.kind for rule in evaluate.RULES} <= set(FindingKind)
    assert len({kind.defaults.weight for kind in FindingKind}) == len(FindingKind)
