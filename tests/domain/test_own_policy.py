"""The stored form of a site's policy, and the interval of a change of level."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.finding import FindingKind
from api.domain.alerts.urgency import Tiers
from api.domain.documents import UnusableDocument
from api.domain.policies.parse import read_policy
from api.domain.policies.render import document_of, own_document_of
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.policy import Policy, Threshold
from api.domain.trajectory.baseline import BaselineEstimate
from api.domain.trajectory.change import change_interval, level_change
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.domain.test_engine_version import fixed_diary
from tests.support.diaries import day, entry_of

SOURCE = "Ward 3, meeting of 1 March 2026"


@st.composite
def policies(draw: st.DrawFn) -> PolicyDocument:
    """Draw a policy that changes sources, values in their range, tiers and the budget."""
    tiers = Tiers({kind: draw(st.sampled_from(kind.defaults.allowed)) for kind in FindingKind})
    changed = {
        name: replace(getattr(BUILT_IN.thresholds, name), source=SOURCE)
        for name in draw(st.sets(st.sampled_from([field.name for field in fields(Policy)]), max_size=5))
    }
    share = Threshold(draw(st.floats(0, 1)), BUILT_IN.budget.share.unit, SOURCE)
    doses = replace(BUILT_IN.thresholds.gap_doses_7d, value=draw(st.integers(3, 7)), source=SOURCE)
    thresholds = replace(BUILT_IN.thresholds, **changed | {"gap_doses_7d": doses})
    return PolicyDocument("Ward 3", thresholds, tiers, AlertBudget(share))


@given(policy=policies())
def test_the_stored_document_reads_as_the_same_policy(policy: PolicyDocument) -> None:
    assert read_policy(json.loads(json.dumps(own_document_of(policy)))) == policy


def test_a_whole_document_with_one_change_is_stored_as_that_change() -> None:
    document = document_of(BUILT_IN) | {"name": "Ward 3"}
    document["thresholds"]["severe_from"] |= {"value": 8, "source": SOURCE}
    assert own_document_of(read_policy(document)) == {
        "name": "Ward 3",
        "tiers": {},
        "thresholds": {"severe_from": {"value": 8, "source": SOURCE}},
        "budget": {},
    }


def test_the_interval_of_a_change_is_that_of_its_error() -> None:
    usual = BaselineEstimate(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    change = level_change(tuple((n, 4.0) for n in range(101, 108)), 4.0, usual, Policy())
    assert change is not None
    low, high = change_interval(change)
    assert (low, high) == (
        pytest.approx(2 - 1.96 * change.standard_error),
        pytest.approx(2 + 1.96 * change.standard_error),
    )


def test_every_number_that_has_an_interval_lies_in_it_and_none_has_one_alone() -> None:
    scores = Engine().begin(PatientFactors(ai_started_on=day(20))).add(fixed_diary()).scores
    for name in ("pain_change", "risk_90d"):
        rows = [[getattr(score, f"{name}{end}") for end in ("_low", "", "_high")] for score in scores]
        known = [row for row in rows if None not in row]
        assert len(known) > 50
        assert all(low < number < high for low, number, high in known)
        assert all(set(row) == {None} for row in rows if None in row)


def test_a_risk_is_never_below_nothing_nor_above_all() -> None:
    diary = [entry_of(n, pain_worst=10, dose="skipped", confidence=0, wants_to_stop=True) for n in range(60)]
    for score in Engine().begin(PatientFactors(ai_started_on=day(0))).add(diary).scores:
        if score.risk_90d is not None:
            assert 0 <= score.risk_90d_low <= score.risk_90d_high <= 1


def test_a_document_of_another_version_is_refused_rather_than_guessed() -> None:
    with pytest.raises(UnusableDocument, match="of_long_ago"):
        read_policy({"name": "x", "thresholds": {"of_long_ago": {"value": 1, "source": SOURCE}}})
