"""PRO-CTCAE, the pain items: general pain, headache, aching muscles, aching joints."""

from collections.abc import Mapping

from api.domain.instruments.arithmetic import numbers
from api.domain.instruments.catalogue.pro_ctcae_grading import BASCH, PROAE, Attribute, composite_grade
from api.domain.instruments.definition import Instrument, Item, Licence, Option, Wording
from api.domain.instruments.scores import WORSE, Answers, Result, Results, ScoreDefinition, Unscored

NCI = "US National Cancer Institute, PRO-CTCAE terms of use, healthcaredelivery.cancer.gov/pro-ctcae"
SYMPTOMS: Mapping[str, str] = {
    "48": "general pain",
    "49": "headache",
    "50": "aching muscles",
    "51": "aching joints",
}
LETTERS: Mapping[str, Attribute] = dict(zip("ABC", Attribute, strict=True))


def score_pro_ctcae(answers: Answers, *, zero_impute: bool) -> Results:
    """Return the composite grade of each symptom.

    Args:
        answers: A frequency, B severity, C interference of each symptom, 0 to 4, higher is worse.
        zero_impute: With A = 0 a missing B or C is 0.

    Returns:
        One grade a symptom, 0 to 3, higher is worse; 0 when its frequency is 0. ``Unscored`` when
        an answer is missing that this does not settle.

    Source:
        Basch et al. 2021 (Clin Trials 18:104, PMID 33258687).

    >>> score_pro_ctcae({"51A": 3.0, "51B": 3.0, "51C": 2.0}, zero_impute=True)["51_composite"]
    3.0
    """
    return {
        f"{number}_composite": _of_symptom(number, answers, zero_impute=zero_impute) for number in SYMPTOMS
    }


def _of_symptom(number: str, answers: Answers, *, zero_impute: bool) -> Result:
    given = {
        attribute: answer
        for letter, attribute in LETTERS.items()
        for answer in numbers(answers, (f"{number}{letter}",))
    }
    grade = composite_grade(tuple(Attribute), given, zero_impute=zero_impute)
    return Unscored(f"of {SYMPTOMS[number]}: {grade.reason}") if isinstance(grade, Unscored) else grade


PRO_CTCAE = Instrument(
    code="pro-ctcae",
    version="1",
    name="PRO-CTCAE, pain items",
    title="Questions on pain (PRO-CTCAE)",
    recall_period="the last 7 days (the only recall the institute supports)",
    items=tuple(Item(f"{number}{letter}", 0, 4) for number in SYMPTOMS for letter in LETTERS),
    scores=tuple(
        ScoreDefinition(f"{number}_composite", f"composite grade, {symptom}", 0, 3, WORSE)
        for number, symptom in SYMPTOMS.items()
    ),
    score=score_pro_ctcae,
    options=(Option("zero_impute", default=True, description="with A = 0, take a missing B or C as 0"),),
    missing_rule="With A (frequency) answered 0, missing B and C are 0, as the form skips them; otherwise a "
    "missing answer leaves that symptom without a grade.",
    algorithm="Frequency, severity and interference of a symptom are looked up in the published map, which "
    "gives one grade from 0 to 3; frequency 0 is grade 0 whatever else is stored. Over all reports of "
    "a patient, `GET /v1/patients/{id}/grades` gives the team the worst grade of each symptom and the "
    "baseline-adjusted one: the worst since baseline where it is worse than baseline, else 0.",
    sources=(BASCH, PROAE, NCI),
    licence=Licence(
        Wording.NOT_SHIPPED,
        "Free for all to use; not to be adapted or translated, nor copies distributed or published to third "
        "parties without written agreement",
        NCI,
    ),
    cautions=(
        "The institute describes PRO-CTCAE as a measure of safety and tolerability in groups, not intended "
        "for diagnosis, prognosis or treatment; a trial used its items for weekly alerts to nurses all the "
        "same (PRO-TECT; Basch et al., Ann Oncol 2023, abstract 2030O).",
        "A composite grade is 0 to 3, not 0 to 4, and is not the grade a clinician gives by CTCAE.",
        "A baseline-adjusted grade of 0 says 'not worse than before', never 'no symptom'.",
    ),
)
