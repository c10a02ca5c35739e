"""M-SACRAH: function, stiffness and pain of rheumatic hands."""

from collections.abc import Mapping

from api.domain.instruments.arithmetic import mean_of
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.scores import WORSE, Answers, Result, Results, ScoreDefinition, Unscored

DOMAINS: Mapping[str, tuple[str, ...]] = {
    "function": tuple(f"function_{n}" for n in range(1, 9)),
    "stiffness": ("stiffness_1", "stiffness_2"),
    "pain": ("pain_1", "pain_2"),
}
SAUTNER_2004 = (
    "Sautner J et al. 2004, Rheumatology 43:1409-1413, PMID 15304674 (development: 12 scales of 100 mm)"
)
SAUTNER_2009 = "Sautner J et al. 2009, Int J Rheumatol 2009:249096, doi:10.1155/2009/249096 (66 patients)"


def score_m_sacrah(answers: Answers) -> Results:
    """Return the mean of each domain, and the mean of the three domains.

    Args:
        answers: Each 0 to 100 mm, higher is worse.

    Returns:
        Each 0 to 100, higher is worse. A domain needs all its answers, the total all three domains.

    Source:
        Sautner et al. 2004; that the total is the mean of the domains, not of the twelve answers, is
        what the published means give: (25.4 + 42.6 + 43.7) / 3 = 37.2 (Sautner et al. 2009).

    >>> stiff = {item: 30.0 for item in DOMAINS["stiffness"]}
    >>> score_m_sacrah(stiff)["stiffness"]
    30.0
    """
    means = {domain: mean_of(answers, items, at_least=len(items)) for domain, items in DOMAINS.items()}
    return means | {"total": _total(means)}


def _total(means: Results) -> Result:
    refused = [f"{name}: {mean.reason}" for name, mean in means.items() if isinstance(mean, Unscored)]
    if refused:
        return Unscored("not every domain is scored; " + "; ".join(refused))
    return mean_of(
        {name: mean for name, mean in means.items() if isinstance(mean, float)}, tuple(means), at_least=3
    )


M_SACRAH = Instrument(
    code="m-sacrah",
    version="1",
    name="Modified Score for the Assessment and Quantification of Chronic Rheumatic Affections of the Hands",
    title="Hands in daily life (M-SACRAH)",
    recall_period="as the licensed form says; none was found",
    items=tuple(Item(item, 0, 100, is_integer=False) for items in DOMAINS.values() for item in items),
    scores=(
        ScoreDefinition("function", "hand function", 0, 100, WORSE),
        ScoreDefinition("stiffness", "stiffness of the hands", 0, 100, WORSE),
        ScoreDefinition("pain", "pain of the hands", 0, 100, WORSE),
        ScoreDefinition("total", "M-SACRAH total", 0, 100, WORSE),
    ),
    score=score_m_sacrah,
    missing_rule="A domain needs all its answers and the total all three domains; no rule for missing "
    "answers was found.",
    algorithm="Each domain is the mean of its scales (millimetres); the total is the mean of the domains.",
    sources=(SAUTNER_2004, SAUTNER_2009),
    licence=Licence(
        Wording.NOT_SHIPPED,
        "No licence text was found: wording may be loaded by a site that has permission",
        "Searched for with the publications named under sources",
    ),
    cautions=(
        "Eight scales of function, two of stiffness and two of pain: the split is unverified; the "
        "publication says that nine of function and two of pain were taken out of twenty-three.",
        "Made for osteoarthritis and rheumatoid arthritis of the hand; what change matters is not known.",
    ),
)
