"""FACT-ES: quality of life in general, and the symptoms of endocrine therapy."""

from api.domain.instruments.catalogue import fact
from api.domain.instruments.definition import Instrument

FACT_ES = Instrument(
    code="fact-es",
    version="4",
    name="Functional Assessment of Cancer Therapy - Endocrine Symptoms (FACT-ES)",
    title="Well-being during hormone treatment (FACT-ES)",
    recall_period="the past 7 days",
    items=fact.form_items(fact.GENERAL + fact.ENDOCRINE_19),
    scores=fact.SCORES,
    score=fact.score_fact,
    missing_rule=f"{fact.MISSING_RULE} The endocrine subscales need 10 of 18, 10 of 19 and 12 of 23 items.",
    algorithm=f"{fact.ALGORITHM} ESS_18 is ES1-ES13, AN9, O2, C5, AN10 and TAX1; ESS_19 adds BRM1; ESS_23 "
    "adds GP1, GP2, GE4 and GF5 (GF5 not turned round).",
    sources=(*fact.SOURCES, fact.FALLOWFIELD, fact.SMITH),
    licence=fact.LICENCE,
    cautions=(
        *fact.CAUTIONS,
        "The form has 46 items (27 and 19); the first FACT-ES was FACT-B with 18 endocrine items. BCS, "
        "FACT_B and TOI are given where B1-B9 and P2 were answered too.",
        "TOI is FACT-B's, with BCS. A FACT-ES trial outcome index with the endocrine subscale in its place "
        "is PWB + FWB + ESS: do not compare the two.",
        "Use one endocrine subscale throughout: 18, 19 and 23 items are different scores.",
    ),
)
