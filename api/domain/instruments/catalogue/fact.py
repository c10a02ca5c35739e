"""FACT family: items, reversed items and sums, shared by FACT-B and FACT-ES."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from api.domain.instruments.arithmetic import numbers, prorated_sum, total
from api.domain.instruments.definition import Item, Licence, Wording
from api.domain.instruments.scores import BETTER, Answers, Cited, Result, Results, ScoreDefinition, Unscored

HIGHEST = 4
PWB = tuple(f"GP{n}" for n in range(1, 8))
SWB = tuple(f"GS{n}" for n in range(1, 8))
EWB = tuple(f"GE{n}" for n in range(1, 7))
FWB = tuple(f"GF{n}" for n in range(1, 8))
GENERAL = PWB + SWB + EWB + FWB
BREAST = (*(f"B{n}" for n in range(1, 10)), "P2")
ENDOCRINE_18 = (*(f"ES{n}" for n in range(1, 14)), "AN9", "O2", "C5", "AN10", "TAX1")
ENDOCRINE_19 = (*ENDOCRINE_18, "BRM1")
ENDOCRINE_23 = (*ENDOCRINE_19, "GP1", "GP2", "GE4", "GF5")
SUBSCALES: Mapping[str, tuple[str, ...]] = {
    "PWB": PWB,
    "SWB": SWB,
    "EWB": EWB,
    "FWB": FWB,
    "BCS": BREAST,
    "ESS_18": ENDOCRINE_18,
    "ESS_19": ENDOCRINE_19,
    "ESS_23": ENDOCRINE_23,
}
REVERSED = frozenset(PWB + EWB + BREAST + ENDOCRINE_19) - {"GE2", "B4", "B9"}
"""Items where more is worse: scored 4 - answer. Not SWB, FWB, GE2, B4 and B9, where more is better."""

FACIT = "FACIT.org, FACT-G, FACT-B and FACT-ES scoring (facit.org/scoring; subscales prorated above 50%)"
FACTSCORER = (
    "Baser R. FACTscorer, R package 0.2.0: scoreFACTG, scoreFACT_B, scoreFACT_ES, scoreFACT_ES_BCS "
    "(items, reversals, and totals only above 80% of the items)"
)
BRADY = (
    "Brady MJ et al. Reliability and validity of the Functional Assessment of Cancer Therapy-Breast. J Clin "
    "Oncol 1997;15:974-986, doi:10.1200/JCO.1997.15.3.974"
)
FALLOWFIELD = (
    "Fallowfield LJ et al. Assessment of quality of life in women undergoing hormonal therapy for breast "
    "cancer. Breast Cancer Res Treat 1999;55:187-197, doi:10.1023/A:1006263818115"
)
ETON = (
    "Eton DT et al. J Clin Epidemiol 2004;57:898-910, PMID 15504633 (metastatic breast cancer, n=739 and 129)"
)
SMITH = (
    "Smith 2022, npj Breast Cancer, doi:10.1038/s41523-022-00414-0: 5 points of endocrine symptoms taken as "
    "one important difference; for this number of items it is unverified"
)
SOURCES = (FACIT, FACTSCORER, BRADY, ETON)
MISSING_RULE = (
    "A subscale needs more than half of its items and is prorated; FACT_G and FACT_B also need more than "
    "80% of their 27 and 37 items (22 and 30) and every subscale; TOI needs its three subscales. GS7 may be "
    "left out."
)
ALGORITHM = (
    "Items where more is worse are turned round (4 - answer), so that more is always better. A subscale is "
    "the sum of its items, prorated (mean of the answered times the number of items). FACT_G = PWB + SWB + "
    "EWB + FWB; FACT_B = FACT_G's four + BCS; TOI = PWB + FWB + BCS."
)
LICENCE = Licence(
    Wording.NOT_SHIPPED, "A licence is needed, also where it is free of charge", "facit.org, licensing"
)
CAUTIONS = (
    "BCS is of ten items here (with P2), 0 to 40, so TOI reaches 96; older work has nine items, 0 to 36, "
    "and a TOI to 92. Do not compare across the two.",
    "High is good, also in the endocrine subscales: fewer symptoms give more points.",
    "What change matters in FACT_G, BCS, FACT_B and TOI is from metastatic breast cancer (Eton 2004), not "
    "from patients in early treatment.",
)


def score_fact(answers: Answers) -> Results:
    """Return the subscales and totals that the answers allow.

    Args:
        answers: FACIT's item codes, each 0 (not at all) to 4 (very much), as answered.

    Returns:
        Points, higher is better in every score, also in the symptom subscales. ``Unscored`` for a
        subscale with half of its items or fewer, for a total without all of its subscales, and for
        FACT_G and FACT_B with 80% of their items or fewer.

    Source:
        FACIT.org's scoring; for the 80% of totals, R package FACTscorer 0.2.0 (Baser).

    >>> score_fact({item: 0.0 for item in PWB})["PWB"]
    28.0
    """
    points = {item: turned(item, answer) for item in answers for answer in numbers(answers, (item,))}
    found = {
        name: prorated_sum(points, items, at_least=len(items) // 2 + 1) for name, items in SUBSCALES.items()
    }
    found["FACT_G"] = _total(found, ("PWB", "SWB", "EWB", "FWB"), points, GENERAL)
    found["FACT_B"] = _total(found, ("PWB", "SWB", "EWB", "FWB", "BCS"), points, GENERAL + BREAST)
    found["TOI"] = total([(name, found[name]) for name in ("PWB", "FWB", "BCS")])
    return {score.id: found[score.id] for score in SCORES}


def turned(item: str, answer: float) -> float:
    """Return an answer in points, where more is better.

    >>> turned("GP1", 4.0), turned("GF1", 4.0)
    (0.0, 4.0)
    """
    return HIGHEST - answer if item in REVERSED else answer


def _total(found: Results, parts: Sequence[str], points: Mapping[str, float], items: Sequence[str]) -> Result:
    """Add subscales up, where more than 80% of all their items were answered."""
    given = len(numbers(points, items))
    if Fraction(given, len(items)) <= Fraction(4, 5):
        return Unscored(f"{given} of {len(items)} items answered, more than 80% are needed")
    return total([(name, found[name]) for name in parts])


def _score(
    score_id: str, name: str, items: int, minimal_important_difference: Cited | None = None
) -> ScoreDefinition:
    return ScoreDefinition(
        score_id, name, 0, HIGHEST * items, BETTER, minimal_important_difference=minimal_important_difference
    )


def _eton(lowest: int) -> Cited:
    return Cited(lowest, f"{ETON}: {lowest} to {lowest + 1} points, the lower end used")


SCORES = (
    _score("PWB", "physical well-being", len(PWB)),
    _score("SWB", "social and family well-being", len(SWB)),
    _score("EWB", "emotional well-being", len(EWB)),
    _score("FWB", "functional well-being", len(FWB)),
    _score("FACT_G", "general total", len(GENERAL), _eton(5)),
    _score("BCS", "breast cancer subscale", len(BREAST), _eton(2)),
    _score("FACT_B", "FACT-B total", len(GENERAL + BREAST), _eton(7)),
    _score("TOI", "trial outcome index", len(PWB + FWB + BREAST), _eton(5)),
    *(
        _score(f"ESS_{n}", f"endocrine symptoms, {n} items", n, Cited(5, SMITH, verified=False))
        for n in (18, 19, 23)
    ),
)


def form_items(on_the_form: Sequence[str]) -> tuple[Item, ...]:
    """Return every item of the family: those of this form first, then accepted ones of the others."""
    others = [item for item in GENERAL + BREAST + ENDOCRINE_19 if item not in on_the_form]
    return (
        *(Item(item, 0, HIGHEST) for item in on_the_form),
        *(Item(item, 0, HIGHEST, is_on_form=False) for item in others),
    )
