"""The same version scores the same: a change of rules needs a new name."""

import hashlib
from dataclasses import fields, replace

from api.domain.policy import Policy, Threshold
from api.domain.trajectory.engine import ENGINE, Engine, PatientFactors
from tests.support.diaries import day, entry_of

GOLDEN = ("onset-5", "30195efaf72806d8")


def fixed_diary():
    """Return 120 days with every kind of answer, a rise, a gap, and low confidence."""
    entries = []
    for n in (n for n in range(120) if n % 11 and not 60 <= n < 70):
        pain = (2.5, 3, 1, 4, 2)[n % 5] + (4.5 if 40 <= n < 80 else 0)
        dose = "skipped" if 80 <= n < 84 else ("missed" if n % 9 == 0 else "taken")
        answers = {"pain_worst": pain, "stiffness": n % 6, "interference": (n // 10) % 10}
        if n % 7 == 0:
            answers |= {"doses_missed_7d": n % 4, "confidence": 9 - n // 14}
        entries.append(entry_of(n, **answers, **({"dose": dose} if n % 3 else {})))
    return [
        *entries,
        entry_of(100, nth=1, wants_to_stop=True),
        entry_of(101, nth=1, red_flags=["leg_swelling"]),
    ]


def rounded(value):
    """Return numbers with nine digits: the last ones may differ between machines."""
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return str(value)


def test_a_change_of_scores_or_findings_needs_a_new_engine_name():
    outcome = Engine().begin(PatientFactors(ai_started_on=day(20))).add(fixed_diary())
    rows = [
        [rounded(getattr(row, name)) for name in row.__match_args__]
        for row in (*outcome.scores, *outcome.findings)
    ]
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()[:16]

    assert (ENGINE, digest) == GOLDEN, "scores changed: give ENGINE a new name, then write it here"
    assert len({finding.kind for finding in outcome.findings}) == 6


def test_every_threshold_changes_the_version():
    policy = Policy()
    versions = {Engine(policy).version}
    for field in fields(policy):
        before = getattr(policy, field.name)
        versions.add(Engine(replace(policy, **{field.name: replace(before, value=before.value + 1)})).version)

    assert len(versions) == len(fields(policy)) + 1


def test_every_threshold_has_a_unit_and_a_source():
    for name in Policy().values():
        threshold = getattr(Policy(), name)
        assert isinstance(threshold, Threshold)
        assert threshold.unit
        assert (
            "20" in threshold.source or "19" in threshold.source or threshold.source.startswith("unverified")
        )
