"""FACT-B: quality of life in general, and with breast cancer."""

from api.domain.instruments.catalogue import fact
from api.domain.instruments.definition import Instrument

FACT_B = Instrument(
    code="fact-b",
    version="4",
    name="Functional Assessment of Cancer Therapy - Breast (FACT-B)",
    title="Well-being (FACT-B)",
    recall_period="the past 7 days",
    items=fact.form_items(fact.GENERAL + fact.BREAST),
    scores=fact.SCORES,
    score=fact.score_fact,
    missing_rule=fact.MISSING_RULE,
    algorithm=fact.ALGORITHM,
    sources=fact.SOURCES,
    licence=fact.LICENCE,
    cautions=(
        *fact.CAUTIONS,
        "The form has 37 items (27 and 10). Endocrine items are not on it; where they are sent with it they "
        "are scored.",
    ),
)
