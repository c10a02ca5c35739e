"""The catalogue of measurement kinds, each with its fields and plausible and possible ranges."""

from collections.abc import Mapping

from api.domain.entries.answer_types import Choice, FlagAnswer, TextAnswer
from api.domain.measurements.definition import (
    Field,
    KindOfMeasurement,
    MeasurementKind,
    Quantity,
    Range,
    TrialCount,
)
from api.domain.measurements.movements import FARTHEST_BACK, JOINTS, NAMES

KG_PER_LB = 0.45359237
"""The international avoirdupois pound, exact by definition (1959)."""

NMOL_PER_L_OF_NG_PER_ML = 2.496
"""1000 over the molar mass of 25-hydroxyvitamin D3 (C27H44O2, 400.64 g/mol); 2.423 for D2."""

MOLAR_MASS = "1 ng/ml = 2.496 nmol/l: 1000 over the molar mass of 25-hydroxyvitamin D3, 400.64 g/mol"
MOST_TRIES = 3

_JUDGEMENT = "unverified: judgement"
_GRIP = Quantity("kg", Range(2, 60), Range(0, 100), f"{_JUDGEMENT}, female norms, about 4 SD either way")
_VITAMIN_D = Quantity("ng/ml", Range(4, 150), Range(0.1, 1500), _JUDGEMENT)
_BMD = Quantity("g/cm²", Range(0.3, 1.8), Range(0.05, 3), _JUDGEMENT)
_T_SCORE = Quantity("SD", Range(-6, 4), Range(-12, 12), _JUDGEMENT)
_WEIGHT = Quantity("kg", Range(35, 200), Range(20, 650), _JUDGEMENT)
_DEGREES = Quantity("degrees", Range(0, 210), Range(FARTHEST_BACK, 240), _JUDGEMENT)

BONE_SITES = ("lumbar_spine", "total_hip", "femoral_neck", "one_third_radius")
SIDES = ("left", "right", "middle")

GRIP_STRENGTH = KindOfMeasurement(
    MeasurementKind.GRIP_STRENGTH,
    "grip strength",
    "higher is better",
    (
        Field("hand", "Which hand.", Choice(("left", "right"))),
        Field(
            "dominant", "Whether it is the dominant hand; left out: not known.", FlagAnswer(), needed=False
        ),
        Field("dynamometer", "Which instrument, such as Jamar.", TextAnswer(80), needed=False),
        Field("tries", "One to three tries, in order; their mean counts.", TrialCount(_GRIP, MOST_TRIES)),
    ),
    {"kg": 1.0, "lb": KG_PER_LB},
    same=("hand",),
)
RANGE_OF_MOTION = KindOfMeasurement(
    MeasurementKind.RANGE_OF_MOTION,
    "range of motion",
    "higher is better",
    (
        Field("joint", "Which joint.", Choice(JOINTS)),
        Field("side", "Which side; `middle` for bending the neck.", Choice(SIDES)),
        Field("movement", "Which way it was moved.", Choice(NAMES)),
        Field(
            "digit",
            "Which finger, of the finger joints.",
            Choice(("index", "middle", "ring", "little")),
            needed=False,
        ),
        Field("active", "Whether the movement was active; left out: not known.", FlagAnswer(), needed=False),
        Field("degrees", "From neutral; negative where neutral is not reached.", _DEGREES),
    ),
    {},
    same=("joint", "side", "movement", "digit", "active"),
)
VITAMIN_D = KindOfMeasurement(
    MeasurementKind.VITAMIN_D,
    "25(OH) vitamin D",
    "higher is better up to its range",
    (Field("value", "25-hydroxyvitamin D in blood.", _VITAMIN_D),),
    {"ng/ml": 1.0, "nmol/l": 1 / NMOL_PER_L_OF_NG_PER_ML},
)
BONE_DENSITY = KindOfMeasurement(
    MeasurementKind.BONE_DENSITY,
    "bone density",
    "higher is better",
    (
        Field("site", "Where it was measured.", Choice(BONE_SITES)),
        Field("g_per_cm2", "Bone mineral density, g/cm².", _BMD, needed=False),
        Field("t_score", "Standard deviations from young adults.", _T_SCORE, needed=False),
        Field("z_score", "Standard deviations from the same age.", _T_SCORE, needed=False),
        Field(
            "scanner",
            "Make and model; densities of different makes do not compare.",
            TextAnswer(80),
            needed=False,
        ),
    ),
    {},
    any_of=("g_per_cm2", "t_score", "z_score"),
    same=("site",),
)
WEIGHT = KindOfMeasurement(
    MeasurementKind.WEIGHT,
    "weight",
    "neither is worse by itself",
    (Field("value", "Body weight.", _WEIGHT),),
    {"kg": 1.0, "lb": KG_PER_LB},
)

KINDS: Mapping[MeasurementKind, KindOfMeasurement] = {
    each.kind: each for each in (GRIP_STRENGTH, RANGE_OF_MOTION, VITAMIN_D, BONE_DENSITY, WEIGHT)
}
"""Every kind of measurement."""
