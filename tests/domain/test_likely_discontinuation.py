"""The finding of likely discontinuation: when it is raised, again, and what it says."""

import math
from datetime import date, timedelta
from itertools import pairwise

import pytest

from api.domain.alerts.finding import FindingKind
from api.domain.trajectory.engine import Engine
from tests.support.diaries import DAY_0, entry_of
from tests.support.risks import MODEL, STARTED


def stopping(entries, factors=STARTED):
    """Return the days and findings of likely discontinuation."""
    found = Engine().begin(factors).add(entries).findings
    return [finding for finding in found if finding.kind is FindingKind.LIKELY_DISCONTINUATION]


def worrying(n, **more):
    """Return an entry of a patient who is likely to stop."""
    return entry_of(n, **{"pain_worst": 8, "confidence": 2, "dose": "missed"} | more)


def test_likely_stopping_is_found_with_its_numbers_and_reasons():
    calm = [entry_of(n, pain_worst=2, confidence=9, dose="taken") for n in range(60)]
    found = stopping([*calm, *(worrying(n) for n in range(60, 80))])[0]

    numbers = found.numbers
    assert found.day > date(2026, 1, 5) + timedelta(days=60)
    assert numbers["risk_90d"] >= 0.2
    assert numbers["risk_90d"] >= 2 * numbers["average_90d"]
    assert numbers["risk_low"] < numbers["risk_90d"] < numbers["risk_high"]
    assert numbers["model"] == MODEL.version
    added = [each["adds"] for each in numbers["contributions"]]
    assert added == sorted(added, key=abs, reverse=True)
    hazard = -math.log1p(-numbers["average_90d"]) * math.exp(
        MODEL.centre((found.day - DAY_0).days + 1) + sum(added)
    )
    assert 1 - math.exp(-hazard) == pytest.approx(numbers["risk_90d"], abs=2e-3)
    assert "% likely to stop the tablets within 90 days (" in found.reason
    assert "raised most by" in found.reason
    assert "safe" not in found.reason


def test_it_is_raised_once_again_after_28_days_and_ends_with_hysteresis():
    entries = [worrying(n) for n in range(100)]
    days = [(found.day - DAY_0).days for found in stopping(entries)]
    gaps = [b - a for a, b in pairwise(days)]

    assert len(days) >= 3
    assert set(gaps) == {28}


def test_a_day_without_answers_neither_begins_nor_ends_it():
    entries = [worrying(n) for n in range(20)]
    told_first = stopping(entries)
    silent = [entry_of(n, note="away") for n in range(20, 45)]

    assert [f.key for f in stopping([*entries, *silent])] == [f.key for f in told_first]


def test_a_diary_of_low_symptoms_raises_no_finding_and_has_no_zero_risk():
    entries = [entry_of(n, pain_worst=1, confidence=10, dose="taken") for n in range(120)]

    assert stopping(entries) == []
    scores = Engine().begin(STARTED).add(entries).scores
    assert all(score.risk_90d is None or score.risk_90d > 0.005 for score in scores)
