"""Joints and their movements, each with the usual, plausible and possible range."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.measurements.definition import Quantity, Range

AAOS = (
    "American Academy of Orthopaedic Surgeons, Joint Motion: Method of Measuring and Recording (1965), as "
    "textbooks repeat it; unverified against the handbook"
)
BOUNDS = "unverified: judgement, the usual end of the movement and 30 degrees more"
SOUCIE = (
    "Soucie JM et al. Range of motion measurements: reference values and a database for comparison studies. "
    "Haemophilia 2011;17:500-507, doi:10.1111/j.1365-2516.2010.02399.x (joints move less with age)"
)
HYPERMOBILE, IMPOSSIBLY, CONTRACTURE, FARTHEST_BACK = 30, 60, -60, -120


@dataclass(frozen=True, slots=True)
class JointMovement:
    """The usual end of a movement, in degrees from neutral; negative short of neutral."""

    usual: float
    quantity: Quantity


def _movement(name: str, usual: float) -> JointMovement:
    plausible = Range(CONTRACTURE if name == "extension" else 0, usual + HYPERMOBILE)
    return JointMovement(
        usual, Quantity("degrees", plausible, Range(FARTHEST_BACK, usual + IMPOSSIBLY), BOUNDS)
    )


_USUAL: Mapping[str, Mapping[str, float]] = {
    "shoulder": {
        "flexion": 180,
        "extension": 60,
        "abduction": 180,
        "internal_rotation": 70,
        "external_rotation": 90,
    },
    "elbow": {"flexion": 150, "extension": 0},
    "forearm": {"pronation": 80, "supination": 80},
    "wrist": {"flexion": 80, "extension": 70, "radial_deviation": 20, "ulnar_deviation": 30},
    "thumb_base": {"abduction": 70},
    "thumb_mcp": {"flexion": 50},
    "thumb_ip": {"flexion": 80},
    "finger_mcp": {"flexion": 90, "extension": 45},
    "finger_pip": {"flexion": 100, "extension": 0},
    "finger_dip": {"flexion": 90, "extension": 0},
    "hip": {
        "flexion": 120,
        "extension": 30,
        "abduction": 45,
        "adduction": 30,
        "internal_rotation": 45,
        "external_rotation": 45,
    },
    "knee": {"flexion": 135, "extension": 0},
    "ankle": {"dorsiflexion": 20, "plantarflexion": 50},
    "neck": {"flexion": 45, "extension": 45, "lateral_flexion": 45, "rotation": 60},
}

MOVEMENTS: Mapping[tuple[str, str], JointMovement] = {
    (joint, name): _movement(name, usual)
    for joint, movements in _USUAL.items()
    for name, usual in movements.items()
}
"""Joint and movement to the usual end (AAOS) and the ranges."""

JOINTS = tuple(_USUAL)
NAMES = tuple(dict.fromkeys(name for movements in _USUAL.values() for name in movements))
FINGERS = frozenset({"finger_mcp", "finger_pip", "finger_dip"})
IN_THE_MIDDLE = frozenset({("neck", "flexion"), ("neck", "extension")})
"""Movements that have no side."""


def sides_of(joint: str, movement: str) -> tuple[str, ...]:
    """Return the sides a movement can be measured on.

    >>> sides_of("neck", "flexion"), sides_of("knee", "flexion")
    (('middle',), ('left', 'right'))
    """
    return ("middle",) if (joint, movement) in IN_THE_MIDDLE else ("left", "right")
