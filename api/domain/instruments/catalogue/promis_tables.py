"""PROMIS short forms of four items: from the raw sum to a T score, and what T scores share."""

from collections.abc import Mapping, Sequence

from api.domain.instruments.arithmetic import numbers, too_few
from api.domain.instruments.definition import Licence, Wording
from api.domain.instruments.scores import WORSE, Answers, Band, Cited, Result, Results, ScoreDefinition

LOWEST_SUM = 4
SMITH = (
    "Smith KL et al. 2022 (321 patients starting endocrine therapy), npj Breast Cancer, "
    "doi:10.1038/s41523-022-00414-0: 4 points of a PROMIS score"
)
KATZ = "Katz P et al. 2020 (rheumatoid arthritis), ACR Open Rheumatol, doi:10.1002/acr2.11141: SEM 1.84"
CUT_POINTS = "HealthMeasures, PROMIS Score Cut Points: half, one and two standard deviations from the mean"
THIRD_PARTY = (
    "T scores and standard errors are as third-party programs print them, or derived from item parameters, "
    "not read in the HealthMeasures scoring manuals (unverified); compare them with the manual before "
    "relying on a single point."
)
RAW_SUM = (
    "T scores are looked up from the raw sum, which needs every item; pattern scoring would differ a little."
)
LICENCE = Licence(
    Wording.NOT_SHIPPED,
    "Copyrighted; English and Spanish free for one's own research and clinical use; distribution, "
    "commercial use and integration into proprietary technology need written permission",
    "HealthMeasures, obtain and administer measures (PROMIS terms)",
)
SYMPTOM_BANDS = tuple(
    Band(lowest, word, CUT_POINTS)
    for lowest, word in ((0, "within normal limits"), (55, "mild"), (60, "moderate"), (70, "severe"))
)
FUNCTION_BANDS = tuple(
    Band(lowest, word, CUT_POINTS, verified=False)
    for lowest, word in ((0, "severe"), (30, "moderate"), (40, "mild"), (45, "within normal limits"))
)


def _table(**rows: str) -> Mapping[str, tuple[float, ...]]:
    return {name: tuple(map(float, row.split())) for name, row in rows.items()}


T_SCORES = _table(
    physical_function="22.9 26.9 29.1 30.7 32.1 33.3 34.4 35.6 36.7 37.9 39.1 40.4 41.8 43.4 45.3 48.0 56.9",
    physical_v2="22.5 26.6 28.9 30.5 31.9 33.2 34.4 35.6 36.7 37.9 39.2 40.5 41.9 43.5 45.5 48.3 57.0",
    anxiety="40.3 48.0 51.2 53.7 55.8 57.7 59.5 61.4 63.4 65.3 67.3 69.3 71.2 73.3 75.4 77.9 81.6",
    depression="41.0 49.0 51.8 53.9 55.7 57.3 58.9 60.5 62.2 63.9 65.7 67.5 69.4 71.2 73.3 75.7 79.4",
    fatigue="33.7 39.7 43.1 46.0 48.6 51.0 53.1 55.1 57.0 58.8 60.7 62.7 64.6 66.7 69.0 71.6 75.8",
    sleep_disturbance="32.0 37.5 41.1 43.8 46.2 48.4 50.5 52.4 54.3 56.1 57.9 59.8 61.7 63.8 66.0 68.8 73.3",
    social_roles="27.5 31.8 34.0 35.7 37.3 38.8 40.5 42.3 44.2 46.2 48.1 50.0 51.9 53.7 55.8 58.3 64.2",
    pain_interference="41.6 49.6 52.0 53.9 55.6 57.1 58.5 59.9 61.2 62.5 63.8 65.2 66.6 68.0 69.7 71.6 75.6",
    global_physical="16.2 19.9 23.5 26.7 29.6 32.4 34.9 37.4 39.8 42.3 44.9 47.7 50.8 54.1 57.7 61.9 67.7",
    global_mental="21.2 25.1 28.4 31.3 33.8 36.3 38.8 41.1 43.5 45.8 48.3 50.8 53.3 56.0 59.0 62.5 67.6",
)
"""T score by table name, for the raw sums 4 to 20."""

