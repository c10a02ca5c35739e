"""The demo clinic's text of one questionnaire: our own words, marked so in every line, for no patient."""

from api.domain.enrolment import Language
from api.domain.instruments.catalogue.fiqr import SIQR
from api.domain.instruments.wording import LoadedWording
from api.words.catalogue import translated

MARK = "Demo wording"
DEMO_INSTRUMENT = SIQR

_ACTIVITIES = (
    "how hard was it to comb your hair?",
    "how hard was it to walk for 20 minutes without a rest?",
    "how hard was it to cook a meal?",
    "how hard was it to clean a floor?",
    "how hard was it to carry a full shopping bag?",
    "how hard was it to climb a flight of stairs?",
    "how hard was it to put fresh sheets on a bed?",
    "how hard was it to stay seated for 45 minutes?",
    "how hard was it to shop for food?",
)
_IMPACT = (
    "how often did your symptoms keep you from what you had planned?",
    "how often were your symptoms more than you could cope with?",
)
_SYMPTOMS = (
    ("how strong was your pain?", "no pain at all", "unbearable"),
    ("how much energy did you have?", "plenty", "no energy"),
    ("how stiff were you?", "not stiff at all", "extremely stiff"),
    ("how did you sleep?", "woke rested", "woke exhausted"),
    ("how low was your mood?", "not low", "extremely low"),
    ("how well did you remember things?", "very well", "very badly"),
    ("how anxious were you?", "not anxious", "extremely anxious"),
    ("how sore was your body to the touch?", "not sore", "extremely sore"),
    ("how unsure was your balance?", "not unsure", "extremely unsure"),
    ("how much did noise, light, smells or cold bother you?", "not at all", "extremely"),
)


LICENCE = (
    f"{MARK}: written for the demo clinic of this software. It is not the questionnaire's own text, has not "
    "been validated, and is not for patients."
)


def demo_wording(language: Language) -> LoadedWording:
    """Return the text, in ``language``, of every item and of the ends of its scale."""
    questions = {f"function_{n}": text for n, text in enumerate(_ACTIVITIES, 1)}
    questions |= {f"impact_{n}": text for n, text in enumerate(_IMPACT, 1)}
    questions |= {f"symptom_{n}": text for n, (text, *_) in enumerate(_SYMPTOMS, 1)}
    ends = {f"function_{n}": ("not hard", "very hard") for n in range(1, len(_ACTIVITIES) + 1)}
    ends |= {f"impact_{n}": ("never", "always") for n in range(1, len(_IMPACT) + 1)}
    ends |= {f"symptom_{n}": (least, most) for n, (_, least, most) in enumerate(_SYMPTOMS, 1)}
    return LoadedWording(
        language=language,
        licence=translated(LICENCE, language),
        items={
            name: translated(f"{MARK}: in the last 7 days, {text}", language)
            for name, text in questions.items()
        },
        answers={
            name: {"0": translated(least, language), "10": translated(most, language)}
            for name, (least, most) in ends.items()
        },
    )
