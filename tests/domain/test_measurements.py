"""Measurements are read strictly, converted exactly, asked about when unlikely, and explained."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import ImplausibleMeasurement, InvalidMeasurement
from api.domain.measurements.catalogue import KINDS, VITAMIN_D
from api.domain.measurements.definition import Measurement, MeasurementKind, Quantity, TrialCount
from api.domain.measurements.interpretation import NOT_ALONE, interpret
from api.domain.measurements.movements import MOVEMENTS, sides_of
from api.domain.measurements.reading import read_measurement
from api.domain.measurements.reference import bone_band, grip_norm, vitamin_d_band

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GRIP = {"kind": "grip_strength", "hand": "right", "dominant": True, "tries": [20, 21, 25], "unit": "kg"}
KNEE = {"kind": "range_of_motion", "joint": "knee", "side": "left", "movement": "flexion", "degrees": 110}
LEVEL = {"kind": "vitamin_d", "value": 15, "unit": "ng/ml"}
BONE = {"kind": "bone_density", "site": "total_hip", "g_per_cm2": 0.84, "t_score": -1.2, "z_score": -0.1}
WEIGHT = {"kind": "weight", "value": 70, "unit": "kg"}
ALL = [GRIP, KNEE, LEVEL, BONE, WEIGHT]


def read(body: dict[str, Any], **changes: Any) -> Measurement:
    """Read a measurement of 1 March 2026 of a patient born in 1960."""
    sent = {"id": str(uuid4()), "measured_on": "2026-03-01", **body, **changes}
    return read_measurement({k: v for k, v in sent.items() if v is not ...}, born_in=1960, now=NOW)


def problems(kind: type[Exception], body: dict[str, Any], **changes: Any) -> dict[str, str]:
    """Return the errors by field."""
    with pytest.raises(kind) as refused:
        read(body, **changes)
    found: dict[str, str] = refused.value.problems  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (GRIP, {"mean_kg": 22.0, "tries_kg": [20.0, 21.0, 25.0], "tries": 3}),
        ({**GRIP, "tries": [50], "unit": "lb"}, {"mean_kg": 22.679619, "tries_kg": [22.679619], "tries": 1}),
        (KNEE, {"degrees": 110.0}),
        (LEVEL, {"ng_per_ml": 15.0, "nmol_per_l": 37.44}),
        ({**LEVEL, "value": 25, "unit": "nmol/l"}, {"ng_per_ml": 10.016026, "nmol_per_l": 25.0}),
        (BONE, {"g_per_cm2": 0.84, "t_score": -1.2, "z_score": -0.1}),
        ({**BONE, "g_per_cm2": None, "z_score": None}, {"t_score": -1.2}),
        ({**WEIGHT, "value": 154, "unit": "lb"}, {"kg": 69.853225}),
    ],
)
def test_values_are_kept_in_canonical_units_beside_what_was_entered(body, values):
    found = read(body)
    assert found.values == values
    kept = {name: value for name, value in body.items() if name != "kind" and value is not None}
    assert found.entered == kept
    assert found.confirmed is False


@given(st.floats(4.5, 149), st.sampled_from(["ng/ml", "nmol/l"]))
def test_a_level_is_the_same_in_both_units(level, unit):
    factor = VITAMIN_D.units[unit]
    values = read({**LEVEL, "value": level / factor, "unit": unit}).values
    assert values["ng_per_ml"] == pytest.approx(level, abs=1e-6)
    assert values["nmol_per_l"] == pytest.approx(level * 2.496, abs=1e-5)


def test_the_published_bounds_meet_in_both_units():
    assert read({**LEVEL, "value": 49.92, "unit": "nmol/l"}).values["ng_per_ml"] == 20
    assert read({**LEVEL, "value": 24.96, "unit": "nmol/l"}).values["ng_per_ml"] == 10


@given(st.lists(st.floats(2, 60), min_size=1, max_size=3))
def test_the_mean_of_the_tries_lies_among_them_whatever_their_order(tries):
    one, other = read(GRIP, tries=tries).values, read(GRIP, tries=tries[::-1]).values
    assert min(tries) - 1e-6 <= one["mean_kg"] <= max(tries) + 1e-6
    assert one["mean_kg"] == pytest.approx(other["mean_kg"])
    assert one["tries"] == len(tries)


@pytest.mark.parametrize(
    ("body", "field", "range_said"),
    [
        ({**GRIP, "tries": [20, 61]}, "tries.1", "2 to 60 kg"),
        ({**GRIP, "tries": [1.9]}, "tries.0", "2 to 60 kg"),
        ({**GRIP, "tries": [150], "unit": "lb"}, "tries.0", "4.409 to 132.3 lb"),
        ({**KNEE, "degrees": 166}, "degrees", "0 to 165 degrees"),
        ({**KNEE, "movement": "extension", "degrees": -61}, "degrees", "-60 to 30 degrees"),
        ({**LEVEL, "value": 3}, "value", "4 to 150 ng/ml"),
        ({**LEVEL, "value": 400, "unit": "nmol/l"}, "value", "9.984 to 374.4 nmol/l"),
        ({**BONE, "g_per_cm2": 2}, "g_per_cm2", "0.3 to 1.8 g/cm²"),
        ({**BONE, "t_score": -6.5}, "t_score", "-6 to 4 SD"),
        ({**WEIGHT, "value": 30}, "value", "35 to 200 kg"),
    ],
)
def test_what_is_unlikely_is_asked_about_with_its_range_and_kept_once_confirmed(body, field, range_said):
    assert range_said in problems(ImplausibleMeasurement, body)[field]
    assert range_said in problems(ImplausibleMeasurement, body, confirmed=False)[field]
    kept = read(body, confirmed=True)
    assert kept.confirmed is True
    assert interpret(kept, birth_year=1960, before=None).cautions[0].startswith("An unlikely value")


@pytest.mark.parametrize(
    ("body", "field", "range_said"),
    [
        ({**GRIP, "tries": [-1]}, "tries.0", "0 to 100 kg"),
        ({**GRIP, "tries": [221], "unit": "lb"}, "tries.0", "0 to 220.5 lb"),
        ({**KNEE, "degrees": 196}, "degrees", "-120 to 195 degrees"),
        ({**KNEE, "degrees": -121}, "degrees", "-120 to 195 degrees"),
        ({**LEVEL, "value": 0}, "value", "0.1 to 1500 ng/ml"),
        ({**BONE, "g_per_cm2": 0}, "g_per_cm2", "0.05 to 3 g/cm²"),
        ({**BONE, "z_score": 13}, "z_score", "-12 to 12 SD"),
        ({**WEIGHT, "value": 700}, "value", "20 to 650 kg"),
    ],
)
def test_what_cannot_be_is_refused_even_when_it_is_confirmed(body, field, range_said):
    assert range_said in problems(InvalidMeasurement, body, confirmed=True)[field]


def test_confirming_what_was_likely_all_along_says_nothing():
    assert read(GRIP, confirmed=True).confirmed is False


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({**GRIP, "unit": ...}, "unit", "kg, lb"),
        ({**GRIP, "unit": "stone"}, "unit", "kg, lb"),
        ({**GRIP, "hand": "both"}, "hand", "left, right"),
        ({**GRIP, "hand": ...}, "hand", "is needed"),
        ({**GRIP, "dominant": 1}, "dominant", "true nor false"),
        ({**GRIP, "tries": []}, "tries", "list of one to 3"),
        ({**GRIP, "tries": [1, 2, 3, 4]}, "tries", "list of one to 3"),
        ({**GRIP, "tries": [20, None]}, "tries.1", "not a number"),
        ({**GRIP, "tries": 20}, "tries", "list of one to 3"),
        ({**LEVEL, "value": None}, "value", "is needed"),
        ({**LEVEL, "value": "15"}, "value", "not a number"),
        ({**LEVEL, "value": True}, "value", "not a number"),
        ({**LEVEL, "value": float("nan")}, "value", "not a number"),
        ({**LEVEL, "value": 10**400}, "value", "not a number"),
        ({**LEVEL, "vlaue": 15}, "vlaue", "not something 25(OH) vitamin D can hold"),
        ({**KNEE, "unit": "degrees"}, "unit", "leave it out"),
        ({**KNEE, "joint": "toe"}, "joint", "shoulder"),
        ({**KNEE, "movement": "rotation"}, "movement", "flexion, extension"),
        ({**KNEE, "side": "middle"}, "side", "left or right"),
        ({**KNEE, "digit": "index"}, "digit", "no joint of a finger"),
        ({"kind": "bone_density", "site": "total_hip"}, "g_per_cm2", "at least one of"),
        ({**BONE, "site": "heel"}, "site", "lumbar_spine"),
        ({"kind": "height"}, "kind", "grip_strength, range_of_motion"),
        ({"kind": ["weight"]}, "kind", "grip_strength"),
        ({**WEIGHT, "id": "one"}, "id", "UUID"),
        ({**WEIGHT, "measured_on": ...}, "measured_on", "2026-03-01"),
        ({**WEIGHT, "measured_on": "2026-03-04"}, "measured_on", "future"),
        ({**WEIGHT, "measured_on": "1959-12-31"}, "measured_on", "born"),
        ({**WEIGHT, "note": " "}, "note", "leave it out"),
        ({**WEIGHT, "confirmed": "yes"}, "confirmed", "true nor false"),
    ],
)
def test_an_error_is_named_with_the_valid_values(body, field, words):
    assert words in problems(InvalidMeasurement, body)[field]


def test_everything_wrong_and_everything_unlikely_is_named_at_once():
    found = problems(InvalidMeasurement, {**BONE, "site": "heel", "g_per_cm2": 2, "t_score": -20})
    assert set(found) == {"site", "g_per_cm2", "t_score"}


def test_a_measurement_is_a_json_object():
    with pytest.raises(InvalidMeasurement):
        read_measurement([1], born_in=1960, now=NOW)


def test_bounds_lie_within_bounds_and_say_where_they_come_from():
    taken = [field.takes for kind in KINDS.values() for field in kind.fields]
    quantities = [each.quantity for each in taken if isinstance(each, TrialCount)]
    quantities += [each for each in taken if isinstance(each, Quantity)]
    for quantity in [*quantities, *(movement.quantity for movement in MOVEMENTS.values())]:
        assert quantity.possible.lowest <= quantity.plausible.lowest < quantity.plausible.highest
        assert quantity.plausible.highest <= quantity.possible.highest
        assert quantity.source
    assert set(KINDS) == set(MeasurementKind)


@pytest.mark.parametrize(("joint", "movement"), MOVEMENTS)
def test_every_movement_can_be_recorded_at_its_usual_end(joint, movement):
    usual = MOVEMENTS[joint, movement].usual
    body = {**KNEE, "joint": joint, "movement": movement, "side": sides_of(joint, movement)[0]}
    assert read(body, degrees=usual).values == {"degrees": usual}
    assert interpret(read(body, degrees=usual), birth_year=1960, before=None).verified is False


@pytest.mark.parametrize(
    ("age", "dominant", "norm"),
    [
        (19, True, None),
        (20, True, (30, 7.0)),
        (49, False, (28, 5.7)),
        (50, True, (28, 6.3)),
        (59, False, (26, 5.7)),
        (60, True, (24, 5.3)),
        (69, False, (23, 5.0)),
        (70, True, (20, 5.8)),
        (95, False, (19, 5.5)),
    ],
)
def test_grip_norms_are_those_of_massy_westropp_2011(age, dominant, norm):
    assert grip_norm(age, dominant=dominant) == norm


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (9.9, "below 10"),
        (10, "10 to under 20"),
        (19.99, "10 to under 20"),
        (20, "20 to under 30"),
        (30, "30"),
    ],
)
def test_vitamin_d_is_banded_as_the_trial_stratified_it(level, word):
    assert word in vitamin_d_band(level).label


@pytest.mark.parametrize(
    ("t_score", "word"),
    [
        (-2.6, "osteoporosis"),
        (-2.5, "osteoporosis"),
        (-2.4, "low"),
        (-1.1, "low"),
        (-1.0, "normal"),
        (1, "normal"),
    ],
)
def test_t_scores_have_the_words_of_the_world_health_organization(t_score, word):
    assert bone_band(t_score).startswith(word)


def test_grip_is_interpreted_by_age_and_hand_and_never_alone():
    found = interpret(read(GRIP), birth_year=1960, before=None)
    assert (
        "Female norm at about 66, dominant hand: 24 kg (SD 5.3); 0.4 SD below the mean." in found.description
    )
    assert found.direction == "higher is better"
    assert NOT_ALONE in found.cautions
    assert "Massy-Westropp" in found.sources[0]


def test_fewer_than_three_tries_are_taken_and_said():
    assert "Only 2 tries" in " ".join(
        interpret(read(GRIP, tries=[20, 21]), birth_year=1960, before=None).cautions
    )
    assert "Only one try" in " ".join(
        interpret(read(GRIP, tries=[20]), birth_year=1960, before=None).cautions
    )
    assert "Only" not in " ".join(interpret(read(GRIP), birth_year=1960, before=None).cautions)


def test_without_dominant_hand_or_norm_at_the_age_no_norm_is_made_up():
    unknown = interpret(read(GRIP, dominant=None), birth_year=1960, before=None)
    assert "not known: no norm" in unknown.description
    assert unknown.sources == ()
    assert "no norm at this age" in interpret(read(GRIP), birth_year=2010, before=None).description


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ([25], [22.1], "2.9 kg less than on 1 January 2026: worse, by less than the 5 kg that may matter"),
        ([25], [20], "5.0 kg less than on 1 January 2026: worse, by at least the 5 kg that may matter"),
        ([20], [26], "6.0 kg more than on 1 January 2026: better, by at least the 5 kg"),
        ([20], [20], "The same as on 1 January 2026."),
    ],
)
def test_a_change_of_grip_says_its_direction_and_whether_it_may_matter(before, now, words):
    earlier = read(GRIP, tries=before, measured_on="2026-01-01")
    assert words in interpret(read(GRIP, tries=now), birth_year=1960, before=earlier).description


def test_densities_are_compared_by_what_both_have_and_never_where_they_share_nothing():
    earlier = read(BONE, measured_on="2024-03-01", t_score=-1.0)
    assert "The same as on 1 March 2024" in interpret(read(BONE), birth_year=1960, before=earlier).description
    only_t = read(BONE, g_per_cm2=None)
    assert "0.2 SD (T) less than on" in interpret(only_t, birth_year=1960, before=earlier).description
    only_z = read(BONE, g_per_cm2=None, t_score=None)
    assert "than on" not in interpret(only_z, birth_year=1960, before=earlier).description


@pytest.mark.parametrize("body", ALL)
def test_every_kind_is_explained_and_compared(body):
    day = date(2026, 3, 1) - timedelta(days=200)
    found = interpret(read(body), birth_year=1960, before=read(body, measured_on=str(day)))
    assert "The same as on 13 August 2025." in found.description
    assert found.direction


def test_a_joint_that_does_not_reach_neutral_falls_short():
    short = read({**KNEE, "movement": "extension", "degrees": -10})
    assert "It stays 10° short of neutral." in interpret(short, birth_year=1960, before=None).description


def test_hands_joints_and_sites_are_series_of_their_own():
    def series(body: dict[str, Any], **changes: Any) -> tuple[Any, ...]:
        found = read(body, **changes)
        return found.series(KINDS[found.kind].same)

    assert series(GRIP) == series(GRIP, tries=[30], dominant=None)
    assert series(GRIP) != series(GRIP, hand="left")
    assert series(KNEE) != series(KNEE, side="right")
    assert series(BONE) != series(BONE, site="femoral_neck")
