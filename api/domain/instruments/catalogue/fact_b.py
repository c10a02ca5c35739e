"""FACT-B: quality of life in general, and with breast cancer."""

from api.domain.instruments.catalogue.fact import (
    ALGORITHM,
    BREAST,
    CAUTIONS,
    GENERAL,
    LICENCE,
    MISSING_RULE,
    SCORES,
    SOURCES,
    form_items,
    score_fact,
)
from api.domain.instruments.definition import Instrument

FACT_B = Instrument(
    code="fact-b",
    version="4",
    name="Functional Assessment of Cancer Therapy - Breast (FACT-B)",
    recall_period="the past 7 days",
    items=form_items(GENERAL + BREAST),
    scores=SCORES,
    score=score_fact,
    missing_rule=MISSING_RULE,
    algorithm=ALGORITHM,
    sources=SOURCES,
    licence=LICENCE,
    cautions=(
        *CAUTIONS,
        "The form has 37 items (27 and 10). Endocrine items are not on it; where they are sent with it they "
        "are scored.",
    ),
)
