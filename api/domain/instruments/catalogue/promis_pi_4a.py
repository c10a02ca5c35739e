"""PROMIS Pain Interference, four items: interference of pain with life, as a T score."""

from api.domain.instruments.catalogue import promis_tables as promis
from api.domain.instruments.definition import Instrument, Item
from api.domain.instruments.scores import Answers, Results

CHEN = (
    "Chen CX et al. 2018, Pain 159:775: 2 to 3 points in back pain and osteoarthritis (n=501), comparable "
    "for all fixed lengths"
)


def score_promis_pi_4a(answers: Answers) -> Results:
    """Return the T score of pain interference, and its standard error.

    Args:
        answers: Each 1 to 5, higher is worse.

    Returns:
        T score 41.6 to 75.6, higher is worse, mean 50 and standard deviation 10 in the population
        of the United States; needs all four answers.

    Source:
        PROMIS Pain Interference 4a, raw sum to T score.

    >>> answers = {"PAININ9": 3.0, "PAININ22": 3.0, "PAININ31": 3.0, "PAININ34": 3.0}
    >>> score_promis_pi_4a(answers)
    {'pain_interference': 61.2, 'pain_interference_se': 1.8}
    """
    return promis.t_score(answers, promis.PAIN_ITEMS, "pain_interference")


PROMIS_PI_4A = Instrument(
    code="promis-pi-4a",
    version="1.0",
    name="PROMIS Pain Interference, Short Form 4a",
    title="Pain in daily life (PROMIS)",
    recall_period="the last 7 days",
    items=tuple(Item(item, 1, 5) for item in promis.PAIN_ITEMS),
    scores=promis.PAIN_SCORES,
    score=score_promis_pi_4a,
    missing_rule="All four answers are needed.",
    algorithm="Add up the four answers (4 to 20) and look up the T score of that sum.",
    sources=(
        "PROMIS Pain Interference Scoring Manual, HealthMeasures (short form 4a)",
        promis.SMITH,
        CHEN,
        promis.KATZ,
        promis.CUT_POINTS,
    ),
    licence=promis.LICENCE,
    cautions=(
        promis.RAW_SUM,
        promis.THIRD_PARTY,
        "Of two programs one prints 75.8 for the raw sum 20, a value that also ends its fatigue table; "
        "75.6 is used here.",
        "What change matters differs: 4 in endocrine therapy, 2 to 3 in back pain and osteoarthritis, under "
        "2 in rheumatoid arthritis (1.65 to 1.84 for worse, Katz 2020).",
    ),
)
