"""MARS-5: self-reported adherence; higher is better."""

from api.domain.instruments.arithmetic import prorated_sum
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.scores import BETTER, Answers, Results, ScoreDefinition

ITEMS = tuple(f"item_{n}" for n in range(1, 6))
CHAN = "Chan AHY et al. 2020, Br J Clin Pharmacol 86:1281-1288, doi:10.1111/bcp.14193 (MARS-5, © R. Horne)"
SUMMED = "PMC7885329, table 1: five questions, each 1 (always) to 5 (never), summed to 5-25"


def score_mars_5(answers: Answers) -> Results:
    """Return the sum of the five answers.

    Args:
        answers: Frequency of departures from the prescription, each 1 (always) to 5 (never).

    Returns:
        5 to 25, higher is better: more adherent by self-report. Needs all five answers.

    Source:
        Chan et al. 2020; PMC7885329, table 1.

    >>> score_mars_5({item: 5.0 for item in ITEMS})
    {'adherence': 25.0}
    """
    return {"adherence": prorated_sum(answers, ITEMS, at_least=len(ITEMS))}


MARS_5 = Instrument(
    code="mars-5",
    version="1",
    name="Medication Adherence Report Scale, five items",
    title="How you take your tablets (MARS-5)",
    recall_period="in general",
    items=tuple(Item(item, 1, 5) for item in ITEMS),
    scores=(ScoreDefinition("adherence", "self-reported adherence", 5, 25, BETTER),),
    score=score_mars_5,
    missing_rule="All five answers are needed; no rule for missing answers was found.",
    algorithm="Add up the five answers.",
    sources=(CHAN, SUMMED),
    licence=Licence(
        Wording.NOT_SHIPPED, "© R. Horne, permission needed (unverified)", "Chan et al. 2020 for the owner"
    ),
    cautions=(
        "Higher is better: 25 is never missing, changing or stopping.",
        "No cut is used: below 23, 24 or 25 call 3, 9 or 33 of the same 100 people non-adherent.",
        "Self-report understates missed doses.",
    ),
)
