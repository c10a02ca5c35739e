"""EORTC QLQ-BR23: the breast cancer module beside the QLQ-C30."""

from collections.abc import Mapping

from api.domain.instruments.catalogue import qlq
from api.domain.instruments.definition import Instrument, Item
from api.domain.instruments.scores import BETTER, Answers, Result, Results, Unscored

SPRANGERS = (
    "Sprangers MAG et al. The European Organization for Research and Treatment of Cancer breast "
    "cancer-specific quality-of-life questionnaire module. J Clin Oncol 1996;14:2756-2768"
)
PROGRAM = (
    "Van Steen K, Curran D. SAS program for scoring the EORTC QLQ-C30 and associated modules, 1998, modified "
    "2002 (conditional items; the open program awell-score does the same)"
)
# Sexual items are worded positively: a high answer is good, so they take the formula of symptoms.
SCALES: tuple[qlq.QlqScale, ...] = (
    qlq.functioning("BRBI", "body image", qlq.questions(39, 40, 41, 42)),
    qlq.QlqScale("BRSEF", "sexual functioning", qlq.questions(44, 45), BETTER),
    qlq.QlqScale("BRSEE", "sexual enjoyment", qlq.questions(46), BETTER),
    qlq.functioning("BRFU", "future perspective", qlq.questions(43)),
    qlq.symptom("BRST", "systemic therapy side effects", qlq.questions(31, 32, 33, 34, 36, 37, 38)),
    qlq.symptom("BRBS", "breast symptoms", qlq.questions(50, 51, 52, 53)),
    qlq.symptom("BRAS", "arm symptoms", qlq.questions(47, 48, 49)),
    qlq.symptom("BRHL", "upset by hair loss", qlq.questions(35)),
)
APPLIES_ABOVE: Mapping[str, str] = {"BRSEE": "q45", "BRHL": "q34"}
"""A score that applies only where another item was answered above 1."""


def score_qlq_br23(answers: Answers) -> Results:
    """Return the eight scales of the module.

    Args:
        answers: ``q31`` to ``q53``, 1 (not at all) to 4 (very much).

    Returns:
        Each 0 to 100. Higher is better in BRBI, BRSEF, BRSEE and BRFU; higher is worse in the
        others. ``Unscored`` for a scale with fewer than half of its items, for BRSEE where q45 is 1
        and for BRHL where q34 is 1: they do not apply then, even if answered.

    Source:
        EORTC QLQ-C30 Scoring Manual, 3rd edition (Fayers et al. 2001), breast module; for what does
        not apply, the EORTC's SAS program (Van Steen and Curran, 1998 and 2002).

    >>> score_qlq_br23({"q44": 4.0, "q45": 1.0, "q46": 4.0})["BRSEE"]
    Unscored(reason='does not apply: q45 was answered 1')
    """
    found = qlq.scaled_all(SCALES, answers)
    return {name: _applied(name, score, answers) for name, score in found.items()}


def _applied(name: str, score: Result, answers: Answers) -> Result:
    condition = APPLIES_ABOVE.get(name)
    if condition is not None and answers.get(condition) == 1:
        return Unscored(f"does not apply: {condition} was answered 1")
    return score


QLQ_BR23 = Instrument(
    code="qlq-br23",
    version="1",
    name="EORTC QLQ-BR23, breast cancer module",
    title="Quality of life, further questions (QLQ-BR23)",
    recall_period="the past week; q44 to q46 the past four weeks",
    items=tuple(Item(f"q{number}", 1, 4) for number in range(31, 54)),
    scores=tuple(scale.score() for scale in SCALES),
    score=score_qlq_br23,
    missing_rule=f"{qlq.MISSING_RULE} BRSEE (q46) does not apply where q45 is 1, nor BRHL (q35) where q34 is "
    "1.",
    algorithm="A scale is the mean of its answered items, turned into 0 to 100: BRBI and BRFU as "
    "(1 - (mean - 1) / 3) x 100, all others as (mean - 1) / 3 x 100; the sexual items are worded "
    "positively, so that is already better when higher.",
    sources=(qlq.MANUAL, SPRANGERS, PROGRAM),
    licence=qlq.LICENCE,
    cautions=(
        "It has no scale of joint pain: weak for musculoskeletal symptoms of aromatase inhibitors.",
        "Programs differ on q46 with q45 answered 1 (and q35 with q34): here it is not scored, as the "
        "EORTC's own program has it; the R package QoLR scores it.",
        "The recall of q44 to q46 is unverified.",
        "Superseded by the BR45 module, and that by a shorter BR42 (unverified).",
    ),
)
