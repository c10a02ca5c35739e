"""PRO-CTCAE composite grades, for one report and over a series of them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from api.domain.instruments.scores import Result, Unscored

BASCH = (
    "Basch E et al. Composite grading algorithm for the National Cancer Institute's Patient-Reported "
    "Outcomes version of the Common Terminology Criteria for Adverse Events. Clin Trials 2021;18:104-114, "
    "PMID 33258687"
)
PROAE = "Langlais BT, Dueck AC. ProAE, R package 1.0.4 (an independent program with the same map)"


class Attribute(StrEnum):
    """Attribute of a symptom that a PRO-CTCAE question rates, 0 to 4."""

    FREQUENCY = "frequency"
    SEVERITY = "severity"
    INTERFERENCE = "interference"


FREQUENCY, SEVERITY, INTERFERENCE = Attribute

# Each text lists the grades for the last attribute answered 0, 1, 2, 3, 4.
OF_THREE: tuple[tuple[str, ...], ...] = (  # by frequency 1 to 4, in each by severity 0 to 4, of interference
    ("01122", "11122", "12223", "22233", "22333"),
    ("01122", "11122", "22233", "22233", "22333"),
    ("11122", "11122", "22233", "22333", "22333"),
    ("11122", "11223", "22233", "22333", "22333"),
)
OF_TWO: Mapping[tuple[Attribute, Attribute], tuple[str, ...]] = {  # by the first, answered 1 to 4
    (FREQUENCY, SEVERITY): ("11122", "11222", "11233", "11233"),
    (SEVERITY, INTERFERENCE): ("11122", "11223", "12233", "22233"),
    (FREQUENCY, INTERFERENCE): ("11122", "11122", "11233", "11233"),
}
OF_ONE: Mapping[Attribute, str] = {FREQUENCY: "01123", SEVERITY: "01233", INTERFERENCE: "01122"}


def composite_grade(
    asked: Sequence[Attribute], answers: Mapping[Attribute, float], *, zero_impute: bool = True
) -> Result:
    """Return one grade for a symptom from its answered attributes.

    Args:
        asked: The attributes the symptom's questions have, in the order frequency, severity,
            interference; one to three of them. A question it does not have is not a missing answer.
        answers: The answers given, 0 to 4, higher is worse; a missing one is absent.
        zero_impute: Where the first question is answered 0, take the missing others as 0: a form
            skips them then.

    Returns:
        0 to 3, higher is worse; 0 whenever the first attribute asked is 0. ``Unscored`` when an
        answer is missing that the rule above does not settle.

    Source:
        Basch et al. 2021 (Clin Trials 18:104, PMID 33258687).

    >>> composite_grade((FREQUENCY, SEVERITY, INTERFERENCE), {FREQUENCY: 4, SEVERITY: 1, INTERFERENCE: 2})
    2.0
    >>> composite_grade((FREQUENCY, SEVERITY, INTERFERENCE), {FREQUENCY: 0})
    0.0
    >>> composite_grade((FREQUENCY, SEVERITY, INTERFERENCE), {FREQUENCY: 2, SEVERITY: 1})
    Unscored(reason='interference is not answered')
    """
    missing = [attribute for attribute in asked if attribute not in answers]
    absent = answers.get(asked[0]) == 0
    if missing and not (absent and zero_impute):
        return Unscored(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not answered")
    if absent:
        return 0.0
    return float(_grade(tuple(asked), [int(answers[attribute]) for attribute in asked]))


def _grade(asked: tuple[Attribute, ...], given: Sequence[int]) -> str:
    """Return the map's grade where all is answered and the first not 0."""
    match given:
        case [only]:
            return OF_ONE[asked[0]][only]
        case [first, second]:
            return OF_TWO[asked[0], asked[1]][first - 1][second]
        case _:
            return OF_THREE[given[0] - 1][given[1]][given[2]]


def worst_grade(grades: Sequence[float | None]) -> Result:
    """Return the worst grade of a series of reports.

    Args:
        grades: One grade a report, None where it could not be given; never read as 0.

    Returns:
        The highest grade given, 0 to 3 (or 0 to 4 for a single question), higher is worse;
        ``Unscored`` when none was given.

    Source:
        ProAE, ``toxSummary``, the measures "max" and "max_post_bl" (Langlais and Dueck).

    >>> worst_grade([1.0, None, 2.0])
    2.0
    """
    given = [grade for grade in grades if grade is not None]
    return max(given) if given else Unscored("no report has a grade")


def baseline_adjusted_grade(baseline: float | None, later: Sequence[float | None]) -> Result:
    """Return the worst grade since baseline, where it is worse than baseline, else 0.

    Args:
        baseline: The grade before treatment; None where there is none.
        later: The grades after it, None where one could not be given.

    Returns:
        The worst later grade when it exceeds baseline; 0 when it does not, which says "not worse
        than before", never "no symptom". Higher is worse. ``Unscored`` without a baseline grade or
        without a later one.

    Source:
        ProAE, ``toxSummary``, the measure "bl_adjusted" (Langlais and Dueck).

    >>> baseline_adjusted_grade(1.0, [1.0, 3.0, None])
    3.0
    >>> baseline_adjusted_grade(2.0, [1.0, 2.0])
    0.0
    """
    worst = worst_grade(later)
    if baseline is None:
        return Unscored("there is no grade at baseline to compare with")
    if isinstance(worst, Unscored):
        return Unscored("no report after baseline has a grade")
    return worst if worst > baseline else 0.0
