"""Brief Pain Inventory, Short Form: severity of pain and its interference with life."""

from api.domain.instruments.arithmetic import mean_of
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.scores import WORSE, Answers, Band, Cited, Results, ScoreDefinition
from api.domain.policy import MATHIAS, SERLIN

GUIDE = "Cleeland 2009, The Brief Pain Inventory User Guide"
SEVERITY = ("worst", "least", "average", "now")
INTERFERENCE = ("activity", "mood", "walking", "work", "relations", "sleep", "enjoyment")
IN_BONE_METASTASES = f"{MATHIAS}, breast cancer with bone metastases"
IMMPACT = "Dworkin et al. 2008 (IMMPACT), J Pain 9:105, doi:10.1016/j.jpain.2007.09.005"
BANDS = tuple(
    Band(lowest, word, SERLIN, verified=False)
    for lowest, word in ((0, "none"), (1, "mild"), (5, "moderate"), (7, "severe"))
)


def score_bpi_sf(answers: Answers) -> Results:
    """Return pain severity (mean of four), interference (mean of seven) and worst pain.

    Args:
        answers: Each 0 to 10, higher is worse.

    Returns:
        Each 0 to 10, higher is worse. Severity needs all four answers, interference more than half
        of its seven, worst its own.

    Source:
        Cleeland, The Brief Pain Inventory User Guide (2009), page 7: interference where "more than
        50%, or four of seven" were answered; for severity no rule, but that all four be used.

    >>> score_bpi_sf({"worst": 7.0, "least": 2.0, "average": 5.0, "now": 4.0})["severity"]
    4.5
    """
    return {
        "severity": mean_of(answers, SEVERITY, at_least=4),
        "interference": mean_of(answers, INTERFERENCE, at_least=4),
        "worst": mean_of(answers, ("worst",), at_least=1),
    }


BPI_SF = Instrument(
    code="bpi-sf",
    version="1",
    name="Brief Pain Inventory, Short Form",
    title="Brief Pain Inventory (BPI)",
    recall_period="the last 24 hours (a form of the past week exists)",
    items=tuple(Item(name, 0, 10) for name in SEVERITY + INTERFERENCE),
    scores=(
        ScoreDefinition("severity", "pain severity", 0, 10, WORSE),
        ScoreDefinition(
            "interference",
            "interference of pain with daily life",
            0,
            10,
            WORSE,
            minimal_important_difference=Cited(1, IMMPACT),
            loinc="77565-0",
        ),
        ScoreDefinition(
            "worst",
            "worst pain",
            0,
            10,
            WORSE,
            bands=BANDS,
            minimal_important_difference=Cited(2, IN_BONE_METASTASES),
            sem=Cited(1.6, IN_BONE_METASTASES),
        ),
    ),
    score=score_bpi_sf,
    missing_rule="Severity needs all four answers; interference at least four of seven.",
    algorithm="Severity is the mean of worst, least, average and now; interference is the mean of the "
    "answered of its seven items; worst is the answer itself.",
    sources=(GUIDE, SERLIN, IN_BONE_METASTASES, IMMPACT),
    licence=Licence(
        Wording.NOT_SHIPPED,
        "© Cleeland 1991, all derivatives and languages; not to be used or reproduced without "
        "permission, nor modified",
        GUIDE,
    ),
    cautions=(
        "Trials often report worst or average pain alone; the mean of four needs all four, as its authors "
        "recommend, and no rule for fewer is published.",
        "Bands differ by population: bone metastases gave 1-4, 5-8 and 9-10.",
        "A change of 2 in one answer is within measurement error (docs/explanation/engine.md: worsening).",
    ),
)
