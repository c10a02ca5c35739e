"""Fibromyalgia Impact Questionnaire, the form of 1997: ten domains of 0 to 10, added up."""

from collections.abc import Sequence
from fractions import Fraction

from api.domain.instruments.arithmetic import mean_of, numbers
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.scores import WORSE, Answers, Band, Result, Results, ScoreDefinition, Unscored

PHYSICAL = tuple(f"physical_{n + 1}" for n in range(11))
VAS = tuple(f"vas_{n + 1}" for n in range(7))
DAYS = 7
DOMAINS = 10
HIGHEST = Fraction(10)
PER_STEP = Fraction("3.33")  # 0 to 3 onto 0 to 10, as printed
PER_DAY = Fraction("1.43")  # 0 to 7 days onto 0 to 10, as printed
BURCKHARDT = "Burckhardt, Clark and Bennett 1991, J Rheumatol 18:728, PMID 1865419"
BURCKHARDT_2004 = "Burckhardt 2004, Fibromyalgia AWARE, March-June:12: scoring, average 50, severe from 70"
BENNETT_2005 = "Bennett 2005, Clin Exp Rheumatol 23 (suppl 39):S154"
BENNETT_2009 = (
    "Bennett et al. 2009, J Rheumatol 36:1304: a change of 14% of the score (fibromyalgia, n=2,228, moderate "
    "to severe)"
)


def score_fiq(answers: Answers) -> Results:
    """Return physical function, days felt good (turned round), days of work missed, and the total.

    Args:
        answers: ``physical_*`` 0 (always able) to 3 (never), the days 0 to 7, ``vas_*`` 0 to 10;
            higher is worse, but for ``days_felt_good``, where fewer days are worse.

    Returns:
        Three domains of 0 to 10 and a total of 0 to 100, higher is worse. Each needs at least one
        answer; the total is scaled up by 10 over the number of its ten domains answered.

    Source:
        Burckhardt 2004 (factors, mean of the answered); Bennett 2005 (scaling by domains).

    >>> score_fiq({"physical_1": 2.0, "physical_2": 1.0, "days_felt_good": 4.0})["physical"]
    4.995
    >>> score_fiq({"days_felt_good": 4.0, "days_missed_work": 7.0})["feel_good"]
    4.29
    """
    parts = {
        "physical": _onto_ten(mean_of(answers, PHYSICAL, at_least=1), PER_STEP),
        "feel_good": _onto_ten(_days_not_good(answers), PER_DAY),
        "missed_work": _onto_ten(mean_of(answers, ("days_missed_work",), at_least=1), PER_DAY),
    }
    domains = [part for part in parts.values() if not isinstance(part, Unscored)]
    return {**parts, "total": _scaled_total([*domains, *numbers(answers, VAS)])}


def _days_not_good(answers: Answers) -> Result:
    good = mean_of(answers, ("days_felt_good",), at_least=1)
    return good if isinstance(good, Unscored) else DAYS - good


def _onto_ten(result: Result, factor: Fraction) -> Result:
    """Return a score times its factor, no more than 10: the rounded 7 x 1.43 would be 10.01."""
    if isinstance(result, Unscored):
        return result
    return float(min(Fraction(result) * factor, HIGHEST))


def _scaled_total(domains: Sequence[float]) -> Result:
    if not domains:
        return Unscored(f"none of the {DOMAINS} domains answered")
    return float(sum(map(Fraction, domains)) * DOMAINS / len(domains))


FIQ = Instrument(
    code="fiq",
    version="1",
    name="Fibromyalgia Impact Questionnaire (form of 1997)",
    title="Fibromyalgia Impact Questionnaire (FIQ)",
    recall_period="the past week",
    items=(
        *(Item(name, 0, 3) for name in PHYSICAL),
        Item("days_felt_good", 0, DAYS),
        Item("days_missed_work", 0, DAYS),
        *(Item(name, 0, 10, is_integer=False) for name in VAS),
    ),
    scores=(
        ScoreDefinition("physical", "physical impairment", 0, 10, WORSE),
        ScoreDefinition("feel_good", "days not felt good", 0, 10, WORSE),
        ScoreDefinition("missed_work", "days of work missed", 0, 10, WORSE),
        ScoreDefinition(
            "total",
            "impact",
            0,
            100,
            WORSE,
            bands=(
                Band(0, "below the severe range of fibromyalgia", BURCKHARDT_2004),
                Band(70, "severe, as in fibromyalgia", BURCKHARDT_2004),
            ),
        ),
    ),
    score=score_fiq,
    missing_rule="Physical impairment is the mean of those of its eleven items that were answered; the total "
    "is the sum of the answered domains times 10 over their number. Each needs at least one answer.",
    algorithm="Physical impairment: mean of the answered items (0-3) times 3.33. Days felt good: 7 minus the "
    "days, times 1.43. Days of work missed: the days times 1.43. Each at most 10. The seven visual analogue "
    "scales count as they are. The total adds these ten domains.",
    sources=(BURCKHARDT, BURCKHARDT_2004, BENNETT_2005, BENNETT_2009),
    licence=Licence(
        Wording.NOT_SHIPPED,
        "Its authors' terms of use were not found: the wording is not shipped",
        BURCKHARDT,
    ),
    cautions=(
        "Made for fibromyalgia, and its bands are of fibromyalgia; it was not made for joint pain on an "
        "aromatase inhibitor.",
        "What matters is a change of about 14% of the patient's own score (Bennett 2009, in moderate and "
        "severe fibromyalgia), not a number of points: no change is called important here.",
        "Scaling the total by the domains answered is *unverified*, and no source says how few are too few: "
        "a total from a few domains is weak evidence.",
        "Days of work missed count housework too; left blank they are not 0 days.",
        "The form of 1991 has ten physical items and other factors: scores of the two are not the same.",
    ),
)
