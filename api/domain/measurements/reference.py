"""Norms and bands of measurements, each with its source."""

from collections.abc import Mapping
from typing import NamedTuple

from api.domain.instruments.scores import Band

MASSY_WESTROPP = (
    "Massy-Westropp NM et al. Hand grip strength: age and gender stratified normative data in a "
    "population-based study. BMC Res Notes 2011;4:127, doi:10.1186/1756-0500-4-127 (female, without hand "
    "pain or arthritis; Jamar, mean of three tries)"
)
BOHANNON = (
    "Bohannon RW. Minimal clinically important difference for grip strength: a systematic review. J Phys "
    "Ther Sci 2019;31:75-78, PMID 30774209 (0.04 to 6.5 kg; 5.0 to 6.5 is used provisionally)"
)
RASTELLI = (
    "Rastelli AL et al. Vitamin D and aromatase inhibitor-induced musculoskeletal symptoms. Breast Cancer "
    "Res Treat 2011;129:107-116, doi:10.1007/s10549-011-1644-6 (60 patients, in strata of 10-19 and 20-29)"
)
HOLICK = (
    "Holick MF et al. Evaluation, treatment, and prevention of vitamin D deficiency: an Endocrine Society "
    "clinical practice guideline. J Clin Endocrinol Metab 2011;96:1911-1930, doi:10.1210/jc.2011-0385 "
    "(deficiency below 20 ng/ml; guidelines differ, and the Society's of 2024 names no cut)"
)
KANIS = (
    "Kanis JA et al. The diagnosis of osteoporosis. J Bone Miner Res 1994;9:1137-1141, "
    "doi:10.1002/jbmr.5650090802 (World Health Organization; female, after the menopause)"
)

GRIP_MATTERS_KG = 5.0
"""The low end of the provisional range; a smaller change may not matter."""

TESTED_TRIES = 3
"""The number of tries whose mean the norms are."""


class ReferenceNorm(NamedTuple):
    """Mean and standard deviation of grip strength in kg, higher is better."""

    mean: float
    sd: float


GRIP_NORMS: Mapping[int, tuple[ReferenceNorm, ReferenceNorm]] = {
    20: (ReferenceNorm(30, 7.0), ReferenceNorm(28, 6.1)),
    30: (ReferenceNorm(31, 6.4), ReferenceNorm(29, 6.0)),
    40: (ReferenceNorm(29, 5.7), ReferenceNorm(28, 5.7)),
    50: (ReferenceNorm(28, 6.3), ReferenceNorm(26, 5.7)),
    60: (ReferenceNorm(24, 5.3), ReferenceNorm(23, 5.0)),
    70: (ReferenceNorm(20, 5.8), ReferenceNorm(19, 5.5)),
}
"""Decade of age to the norms of the dominant and the other hand (Massy-Westropp)."""

OLDEST_DECADE = 70

VITAMIN_D_BANDS = (
    Band(0, "severely low, below 10 ng/ml", HOLICK, verified=False),
    Band(10, "low, 10 to under 20 ng/ml", RASTELLI),
    Band(20, "20 to under 30 ng/ml", RASTELLI),
    Band(30, "30 ng/ml or more", HOLICK, verified=False),
    Band(100, "high, 100 ng/ml or more: ask about supplements", HOLICK, verified=False),
)
"""In ng/ml."""

T_SCORE_OSTEOPOROSIS, T_SCORE_LOW = -2.5, -1.0
"""At or below the first: osteoporosis; between: low bone mass; from the second on: normal."""


def grip_norm(age: int, *, dominant: bool) -> ReferenceNorm | None:
    """Return the female norm of grip strength at an age, in kg, higher is better.

    Args:
        age: In years.
        dominant: Whether it is the dominant hand.

    Returns:
        Mean and standard deviation; None under 20, where there is none.

    Source:
        Massy-Westropp et al. 2011, BMC Res Notes 4:127, doi:10.1186/1756-0500-4-127.

    >>> grip_norm(63, dominant=True)
    ReferenceNorm(mean=24, sd=5.3)
    >>> grip_norm(91, dominant=False)
    ReferenceNorm(mean=19, sd=5.5)
    """
    norms = GRIP_NORMS.get(min(age // 10 * 10, OLDEST_DECADE))
    return None if norms is None else norms[0 if dominant else 1]


def bone_band(t_score: float) -> str:
    """Return the World Health Organization's category of a T-score.

    Args:
        t_score: Standard deviations from young adults, higher is better.

    Returns:
        The category, defined for female patients after the menopause.

    Source:
        Kanis et al. 1994, J Bone Miner Res 9:1137.

    >>> bone_band(-2.5), bone_band(-2.4), bone_band(-1.0)
    ('osteoporosis', 'low bone mass (osteopenia)', 'normal')
    """
    if t_score <= T_SCORE_OSTEOPOROSIS:
        return "osteoporosis"
    return "low bone mass (osteopenia)" if t_score < T_SCORE_LOW else "normal"


def vitamin_d_band(ng_per_ml: float) -> Band:
    """Return the band of a 25(OH) vitamin D, with its source.

    >>> vitamin_d_band(19.9).label
    'low, 10 to under 20 ng/ml'
    """
    return next(band for band in reversed(VITAMIN_D_BANDS) if ng_per_ml >= band.lowest)
