"""EORTC QLQ-C30: quality of life with cancer, fifteen scales and their summary."""

from collections.abc import Mapping
from dataclasses import replace
from math import fsum

from api.domain.instruments.catalogue import qlq
from api.domain.instruments.definition import Instrument, Item
from api.domain.instruments.scores import (
    BETTER,
    Answers,
    Band,
    Cited,
    Direction,
    Result,
    Results,
    ScoreDefinition,
    Unscored,
)

AARONSON = "Aaronson NK et al. J Natl Cancer Inst 1993;85:365-376, doi:10.1093/jnci/85.5.365"
SUMMARY = (
    "Giesinger JM et al. Replication and validation of higher order models demonstrated that a summary score "
    "for the EORTC QLQ-C30 is robust. J Clin Epidemiol 2016;69:79-88"
)
THRESHOLDS = (
    "Giesinger JM et al. Thresholds for clinical importance, J Clin Epidemiol 2020;118:1-8, PMID 31639445 "
    "(498 patients with various cancers)"
)
PROTECT = (
    "Basch E et al. JAMA 2022;327:2413-2422, PMID 35661856 (PRO-TECT): 2 to 7 points of physical "
    "functioning, for differences between groups; the upper end used"
)
KAWAHARA = (
    "Kawahara T et al. 2022, Qual Life Res, doi:10.1007/s11136-021-03074-y (metastatic breast cancer, "
    "n=154): 7 to 17 points within a group that got worse"
)
SNYDER = (
    "Snyder CF et al. 2015, Qual Life Res 24:1207-1216, doi:10.1007/s11136-014-0853-y (193 patients, 63% "
    "breast cancer): in the clinic, look at changes of 10 points or more"
)
PROBLEM, NO_PROBLEM = "a clinically important problem", "no clinically important problem"


def _bands(below: str, cut: float, above: str) -> tuple[Band, ...]:
    return Band(0, below, THRESHOLDS, verified=False), Band(cut, above, THRESHOLDS, verified=False)


# No score of PA or FA lies on its cut, so "above 25" and "from 25" are the same scores.
SCALES: tuple[qlq.QlqScale, ...] = (
    qlq.QlqScale("QL", "global health and quality of life", qlq.questions(29, 30), BETTER, steps=6),
    replace(
        qlq.functioning("PF", "physical functioning", qlq.questions(1, 2, 3, 4, 5)),
        bands=_bands(PROBLEM, 83, NO_PROBLEM),
        minimal_important_difference=Cited(7, PROTECT),
    ),
    qlq.functioning("RF", "role functioning", qlq.questions(6, 7)),
    qlq.functioning("EF", "emotional functioning", qlq.questions(21, 22, 23, 24)),
    qlq.functioning("CF", "cognitive functioning", qlq.questions(20, 25)),
    qlq.functioning("SF", "social functioning", qlq.questions(26, 27)),
    replace(qlq.symptom("FA", "fatigue", qlq.questions(10, 12, 18)), bands=_bands(NO_PROBLEM, 39, PROBLEM)),
    qlq.symptom("NV", "nausea and vomiting", qlq.questions(14, 15)),
    replace(qlq.symptom("PA", "pain", qlq.questions(9, 19)), bands=_bands(NO_PROBLEM, 25, PROBLEM)),
    qlq.symptom("DY", "dyspnoea", qlq.questions(8)),
    qlq.symptom("SL", "insomnia", qlq.questions(11)),
    qlq.symptom("AP", "appetite loss", qlq.questions(13)),
    qlq.symptom("CO", "constipation", qlq.questions(16)),
    qlq.symptom("DI", "diarrhoea", qlq.questions(17)),
    qlq.symptom("FI", "financial difficulties", qlq.questions(28)),
)
SUMMED: Mapping[str, Direction] = {
    scale.id: scale.direction for scale in SCALES if scale.id not in {"QL", "FI"}
}
"""The thirteen scales of the summary score: all but global health and financial difficulties."""


def score_qlq_c30(answers: Answers) -> Results:
    """Return the fifteen scales and the summary score.

    Args:
        answers: ``q1`` to ``q28`` 1 (not at all) to 4 (very much), ``q29`` and ``q30`` 1 to 7.

    Returns:
        Each 0 to 100. Higher is better in QL, PF, RF, EF, CF, SF and C30SUMMARY; higher is worse in
        the others. ``Unscored`` for a scale with fewer than half of its items, and for the summary
        unless all thirteen of its scales are scored.

    Source:
        EORTC QLQ-C30 Scoring Manual, 3rd edition (Fayers et al. 2001); for the summary Giesinger et
        al. 2016 (J Clin Epidemiol 69:79).

    >>> scores = score_qlq_c30({f"q{n}": 1.0 for n in range(1, 31)})
    >>> scores["PF"], scores["PA"], scores["QL"], scores["C30SUMMARY"]
    (100.0, 0.0, 0.0, 100.0)
    """
    found = qlq.scaled_all(SCALES, answers)
    return {**found, "C30SUMMARY": _summary(found)}


def _summary(found: Results) -> Result:
    """Return the mean of the thirteen scales, symptoms turned round (100 - score)."""
    turned: list[float] = []
    for name, direction in SUMMED.items():
        score = found[name]
        if isinstance(score, Unscored):
            return Unscored(f"{name} is not scored: {score.reason}")
        turned.append(score if direction is BETTER else 100 - score)
    return fsum(turned) / len(turned)


QLQ_C30 = Instrument(
    code="qlq-c30",
    version="3",
    name="EORTC QLQ-C30, version 3.0",
    title="Quality of life (QLQ-C30)",
    recall_period="the past week; q1 to q5 name no time (unverified)",
    items=(
        *(Item(f"q{number}", 1, 4) for number in range(1, 29)),
        *(Item(f"q{number}", 1, 7) for number in (29, 30)),
    ),
    scores=(
        *(scale.score() for scale in SCALES),
        ScoreDefinition("C30SUMMARY", "summary score", 0, 100, BETTER),
    ),
    score=score_qlq_c30,
    missing_rule=f"{qlq.MISSING_RULE} The summary needs all thirteen of its scales.",
    algorithm="A scale is the mean of its answered items, turned into 0 to 100: functioning as (1 - (mean - "
    "1) / 3) x 100, symptoms as (mean - 1) / 3 x 100, global health (q29, q30) as (mean - 1) / 6 x 100. The "
    "summary is the mean of thirteen scales, symptoms as 100 - score, without QL and FI.",
    sources=(qlq.MANUAL, AARONSON, SUMMARY, THRESHOLDS, PROTECT, KAWAHARA, SNYDER),
    licence=qlq.LICENCE,
    cautions=(
        "Directions differ: functioning and global health are better when higher, symptoms are worse.",
        "A single item has four possible scores although it runs from 0 to 100: one step of one answer is 33 "
        "points, in PF 6.7. A change of less than a step cannot be measured in one patient.",
        "For one patient, 10 points are a change to look at, in any scale (Snyder 2015); smaller ones matter "
        "between groups.",
    ),
)
