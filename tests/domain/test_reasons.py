"""Reasons of findings stay true when read months later: they name dates, not "this week"."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import REQUESTED, FindingKind
from api.domain.risk.explain import describe_effect
from api.domain.risk.features import FEATURES
from api.domain.risk.model import Contribution
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.support.diaries import day, entry_of

RELATIVE = re.compile(
    r"\b(today|tonight|tomorrow|yesterday|now|currently|at present|lately|recently|of late|ago|so far|"
    r"(this|next|last|past|coming|recent) (day|week|month|year|night|time)s?|(the|their) (last|past|next) "
    r"(\d+ )?(days?|weeks?|months?|answers?)(?! of these 28 days))\b"
)
A_DATE = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}-\d{2}-\d{2}")
EVERY = frozenset(FindingKind) - REQUESTED


def everything():
    """Return a diary that holds every kind of finding."""
    calm = [
        entry_of(n, pain_worst=(2, 3, 1)[n % 3], stiffness=2, confidence=8, dose="taken") for n in range(40)
    ]
    worse = [
        entry_of(
            n,
            pain_worst=8,
            stiffness=8,
            interference=8,
            confidence=1,
            dose="skipped",
            pain_at_night=9,
            pain_at_rest=2,
            body_sites=[{"site": "knee", "side": "left"}],
            wants_to_stop=True,
            red_flags=["chest_pain"],
        )
        for n in range(40, 70)
    ]
    return [*calm, *worse, entry_of(100, pain_worst=2)]


def test_every_kind_of_finding_names_a_date_and_no_day_that_moves():
    course = Engine().begin(PatientFactors(ai_started_on=day(0), birth_year=1975, prior_tamoxifen=True))
    found = course.add(everything()).findings
    lasting = course.silence_on(day(400))

    assert {finding.kind for finding in found} == EVERY
    for finding in (*found, lasting):
        assert not RELATIVE.search(finding.reason), finding.reason
        if not finding.statement:
            assert A_DATE.search(finding.reason), finding.reason


@given(
    numbers=st.lists(st.integers(0, 200), min_size=3, max_size=40, unique=True),
    pain=st.integers(0, 10),
    missed=st.integers(0, 7),
    confidence=st.integers(0, 10),
)
def test_no_reason_of_any_diary_names_a_day_that_moves(numbers, pain, missed, confidence):
    diary = [
        entry_of(n, pain_worst=pain, interference=pain, doses_missed_7d=missed, confidence=confidence)
        for n in sorted(numbers)
    ]
    for finding in Engine().begin(PatientFactors(ai_started_on=day(0))).add(diary).findings:
        assert not RELATIVE.search(finding.reason), finding.reason


@pytest.mark.parametrize("feature", [feature.name for feature in FEATURES])
def test_a_contribution_to_a_risk_is_described_as_of_its_day(feature):
    for value in (0.0, 1.0, 2.5):
        assert not RELATIVE.search(describe_effect(Contribution(feature, value, 0.1)))
