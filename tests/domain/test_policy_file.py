"""A policy as a document: problems are reported with the accepted values."""

from dataclasses import fields, replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.urgency import Tiers
from api.domain.documents import UnusableDocument
from api.domain.policies.limits import ANYTHING, ORDERS, contradictions, limits_of
from api.domain.policies.parse import read_policy
from api.domain.policies.render import changes, document_of
from api.domain.policies.site_policy import BUILT_IN
from api.domain.policy import JUDGEMENT, Policy, Threshold
from api.domain.trajectory.engine import Engine
from tests.support.diaries import UNKNOWN, entry_of

OURS = "Ward 3, meeting of 1 March 2026"
NUMBERS = [
    (part, name) for part in (Policy(), AlertBudget()) for name in (field.name for field in fields(part))
]


def refused(document) -> list[tuple[str, str]]:
    """Return the problems of a document."""
    with pytest.raises(UnusableDocument) as problem:
        read_policy(document)
    return problem.value.problems


def with_threshold(name: str, **fields) -> dict:
    """Return a document that changes one threshold."""
    return {"name": "Ward 3", "thresholds": {name: fields}}


def test_a_file_of_an_earlier_release_is_read_with_the_numbers_of_today():
    earlier = {
        "worsening_p_daily": {"value": 0.7, "source": OURS},
        "worsening_ends": {"value": 0.25, "source": BUILT_IN.thresholds.worsening_ends.source},
        "stopping_risk": {"value": 0.15, "source": JUDGEMENT},
    }

    read = read_policy({"name": "Ward 3", "thresholds": earlier})

    assert read.thresholds == BUILT_IN.thresholds
    assert read_policy(
        {"name": "Ward 3", "thresholds": {"worsening_ends": {"value": 0.25, "source": OURS}}}
    ).thresholds.worsening_ends == Threshold(0.25, BUILT_IN.thresholds.worsening_ends.unit, OURS)


def test_a_file_with_an_earlier_wording_of_a_unit_is_read():
    document = with_threshold("noise_sd", unit="points, SD from day to day")
    assert read_policy(document).thresholds == Policy()


def test_a_flare_cannot_be_set_to_last_for_ever():
    with pytest.raises(UnusableDocument, match=r"1 is not in 0.01..0.99"):
        read_policy(with_threshold("flare_stays", value=1, source=OURS))


def test_the_built_in_policy_written_out_is_the_built_in_policy():
    assert read_policy(document_of(BUILT_IN)) == BUILT_IN
    assert changes(BUILT_IN) == []


def test_a_value_that_a_document_leaves_out_is_the_built_in_one():
    policy = read_policy(with_threshold("severe_from", value=8, source=OURS))
    assert policy.thresholds.severe_from.value == 8
    assert policy.thresholds.severe_from.source == OURS
    assert policy.thresholds.severe_from.unit == Policy().severe_from.unit
    assert (policy.tiers, policy.budget) == (Tiers(), AlertBudget())
    assert changes(policy) == [f"thresholds.severe_from: 8 (built in: 7) points, rounded level; {OURS}"]


@pytest.mark.parametrize(("part", "name"), NUMBERS, ids=lambda each: each if isinstance(each, str) else "")
def test_every_number_has_a_range_and_the_built_in_one_is_inside(part, name):
    threshold = getattr(part, name)
    assert limits_of(name, threshold) is not ANYTHING, "give the first word of its unit a range"
    assert limits_of(name, threshold).reason_to_refuse(threshold.value) is None


def test_every_value_within_the_limits_scores_every_day():
    diary = [entry_of(3 * n, pain_worst=(2 if n < 12 else 9), interference=n % 11) for n in range(24)]
    for field in fields(Policy):
        threshold = getattr(Policy(), field.name)
        limits = limits_of(field.name, threshold)
        for value in (limits.lowest, limits.highest):
            policy = replace(Policy(), **{field.name: replace(threshold, value=value)})
            scores = (
                []
                if any(contradictions(policy.values()))
                else Engine(policy).begin(UNKNOWN).add(diary).scores
            )
            known = [score.p_worsening for score in scores if score.p_worsening is not None]
            assert all(0 <= p <= 1 for p in known), field.name


def test_the_built_in_thresholds_do_not_contradict_each_other_and_the_pairs_are_thresholds():
    assert list(contradictions(Policy().values())) == []
    assert {name for order in ORDERS for name in (order.lower, order.upper)} <= set(Policy().values())


