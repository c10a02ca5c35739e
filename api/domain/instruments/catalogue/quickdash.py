"""QuickDASH: disability of arm, shoulder and hand."""

from collections.abc import Sequence

from api.domain.instruments.arithmetic import mean_of
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.scores import WORSE, Answers, Cited, Result, Results, ScoreDefinition, Unscored

ITEMS = tuple(f"item_{n}" for n in range(1, 12))
WORK = tuple(f"work_{n}" for n in range(1, 5))
SPORT = tuple(f"sport_{n}" for n in range(1, 5))
MANUAL = "Institute for Work & Health, The DASH and QuickDASH Outcome Measure, scoring (dash.iwh.on.ca)"
SORENSEN = (
    "Sorensen AA et al. 2013 (102 patients with hand, wrist and forearm conditions), J Hand Surg Am "
    "38:641-649, doi:10.1016/j.jhsa.2012.12.032: 14 points (95% interval 9 to 20)"
)
VAN_KAMPEN = (
    "van Kampen DA et al. 2013 (164 patients with shoulder problems), J Orthop Surg Res 8:40, "
    "doi:10.1186/1749-799X-8-40: smallest detectable change 17.1, which is 1.96·√2·SEM"
)


def score_quickdash(answers: Answers) -> Results:
    """Return disability, and the two optional modules of work and of sport or music.

    Args:
        answers: Each 1 (no difficulty) to 5 (unable), higher is worse.

    Returns:
        Each 0 to 100, higher is worse. Disability needs ten of its eleven answers, a module all four.

    Source:
        Institute for Work & Health: ((sum of n answers / n) - 1) x 25.

    >>> score_quickdash({item: 2.0 for item in ITEMS})["disability"]
    25.0
    """
    return {
        "disability": _of_100(answers, ITEMS, at_least=10),
        "work": _of_100(answers, WORK, at_least=4),
        "sport": _of_100(answers, SPORT, at_least=4),
    }


def _of_100(answers: Answers, items: Sequence[str], *, at_least: int) -> Result:
    mean = mean_of(answers, items, at_least=at_least)
    return mean if isinstance(mean, Unscored) else (mean - 1) * 25


QUICKDASH = Instrument(
    code="quickdash",
    version="1",
    name="QuickDASH, Disabilities of the Arm, Shoulder and Hand",
    title="Arm, shoulder and hand (QuickDASH)",
    recall_period="the last week",
    items=tuple(Item(item, 1, 5) for item in ITEMS + WORK + SPORT),
    scores=(
        ScoreDefinition(
            "disability",
            "disability and symptoms of arm, shoulder and hand",
            0,
            100,
            WORSE,
            minimal_important_difference=Cited(14, SORENSEN),
            sem=Cited(6.17, VAN_KAMPEN),
        ),
        ScoreDefinition("work", "work module", 0, 100, WORSE),
        ScoreDefinition("sport", "sport and performing arts module", 0, 100, WORSE),
    ),
    score=score_quickdash,
    missing_rule="Disability needs at least ten of the eleven answers; each module needs all four.",
    algorithm="The mean of the answers, less 1, times 25; each module by itself in the same way.",
    sources=(MANUAL, SORENSEN, VAN_KAMPEN),
    licence=Licence(
        Wording.NOT_SHIPPED,
        "Most requests get free use; commercial and web software needs a paid licence",
        "Institute for Work & Health, dash.iwh.on.ca/licences",
    ),
    cautions=(
        "What change matters differs: 14 in the hand and wrist; 10.8 to 13.6 in shoulder pain "
        "(Rysstad et al. 2020, doi:10.1186/s12891-020-03289-z).",
        "Measurement error is that of shoulder patients, with the QuickDASH computed out of the full DASH.",
    ),
)
