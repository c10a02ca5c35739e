"""Revised Fibromyalgia Impact Questionnaire, with its twin that does not name fibromyalgia (SIQR)."""

from collections.abc import Sequence
from fractions import Fraction

from api.domain.instruments.arithmetic import prorated_sum, total
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.scores import WORSE, Answers, Band, Result, Results, ScoreDefinition, Unscored

FUNCTION = tuple(f"function_{n + 1}" for n in range(9))
IMPACT = tuple(f"impact_{n + 1}" for n in range(2))
SYMPTOMS = tuple(f"symptom_{n + 1}" for n in range(10))
BENNETT = "Bennett et al. 2009, Arthritis Res Ther 11:R120, doi:10.1186/ar2783"
FRIEND = "Friend and Bennett 2011, Arthritis Res Ther 13:R58, doi:10.1186/ar3311 (table 1: the SIQR)"
AUTHORS = "Bennett, Scoring the FIQR and SIQR (the authors' page, fiqr.info)"
SALAFFI = "Salaffi et al. 2018, Clin Exp Rheumatol 36:1074, PMID 30325304 (fibromyalgia, n=521)"
SALAFFI_2021 = (
    "Salaffi et al. 2021, Rheumatology 60:728, doi:10.1093/rheumatology/keaa355 (fibromyalgia, n=2,339)"
)
DIFFICULTY = "No difficulty (0) to Very difficult (10)"
FREQUENCY = "Never (0) to Always (10)"
FUNCTION_WORDS = (
    "Brush or comb your hair",
    "Walk continuously for 20 minutes",
    "Prepare a homemade meal",
    "Vacuum, scrub or sweep floors",
    "Lift and carry a bag full of groceries",
    "Climb one flight of stairs",
    "Change bed sheets",
    "Sit in a chair for 45 minutes",
    "Go shopping for groceries",
)
FIQR_IMPACT_WORDS = (
    "Fibromyalgia prevented me from accomplishing goals for the week",
    "I was completely overwhelmed by my fibromyalgia symptoms",
)
BANDS = (
    Band(0, "remission, as in fibromyalgia", SALAFFI),
    Band(30.01, "mild, as in fibromyalgia", SALAFFI),
    Band(45.01, "moderate, as in fibromyalgia", SALAFFI),
    Band(65.01, "severe, as in fibromyalgia", SALAFFI),
)


def score_fiqr(answers: Answers) -> Results:
    """Return function, overall impact, symptoms and their total.

    Args:
        answers: Each 0 to 10, higher is worse.

    Returns:
        Function 0 to 30, impact 0 to 20, symptoms 0 to 50, total 0 to 100; higher is worse. A
        domain needs one answer, the total all three domains.

    Source:
        Bennett et al. 2009; for missing answers the authors' page: the sum of the x answered
        questions times 9/x, 2/x or 10/x.

    >>> score_fiqr({"function_1": 6.0, "function_2": 4.0, "impact_1": 3.0, "symptom_1": 7.0})
    {'function': 15.0, 'impact': 6.0, 'symptoms': 35.0, 'total': 56.0}
    """
    parts = {
        "function": _divided(prorated_sum(answers, FUNCTION, at_least=1), 3),
        "impact": prorated_sum(answers, IMPACT, at_least=1),
        "symptoms": _divided(prorated_sum(answers, SYMPTOMS, at_least=1), 2),
    }
    return {**parts, "total": total(tuple(parts.items()))}


def _divided(result: Result, by: int) -> Result:
    return result if isinstance(result, Unscored) else float(Fraction(result) / by)


def _items(impact_words: Sequence[str] = ()) -> tuple[Item, ...]:
    """Return the 21 items, worded where the printed words were read."""
    worded = dict(zip(FUNCTION, (f"{words}: {DIFFICULTY}" for words in FUNCTION_WORDS), strict=True))
    worded |= dict(zip(IMPACT, (f"{words}: {FREQUENCY}" for words in impact_words), strict=False))
    return tuple(
        Item(name, 0, 10, texts={"en": worded[name]} if name in worded else {})
        for name in FUNCTION + IMPACT + SYMPTOMS
    )


def _scores(bands: tuple[Band, ...] = ()) -> tuple[ScoreDefinition, ...]:
    return (
        ScoreDefinition("function", "function", 0, 30, WORSE),
        ScoreDefinition("impact", "overall impact", 0, 20, WORSE),
        ScoreDefinition("symptoms", "symptoms", 0, 50, WORSE),
        ScoreDefinition("total", "impact of symptoms", 0, 100, WORSE, bands=bands),
    )


def _licence(source: str) -> Licence:
    return Licence(
        Wording.ATTRIBUTED,
        "Creative Commons Attribution 2.0: may be shared and changed, naming its authors. Changed here: the "
        "eleven boxes of an item are numbered 0 to 10",
        source,
    )


RECALL = (
    "the past 7 days (an activity not done in them: the last time it was done; "
    "an activity that is not possible counts 10)"
)
MISSING_RULE = (
    "The sum of a domain's x answered items is multiplied by 9/x, 2/x or 10/x; a domain without any answer, "
    "and with it the total, is not scored."
)
ALGORITHM = (
    "Function: sum of nine items, divided by 3. Overall impact: sum of two items. Symptoms: sum of ten "
    "items, divided by 2. The total adds the three."
)
TOO_MANY_MISSING = (
    "The authors' page also calls a form invalid from two function items missing, or any item of the other "
    "domains; it is scored here by their weights: check the number of answers behind a score."
)

FIQR = Instrument(
    code="fiqr",
    version="1",
    name="Revised Fibromyalgia Impact Questionnaire",
    title="Revised Fibromyalgia Impact Questionnaire (FIQR)",
    recall_period=RECALL,
    items=_items(FIQR_IMPACT_WORDS),
    scores=_scores(BANDS),
    score=score_fiqr,
    missing_rule=MISSING_RULE,
    algorithm=ALGORITHM,
    sources=(BENNETT, AUTHORS, SALAFFI, SALAFFI_2021),
    licence=_licence(BENNETT),
    cautions=(
        "It names fibromyalgia: for joint pain on an aromatase inhibitor its twin SIQR is the right form.",
        TOO_MANY_MISSING,
        "Bands differ: a later and larger study has remission to 23, mild to 40, moderate to 63, severe to "
        "82 and very severe above (Salaffi 2021).",
        "The printed words of the ten symptom items were not read, and are left out.",
    ),
)

SIQR = Instrument(
    code="siqr",
    version="1",
    name="Symptom Impact Questionnaire (FIQR without the word fibromyalgia)",
    title="Symptom Impact Questionnaire (SIQR)",
    recall_period=RECALL,
    items=_items(),
    scores=_scores(),
    score=score_fiqr,
    missing_rule=MISSING_RULE,
    algorithm=ALGORITHM,
    sources=(BENNETT, FRIEND, AUTHORS),
    licence=_licence(f"{BENNETT}, additional file 2; {FRIEND}"),
    cautions=(
        "No severity bands and no change that matters were found for anything but fibromyalgia.",
        TOO_MANY_MISSING,
        "The printed words of the two impact and ten symptom items were not read, and are left out.",
    ),
)