@pytest.mark.parametrize(
    ("document", "place", "what"),
    [
        ([], "document", "is not a table of name, tiers, thresholds, budget"),
        ({}, "name", "is missing"),
        ({"name": ""}, "name", "one line of text of 1 to 100 characters"),
        ({"name": "a\nb"}, "name", "one line of text"),
        ({"name": 3}, "name", "3 is not right"),
        ({"name": "x", "tresholds": {}}, "tresholds", "is not known; did you mean 'thresholds'?"),
        ({"name": "x", "thresholds": 3}, "thresholds", "3 is not a table"),
        ({"name": "x", "thresholds": {"severe_frm": {}}}, "thresholds.severe_frm", "mean 'severe_from'?"),
        ({"name": "x", "thresholds": {"severe_from": 8}}, "thresholds.severe_from", "8 is not a table"),
        (with_threshold("severe_from", vlue=8), "thresholds.severe_from.vlue", "did you mean 'value'?"),
        (with_threshold("severe_from", value="8"), "thresholds.severe_from.value", "'8' is not a number"),
        (with_threshold("severe_from", value=True), "thresholds.severe_from.value", "True is not a number"),
        (
            with_threshold("severe_from", value=11, source=OURS),
            "thresholds.severe_from.value",
            "11 is not in 0..10 (points, rounded level)",
        ),
        (
            with_threshold("severe_from", value=float("nan"), source=OURS),
            "thresholds.severe_from.value",
            "nan is not in 0..10",
        ),
        (
            with_threshold("severe_from", value=10**400, source=OURS),
            "thresholds.severe_from.value",
            "is not in 0..10",
        ),
        (
            with_threshold("again_after_days", value=27.5, source=OURS),
            "thresholds.again_after_days.value",
            "27.5 is not a whole number in 1..3650",
        ),
        (
            with_threshold("severe_from", value=8),
            "thresholds.severe_from.source",
            "8 differs from the built-in 7; give the site's own source",
        ),
        (
            with_threshold("severe_from", value=8, source=Policy().severe_from.source),
            "thresholds.severe_from.source",
            "give the site's own source",
        ),
        (with_threshold("severe_from", source=" "), "thresholds.severe_from.source", "one line of text"),
        (
            with_threshold("severe_from", unit="days"),
            "thresholds.severe_from.unit",
            "cannot be changed; it is 'points, rounded level'",
        ),
        ({"name": "x", "tiers": {"red_flag": "routine"}}, "tiers.red_flag", "may not be lowered"),
        (
            {"name": "x", "tiers": {"wish_to_stop": "self_care"}},
            "tiers.wish_to_stop",
            "use same_day or routine",
        ),
        ({"name": "x", "tiers": {"worsening": "soon"}}, "tiers.worsening", "'soon' is no tier"),
        ({"name": "x", "tiers": {"worsening": []}}, "tiers.worsening", "[] is no tier"),
        ({"name": "x", "tiers": {"worse": "routine"}}, "tiers.worse", "is not known"),
        (
            {"name": "x", "budget": {"share": {"value": 10, "source": OURS}}},
            "budget.share.value",
            "10 is not in 0..1",
        ),
        (
            with_threshold("severe_ends", value=7.5, source=OURS),
            "thresholds.severe_ends.value",
            "7.5 must be at most severe_from (7): it would end while it is severe",
        ),
        (
            with_threshold("moderate_from", value=7, source=OURS),
            "thresholds.moderate_from.value",
            "7 must be less than severe_from (7)",
        ),
        (
            with_threshold("gap_doses_7d", value=2, source=OURS),
            "thresholds.gap_ends_pdc.value",
            "0.9 must be more than 0.9286",
        ),
        (
            with_threshold("worsening_share", value=0, source=OURS),
            "thresholds.worsening_share.value",
            "0 is not in 0.01..0.95",
        ),
        (
            with_threshold("worsening_lasts_days", value=64, source=OURS),
            "thresholds.worsening_lasts_days.value",
            "64 is not a whole number in 1..60",
        ),
        ({"name": "default", "tiers": {"silence": "self_care"}}, "name", "name it otherwise"),
        (
            with_threshold("severe_from", unit=[["points"]]),
            "thresholds.severe_from.unit",
            "cannot be changed",
        ),
    ],
)
def test_every_problem_is_reported_with_the_accepted_values(document, place, what):
    ((found, reason),) = refused(document)
    assert found == place
    assert what in reason


def test_every_problem_is_named_at_once():
    document = {
        "thresholds": {"severe_from": {"value": "high"}, "gap_pdc": {"value": 2}},
        "tiers": {"red_flag": "self_care"},
        "budget": {"leest": {}},
    }
    places = {place for place, _ in refused(document)}
    assert places == {
        "name",
        "thresholds.severe_from.value",
        "thresholds.gap_pdc.value",
        "tiers.red_flag",
        "budget.leest",
    }


def test_a_source_may_be_signed_off_without_another_number():
    policy = read_policy(with_threshold("gap_known_days", source=OURS))
    assert policy.thresholds.gap_known_days.source == OURS
    assert policy.engine().version == Engine().version


def test_one_number_written_in_two_ways_is_one_version():
    versions = {
        read_policy(with_threshold("severe_from", value=value, source=OURS)).engine().version
        for value in (8, 8.0)
    }
    assert len(versions) == 1
    assert read_policy(with_threshold("severe_from", value=7.0)).engine().version == Engine().version


def test_a_tier_changes_the_version_and_the_budget_does_not():
    tier = read_policy({"name": "x", "tiers": {"silence": "self_care"}})
    budget = read_policy({"name": "x", "budget": {"share": {"value": 0.2, "source": OURS}}})
    assert tier.engine().version != Engine().version
    assert budget.engine().version == Engine().version
    assert budget.budget.patients_per_week(100) == 20
    assert changes(tier) == ["tiers.silence: self_care (built in: routine)"]


@pytest.mark.parametrize("kind", list(FindingKind))
def test_every_kind_has_a_tier(kind):
    assert Tiers().of(kind) in set(Tier)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
near = st.dictionaries(
    st.sampled_from(["name", "tiers", "thresholds", "budget"]),
    junk | st.dictionaries(st.sampled_from(["severe_from", "share", "silence", "gap_pdc"]), junk, max_size=3),
)


@given(junk | near)
def test_every_document_is_a_policy_or_refused_with_reasons(document):
    try:
        policy = read_policy(document)
    except UnusableDocument as error:
        reasons = error.problems
    else:
        reasons = [("", "none needed")]
        assert read_policy(document_of(policy)) == policy
    assert reasons


def test_a_deeply_nested_document_is_refused_by_path():
    deep = reduce(lambda inner, _: [inner], range(5000), [])
    problems = refused({"name": deep, "tiers": {"silence": deep}, **with_threshold("severe_from", unit=deep)})
    assert {path for path, _ in problems} >= {"tiers.silence", "thresholds.severe_from.unit"}
