"""Features of the discontinuation risk: a fixed row of named covariates with prior effects."""

import math
from typing import NamedTuple

CHIM = "Chim K et al. BMC Cancer 2013;13:401 (retrospective, 47 events)"
EVALUATE = "Nabieva N et al. Eur J Cancer 2018, EvAluate-TM, PMID 29679775 (n=3,887)"
HENRY = "Henry NL et al. J Clin Oncol 2012;30:936-942, PMID 22331951 (n=503)"
JUDGED = (
    "unverified: judgement, no published coefficient; its size was chosen so that the order of risks held "
    "in simulated cohorts driven by quite different causes"
)
SHRUNK = 0.5
"""Shrinkage of a published effect: samples were small and the papers overlap (judgement)."""

INFLATED = 1.5
"""Factor on its standard error (judgement)."""

HALF_OF_PAIN = 0.5
"""Share of the effect of worst pain that stays with its level; ``rise`` and ``early_rise`` carry the rest
(judgement), so that pain does not count twice."""


class Feature(NamedTuple):
    """One covariate of the risk.

    A value that is not known adds nothing, up or down.

    Attributes:
        typical: Value of a typical patient, which is subtracted.
        effect: Prior change of the log-hazard per unit; positive raises the risk.
        error: Standard error of the effect.
    """

    name: str
    meaning: str
    typical: float
    effect: float
    error: float
    source: str


def published(ratio: float, error: float, per: float = 1.0) -> tuple[float, float]:
    """Return the prior of a published hazard ratio: its shrunken logarithm, and a wider error.

    Args:
        ratio: The published hazard ratio.
        error: The standard error of its logarithm.
        per: Units of the feature that the published contrast spans.

    Source:
        Shrinkage is judgement: papers overlap (Henry 2012 and two others report on one trial), and
        a significant effect of a small sample is on average too large.

    >>> effect, error = published(2.0, 0.3)
    >>> round(effect, 3), round(error, 3)
    (0.347, 0.45)
    """
    return SHRUNK * math.log(ratio) / per, INFLATED * error / per


def _judged(name: str, meaning: str, typical: float, effect: float) -> Feature:
    return Feature(name, meaning, typical, effect, effect / 2, JUDGED)  # 95%: from nothing to twice as much


FEATURES: tuple[Feature, ...] = (
    Feature(
        "pain",
        "worst pain of recent weeks, points of 10",
        3.0,
        *published(2.09, 0.307, per=3.0 / HALF_OF_PAIN),
        f"{CHIM}: worst pain 4 or more against less, hazard ratio 2.09 (1.14-3.80); spread over the 3 points "
        "assumed between the two groups' means, and halved again: a rise has effects of its own (unverified)",
    ),
    _judged("rise", "rise of worst pain or stiffness since the first four weeks, points", 0.6, 0.12),
    Feature(
        "early_rise",
        "rise of pain or stiffness within 30 days of the start, 1 for 2 points or more",
        0.3,
        *published(2.55, 0.150),
        f"{EVALUATE}: musculoskeletal adverse event in the first 30 days, hazard ratio 2.55 (1.90-3.42); "
        "that was the clinician's record, a rise of 2 points is taken for it (unverified)",
    ),
    _judged("stiffness", "stiffness of recent weeks, points of 10", 3.0, 0.03),
    _judged("interference", "interference of recent weeks, points of 10", 2.5, 0.035),
    _judged("missed", "tablets missed, not on purpose or not known why, tenths of those known", 0.45, 0.25),
    _judged("skipped", "tablets skipped on purpose, tenths of those known", 0.15, 0.35),
    _judged("not_taken_rise", "more tablets not taken lately than before, tenths", 0.1, 0.5),
    _judged("doubt", "doubt about going on: 10 less confidence", 2.6, 0.25),
    _judged("doubt_rise", "more doubt about going on lately than before, points", 0.05, 0.8),
    Feature(
        "bother",
        "bother by unwanted effects of recent weeks, points of 10",
        3.0,
        *published(3.44, 0.330, per=5.0),
        "E1Z11 and E1Z03, ECOG-ACRIN: severe bother by side effects at 3 months, odds ratio 3.44 (1.80-6.57) "
        "of the two pooled; spread over the 5 points assumed between the groups (unverified)",
    ),
    _judged("need_doubt", "doubt about the need for the tablets, points of 10", 2.6, 0.05),
    Feature(
        "cost",
        "trouble with cost or supply",
        0.1,
        SHRUNK * -math.log(0.69),
        0.15,
        "Neugut AI et al. 2011 (claims, n=14,050): a copayment of $30-90 against less, odds ratio of "
        "persistence 0.69 (0.62-0.75); its error is widened to 0.15, as reported trouble is another measure "
        "(unverified)",
    ),
    Feature(
        "sleep",
        "trouble sleeping",
        0.3,
        *published(1.95, 0.166),
        f"{EVALUATE}: sleep disorder in the first 30 days, hazard ratio 1.95 (1.41-2.70)",
    ),
    _judged("wish", "stated wish to stop: 1 on the day, halving every 28 days", 0.01, 1.0),
    _judged("gap", "doublings of the usual interval since the entry before", 0.25, 0.035),
    _judged("thinning", "decline of the diary: logarithm of the usual over the present share", 0.0, 0.55),
    _judged("sparse", "days of the own rhythm left unanswered, tenths", 3.0, 0.035),
    Feature(
        "younger",
        "decades younger than 62",
        0.0,
        *published(1.4, 0.159, per=1.2),
        f"{HENRY}: younger age, hazard ratio 1.4 (1.02-1.9); the cut is not in the abstract, spread over 12 "
        "years (unverified)",
    ),
    Feature(
        "tamoxifen",
        "tamoxifen before",
        0.25,
        *published(2.01, 0.312),
        f"{CHIM}: hazard ratio 2.01 (1.09-3.70)",
    ),
    Feature("taxane", "taxane before", 0.3, *published(1.9, 0.327), f"{HENRY}: hazard ratio 1.9 (1.00-3.6)"),
    Feature(
        "exemestane",
        "exemestane rather than another aromatase inhibitor",
        0.2,
        *published(1.5, 0.165),
        f"{HENRY}: exemestane against letrozole, hazard ratio 1.5 (1.1-2.1); anastrozole counts as letrozole",
    ),
)
"""In the order of every row of values, effects and errors. Race and body weight are no inputs: more
symptoms in Black and Asian patients did not mean more stopping (E1Z11), and findings on weight
conflict."""

NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
TYPICAL: tuple[float, ...] = tuple(feature.typical for feature in FEATURES)

Values = tuple[float | None, ...]
"""One value for each of ``FEATURES``; None is not known."""
