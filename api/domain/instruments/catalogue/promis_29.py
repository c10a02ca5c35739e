"""PROMIS-29 Profile: seven domains of four items each, and how strong pain is."""

from collections.abc import Mapping

from api.domain.instruments.arithmetic import mean_of
from api.domain.instruments.catalogue import promis_tables as promis
from api.domain.instruments.definition import Instrument, Item, Option
from api.domain.instruments.scores import BETTER, WORSE, Answers, Cited, Results, ScoreDefinition, Unscored

ITEMS: Mapping[str, tuple[str, ...]] = {
    "physical_function": ("PFA11", "PFA21", "PFA23", "PFA53"),
    "anxiety": ("EDANX01", "EDANX40", "EDANX41", "EDANX53"),
    "depression": ("EDDEP04", "EDDEP06", "EDDEP29", "EDDEP41"),
    "fatigue": ("HI7", "AN3", "FATEXP41", "FATEXP40"),
    "sleep_disturbance": ("Sleep109", "Sleep116", "Sleep20", "Sleep44"),
    "social_roles": ("SRPPER11_CaPS", "SRPPER18_CaPS", "SRPPER23_CaPS", "SRPPER46_CaPS"),
    "pain_interference": promis.PAIN_ITEMS,
}
"""Domain to the item bank's own item ids."""
PAIN_INTENSITY = "Global07"
NO_ERROR_IN_V2 = Unscored("no standard error is known for the table of bank 2.0 (PROMIS-29 v2.1)")


def score_promis_29(answers: Answers, *, physical_function_v2: bool) -> Results:
    """Return the T score of each domain with its standard error, and pain intensity.

    Args:
        answers: Each 1 to 5 as the form prints it, pain intensity 0 to 10.
        physical_function_v2: Whether bank 2.0 gives the table of physical function.

    Returns:
        T scores, mean 50 and standard deviation 10 in the population of the United States; physical
        function and social roles higher is better, the other five higher is worse. Each domain needs
        its four answers and no other's. Physical function of v2.1 has no standard error.

    Source:
        PROMIS Adult Profile, raw sum to T score by domain.

    >>> calm = {item: 1.0 for item in ITEMS["anxiety"]}
    >>> score_promis_29(calm, physical_function_v2=False)["anxiety"]
    40.3
    """
    tables = dict(promis.T_SCORES)
    if physical_function_v2:
        tables["physical_function"] = promis.T_SCORES["physical_v2"]
    levels = {name: promis.from_raw_sum(answers, items, tables[name]) for name, items in ITEMS.items()}
    errors = {f"{name}_se": promis.from_raw_sum(answers, ITEMS[name], promis.ERRORS[name]) for name in ITEMS}
    if physical_function_v2:
        errors["physical_function_se"] = NO_ERROR_IN_V2
    return levels | errors | {"pain_intensity": mean_of(answers, (PAIN_INTENSITY,), at_least=1)}


PROMIS_29 = Instrument(
    code="promis-29",
    version="2.0",
    name="PROMIS-29 Profile",
    title="Health and daily life (PROMIS-29)",
    recall_period="the last 7 days; physical function names no time",
    items=(*(Item(item, 1, 5) for items in ITEMS.values() for item in items), Item(PAIN_INTENSITY, 0, 10)),
    scores=(
        ScoreDefinition(
            "physical_function",
            "physical function, T score",
            22.5,
            57.0,
            BETTER,
            bands=promis.FUNCTION_BANDS,
            minimal_important_difference=Cited(4, promis.SMITH),
            loinc="71959-1",
        ),
        promis.standard_error("physical_function", "physical function"),
        *promis.symptom("anxiety", "anxiety", "71967-4"),
        *promis.symptom("depression", "depression", "71965-8"),
        *promis.symptom("fatigue", "fatigue", "71963-3"),
        *promis.symptom("sleep_disturbance", "sleep disturbance", "71955-9"),
        ScoreDefinition(
            "social_roles",
            "ability to take part in social roles and activities, T score",
            promis.T_SCORES["social_roles"][0],
            promis.T_SCORES["social_roles"][-1],
            BETTER,
            bands=promis.FUNCTION_BANDS,
        ),
        promis.standard_error("social_roles", "ability to take part in social roles and activities"),
        *promis.PAIN_SCORES,
        ScoreDefinition("pain_intensity", "pain intensity", 0, 10, WORSE),
    ),
    score=score_promis_29,
    missing_rule="A domain needs its four answers; a domain left out does not touch the others.",
    algorithm="For each domain add up its four answers (4 to 20) and look up the T score of that sum; "
    "pain intensity is the answer itself.",
    sources=(
        "PROMIS Adult Profile Scoring Manual, HealthMeasures (PROMIS-29)",
        "Cella D et al. 2010, J Clin Epidemiol 63:1179-1194, doi:10.1016/j.jclinepi.2010.04.011",
        promis.SMITH,
        promis.KATZ,
        promis.CUT_POINTS,
    ),
    licence=promis.LICENCE,
    options=(
        Option(
            "physical_function_v2",
            default=False,
            description="the form is PROMIS-29 v2.1: physical function is looked up in the table of bank "
            "2.0, not in that of PROMIS-29 v2.0",
        ),
    ),
    cautions=(
        "Physical function and social roles: higher is better. The other five: higher is worse.",
        "Answers are the numbers the form prints beside its choices. Sleep109 and Sleep116 are printed "
        "falling (5 for the poorest sleep), physical function and social roles with 5 for the best.",
        promis.RAW_SUM,
        promis.THIRD_PARTY,
        "Physical function of v2.0 and v2.1 differ by up to 0.4: do not compare across versions.",
        "The standard errors of physical function (v2.0) and depression were derived from item parameters; "
        "physical function of v2.1, whose T scores come from another table, has none.",
    ),
)