ERRORS = _table(
    physical_function="3.9 2.7 2.4 2.2 2.2 2.1 2.1 2.1 2.1 2.2 2.2 2.2 2.3 2.4 2.6 3.1 6.6",
    depression="6.2 3.2 2.7 2.4 2.3 2.3 2.3 2.3 2.3 2.3 2.3 2.3 2.3 2.4 2.4 2.6 3.6",
    anxiety="6.1 3.6 3.1 2.8 2.7 2.6 2.6 2.6 2.6 2.7 2.7 2.7 2.7 2.7 2.7 2.9 3.7",
    fatigue="4.9 3.1 2.7 2.6 2.5 2.5 2.4 2.4 2.3 2.3 2.3 2.4 2.4 2.4 2.5 2.7 3.9",
    sleep_disturbance="5.2 4.0 3.7 3.5 3.5 3.4 3.4 3.4 3.4 3.4 3.3 3.3 3.3 3.4 3.4 3.7 4.6",
    social_roles="4.1 2.5 2.3 2.2 2.1 2.2 2.3 2.3 2.3 2.3 2.2 2.2 2.2 2.3 2.3 2.7 5.1",
    pain_interference="6.1 2.5 2.0 1.9 1.9 1.9 1.8 1.8 1.8 1.8 1.8 1.8 1.8 1.8 1.9 2.1 3.7",
    global_physical="4.8 4.7 4.5 4.3 4.2 4.2 4.1 4.1 4.1 4.2 4.3 4.4 4.6 4.7 4.9 5.2 5.9",
    global_mental="4.6 4.1 3.9 3.7 3.7 3.7 3.6 3.6 3.6 3.6 3.7 3.7 3.7 3.8 3.9 4.2 5.3",
)
"""Standard error of the T score by table name, in T points, for the raw sums 4 to 20.

Physical function (bank 1.2) and depression were derived from the banks' item parameters (graded response
model, expected a posteriori of each raw sum, standard normal prior) in a review of 2026-11-28, in which the T
scores of sleep disturbance, social roles, pain interference and physical function came out as printed
here to the digit; the quadrature grid of that run was not recorded. The others are third-party prints.
Physical function of bank 2.0 (``physical_v2``) has none: no parameters were at hand."""


def from_raw_sum(answers: Answers, items: Sequence[str], table: Sequence[float]) -> Result:
    """Return the table's number for the raw sum of four answers.

    Args:
        answers: Each item 1 to 5, as the form prints its choices.
        items: The four items of the domain.
        table: Values of the raw sums 4 to 20: T scores, or their standard errors.

    Returns:
        The T score (or its error), in the table's direction; ``Unscored`` unless all four are answered.

    Source:
        HealthMeasures: a raw sum needs every item.

    >>> answers = {"a": 3.0, "b": 2.0, "c": 2.0, "d": 3.0}
    >>> from_raw_sum(answers, ("a", "b", "c", "d"), T_SCORES["pain_interference"])
    58.5
    """
    given = numbers(answers, items)
    if len(given) < len(items):
        return too_few(len(given), len(items), len(items))
    return table[round(sum(given)) - LOWEST_SUM]


def t_score(answers: Answers, items: Sequence[str], name: str) -> Results:
    """Return the T score of a table for four answers, and its standard error."""
    tables = {name: T_SCORES[name], f"{name}_se": ERRORS[name]}
    return {score: from_raw_sum(answers, items, table) for score, table in tables.items()}


def symptom(
    name: str, words: str, loinc: str | None, *, sem: Cited | None = None
) -> tuple[ScoreDefinition, ...]:
    """Return the T score of a symptom domain, higher is worse, and its standard error."""
    lowest, *_, highest = T_SCORES[name]
    score = ScoreDefinition(
        name,
        f"{words}, T score",
        lowest,
        highest,
        WORSE,
        bands=SYMPTOM_BANDS,
        minimal_important_difference=Cited(4, SMITH),
        sem=sem,
        loinc=loinc,
    )
    return score, standard_error(name, words)


def standard_error(name: str, words: str) -> ScoreDefinition:
    """Return the score that is the standard error of another."""
    errors, title = ERRORS[name], f"{words}, standard error of the T score"
    return ScoreDefinition(f"{name}_se", title, min(errors), max(errors), WORSE, standard_error_of=name)


PAIN_ITEMS = ("PAININ9", "PAININ22", "PAININ31", "PAININ34")
PAIN_SCORES = symptom("pain_interference", "pain interference", "71961-7", sem=Cited(1.84, KATZ))
