"""Health Assessment Questionnaire, Disability Index: difficulty in eight categories of daily life."""

from collections.abc import Mapping

from api.domain.instruments.arithmetic import mean_of, numbers
from api.domain.instruments.definition import Instrument, Item, Licence, Option, Wording
from api.domain.instruments.scores import (
    WORSE,
    Answers,
    Band,
    Cited,
    Result,
    Results,
    ScoreDefinition,
    Unscored,
)

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    category: tuple(f"{category}_{n + 1}" for n in range(items))
    for category, items in (
        ("DRESSING", 2),
        ("ARISING", 2),
        ("EATING", 3),
        ("WALKING", 2),
        ("HYGIENE", 3),
        ("REACH", 2),
        ("GRIP", 3),
        ("ACTIVITIES", 3),
    )
}
WITH_AID_OR_HELP = 2.0  # lowest score of a category with an aid or the help of another person
FRIES = "Fries et al. 1980, Arthritis Rheum 23:137, doi:10.1002/art.1780230202"
BRUCE = "Bruce and Fries 2003, Health Qual Life Outcomes 1:20, doi:10.1186/1477-7525-1-20"
CLINHAQ = "Wolfe 1989 (CLINHAQ), Arthritis Rheum 32 (suppl):S9: which aid belongs to which category"
KHANNA = "Khanna et al. 2008, J Rheumatol 35:466, PMID 18085737 (systemic sclerosis)"
WELLS = "Wells et al. 1993, J Rheumatol 20:557 (rheumatoid arthritis)"
BANDS = (
    Band(0, "no to mild disability", KHANNA),
    Band(1.01, "moderate disability", KHANNA),
    Band(2.01, "severe disability", KHANNA),
)
MATTERS = Cited(0.22, WELLS, verified=False)


def score_haq_di(answers: Answers, *, min_categories: int) -> Results:
    """Return the disability index, with aids and help counted and without.

    Args:
        answers: Each item 0 (without any difficulty) to 3 (unable to do), higher is worse;
            ``aids`` and ``help`` list categories, absent where none was reported.
        min_categories: How many of the eight need an answer.

    Returns:
        Each 0 to 3, higher is worse: ``di`` the standard index, ``di_alternative`` the same
        without regard to aids and help. Refused where too few categories were answered.

    Source:
        Fries et al. 1980; Bruce and Fries 2003.

    >>> walking = {f"{name}_1": 1.0 for name in CATEGORIES} | {"aids": ("WALKING",)}
    >>> score_haq_di(walking, min_categories=6)
    {'di': 1.125, 'di_alternative': 1.0}
    """
    helped = {*_listed(answers, "aids"), *_listed(answers, "help")}
    worst = _worst_answers(answers)
    raised = {
        name: max(score, WITH_AID_OR_HELP) if name in helped else score for name, score in worst.items()
    }
    return {"di": _mean(raised, min_categories), "di_alternative": _mean(worst, min_categories)}


def _worst_answers(answers: Answers) -> dict[str, float]:
    """Return the worst answer of each category that has one: no answer is no score, aid or not."""
    given = {name: numbers(answers, items) for name, items in CATEGORIES.items()}
    return {name: max(found) for name, found in given.items() if found}


def _listed(answers: Answers, name: str) -> tuple[str, ...]:
    listed = answers.get(name, ())
    return listed if isinstance(listed, tuple) else ()


def _mean(scores: Mapping[str, float], least: int) -> Result:
    if len(scores) < least:
        return Unscored(f"{len(scores)} of {len(CATEGORIES)} categories answered, {least} are needed")
    return mean_of(scores, tuple(CATEGORIES), at_least=least)


HAQ_DI = Instrument(
    code="haq-di",
    version="1",
    name="Health Assessment Questionnaire, Disability Index",
    title="Health Assessment Questionnaire (HAQ)",
    recall_period="the past week",
    items=(
        *(Item(item, 0, 3) for items in CATEGORIES.values() for item in items),
        Item("aids", choices=tuple(CATEGORIES)),
        Item("help", choices=tuple(CATEGORIES)),
    ),
    scores=(
        ScoreDefinition(
            "di", "disability index", 0, 3, WORSE, bands=BANDS, minimal_important_difference=MATTERS
        ),
        ScoreDefinition(
            "di_alternative",
            "disability index without regard to aids and help",
            0,
            3,
            WORSE,
            bands=BANDS,
            minimal_important_difference=MATTERS,
        ),
    ),
    score=score_haq_di,
    options=(
        Option("min_categories", 6, "how many of the eight categories need an answer", lowest=1, highest=8),
    ),
    missing_rule="A category with no item answered has no score, also where an aid or help was ticked; the "
    "index is the mean of the others, and needs six of the eight (option min_categories).",
    algorithm="A category scores its worst item. Where the patient uses an aid or device for it, or needs "
    "help from another person, 0 and 1 become 2 (a 2 or 3 stays). The index is the mean of the categories; "
    "the alternative index leaves aids and help out.",
    sources=(FRIES, BRUCE, CLINHAQ, KHANNA, WELLS),
    licence=Licence(
        Wording.NOT_SHIPPED,
        "© Stanford University; usually free, unmodified and acknowledged, but the terms were not read",
        "HAQ instructions (ARAMIS), Stanford University, June 2009",
    ),
    cautions=(
        "Say which index is meant: with aids and help it is higher (1.33 against 1.16 in one trial, "
        "Khanna 2008).",
        "With eight categories the index moves in steps of 0.125, so the 0.22 that matters is two steps "
        "(0.25). It is from rheumatoid arthritis; a survey of ordinary care found 0.21 for worse (Pope et "
        "al. 2009, J Rheumatol 36:254, doi:10.3899/jrheum.080479).",
        "Sources differ on missing answers: six of eight categories (used here, *unverified* in the "
        "original), seven (CLINHAQ), or every item of a category. A category with some items missing is "
        "scored by the worst of those answered, and may be too low.",
        "An aid counts only for its own category: dressing devices for DRESSING; special chair for ARISING; "
        "special utensils for EATING; cane, walker, crutches, wheelchair for WALKING; bath bar, long-handled "
        "bath tool, raised toilet seat (and bath seat, *unverified*) for HYGIENE; long-handled reacher for "
        "REACH; jar opener for GRIP.",
        "A list of aids or help left out means that none was reported.",
    ),
)
