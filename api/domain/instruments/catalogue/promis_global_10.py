"""PROMIS Global Health, ten items: physical and mental health at a glance."""

from api.domain.instruments.catalogue import promis_tables as promis
from api.domain.instruments.definition import Instrument, Item
from api.domain.instruments.scores import BETTER, Answers, Band, Results, ScoreDefinition

PHYSICAL = ("Global03", "Global06", "Global07r", "Global08r")
MENTAL = ("Global02", "Global04", "Global05", "Global10r")
PAIN = "Global07r"
PAIN_STEPS = ((1, 5), (4, 4), (7, 3), (10, 2))
"""Pain below the first number counts as the second: 0 is 5, 1-3 is 4, 4-6 is 3, 7-9 is 2; 10 is 1."""
HAYS = (
    "Hays RD et al. 2009, Qual Life Res 18:873-880, doi:10.1007/s11136-009-9496-9, and the authors' notes "
    "on the raw score tables, 19 and 22 June 2009"
)
CUT_POINTS = "HealthMeasures, PROMIS Score Cut Points, Global Health: midpoints between answers to Global01"
WORDS = ("poor", "fair", "good", "very good", "excellent")


def score_promis_global_10(answers: Answers) -> Results:
    """Return the T scores of global physical and mental health, and their standard errors.

    Args:
        answers: Each 1 to 5 as version 1.2 prints it (5 is best, also for fatigue and emotional
            problems), pain 0 to 10 where 10 is worst.

    Returns:
        T scores 16.2 to 67.7 and 21.2 to 67.6, higher is better; each needs its own four answers.

    Source:
        Hays et al. 2009; version 1.2 of the scale.

    >>> best = {"Global03": 5.0, "Global06": 5.0, "Global07r": 0.0, "Global08r": 5.0}
    >>> score_promis_global_10(best)["global_physical"]
    67.7
    """
    turned = dict(answers)
    pain = answers.get(PAIN)
    if isinstance(pain, float):
        turned[PAIN] = recoded_pain(pain)
    physical = promis.t_score(turned, PHYSICAL, "global_physical")
    return {**physical, **promis.t_score(turned, MENTAL, "global_mental")}


def recoded_pain(pain: float) -> float:
    """Return pain of 0 (none) to 10 (worst) on the scale of the other items, 5 (best) to 1.

    >>> [recoded_pain(pain) for pain in (0, 1, 3, 4, 6, 7, 9, 10)]
    [5, 4, 4, 3, 3, 2, 2, 1]
    """
    return next((step for below, step in PAIN_STEPS if pain < below), 1)


def _bands(cuts: tuple[float, ...], *, verified: bool) -> tuple[Band, ...]:
    return tuple(Band(cut, word, CUT_POINTS, verified) for cut, word in zip((0, *cuts), WORDS, strict=True))


PROMIS_GLOBAL_10 = Instrument(
    code="promis-global-10",
    version="1.2",
    name="PROMIS Global Health (Global-10)",
    title="Health in general (PROMIS)",
    recall_period="in general; pain, fatigue and emotional problems the last 7 days",
    items=tuple(
        Item(item, 0, 10) if item == PAIN else Item(item, 1, 5)
        for item in (
            *("Global01", "Global02", "Global03", "Global04", "Global05"),
            *("Global06", "Global07r", "Global08r", "Global09r", "Global10r"),
        )
    ),
    scores=(
        ScoreDefinition(
            "global_physical",
            "global physical health, T score",
            16.2,
            67.7,
            BETTER,
            bands=_bands((35, 42, 50, 58), verified=False),
            loinc="71971-6",
        ),
        promis.standard_error("global_physical", "global physical health"),
        ScoreDefinition(
            "global_mental",
            "global mental health, T score",
            21.2,
            67.6,
            BETTER,
            bands=_bands((29, 40, 48, 56), verified=True),
            loinc="71969-0",
        ),
        promis.standard_error("global_mental", "global mental health"),
    ),
    score=score_promis_global_10,
    missing_rule="Physical health needs Global03, 06, 07r and 08r, mental health Global02, 04, 05 and 10r; "
    "an incomplete four gives no score.",
    algorithm="Pain of 0 counts as 5, 1-3 as 4, 4-6 as 3, 7-9 as 2, 10 as 1. Add up the four answers of each "
    "score (4 to 20) and look up the T score of that sum. Global01 and Global09r enter neither.",
    sources=(HAYS, "PROMIS Scale v1.2 Global Health, HealthMeasures", CUT_POINTS),
    licence=promis.LICENCE,
    cautions=(
        "Answers follow version 1.2, where 5 is best in every item but pain. Versions 1.0 and 1.1 count "
        "fatigue (Global08) and emotional problems (Global10) the other way: send 6 minus the answer.",
        promis.RAW_SUM,
        "For the raw sum 4 of mental health the authors' notes print 21.1, programs 21.2; 21.2 is used here.",
        "What change matters is not known for these scores.",
    ),
)
