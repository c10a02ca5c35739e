"""BCPT musculoskeletal symptoms: three questions, used in trials of aromatase-inhibitor symptoms."""

from api.domain.instruments.arithmetic import mean_of
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.scores import WORSE, Answers, Band, Results, ScoreDefinition

ITEMS = ("general_pain", "joint_pain", "muscle_stiffness")
SHAPIRO = (
    "Shapiro AC et al. 2016, Breast Cancer Res Treat 155:501-512, doi:10.1007/s10549-016-3710-6: "
    "three questions of 0 to 4, admission from 1.5"
)
SWENSON = "Swenson KK et al. 2013, Oncol Nurs Forum 40:549-557, doi:10.1188/13.ONF.549-557"


def score_bcpt_ms(answers: Answers) -> Results:
    """Return the mean of the three answers.

    Args:
        answers: Each 0 (not at all) to 4 (extremely), higher is worse.

    Returns:
        0 to 4, higher is worse; needs all three answers.

    Source:
        Shapiro et al. 2016 for questions, range and the admission level; that the score is the mean
        follows from that level, 1.5 on 0 to 4, and is otherwise unverified.

    >>> score_bcpt_ms({"general_pain": 1.0, "joint_pain": 3.0, "muscle_stiffness": 2.0})
    {'musculoskeletal': 2.0}
    """
    return {"musculoskeletal": mean_of(answers, ITEMS, at_least=len(ITEMS))}


BCPT_MS = Instrument(
    code="bcpt-ms",
    version="1",
    name="Breast Cancer Prevention Trial Symptom Scales, musculoskeletal subscale",
    title="Joints and muscles (BCPT)",
    recall_period="the past four weeks (unverified)",
    items=tuple(Item(item, 0, 4) for item in ITEMS),
    scores=(
        ScoreDefinition(
            "musculoskeletal",
            "musculoskeletal symptoms",
            0,
            4,
            WORSE,
            bands=(
                Band(0, "below the level a trial admitted", SHAPIRO),
                Band(1.5, "at the level a trial admitted", SHAPIRO),
            ),
        ),
    ),
    score=score_bcpt_ms,
    missing_rule="All three answers are needed; no rule for missing answers was found.",
    algorithm="The mean of the three answers.",
    sources=(SHAPIRO, SWENSON),
    licence=Licence(
        Wording.NOT_SHIPPED,
        "No licence text was found: wording may be loaded by a site that has permission",
        "Searched for with the publications named under sources",
    ),
    cautions=(
        "Shapiro et al. reckoned their sample on a difference of 0.62 between groups: no published "
        "smallest change that matters to one patient.",
        "The most responsive of six tools together with AUSCAN and WOMAC (Swenson et al. 2013, n=122).",
    ),
)
