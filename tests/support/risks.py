"""The discontinuation risk after a diary, and diaries to compute it from."""

from hypothesis import strategies as st

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.covariates import covariates
from api.domain.risk.features import NAMES
from api.domain.risk.history import RiskHistory, update_history
from api.domain.risk.model import RiskModel
from tests.support.diaries import DAY_0, UNKNOWN, entry_of

MODEL = RiskModel()
STARTED = PatientFactors(ai_started_on=DAY_0)
scale = st.integers(0, 10)
answers = st.fixed_dictionaries(
    {},
    optional={
        "pain_worst": scale,
        "stiffness": scale,
        "interference": scale,
        "dose": st.sampled_from(["taken", "missed", "skipped"]),
        "doses_missed_7d": st.integers(0, 7),
        "confidence": scale,
        "wants_to_stop": st.booleans(),
        "side_effects_bother": scale,
        "doubt": scale,
        "cost_trouble": st.booleans(),
        "sleep_trouble": st.booleans(),
    },
)
diaries = st.lists(st.tuples(st.integers(1, 12), answers), min_size=3, max_size=25)


def history_of(entries, factors=UNKNOWN):
    """Return the risk history after a diary of one entry a day."""
    history = RiskHistory()
    for entry in entries:
        day_summary = DailySummary(entry.local_date.toordinal())
        day_summary.add_entry(entry)
        history = update_history(history, day_summary, factors.started)
    return history


def drawn(diary):
    """Return the entries of a drawn diary: gaps in days, and answers."""
    number, entries = 0, []
    for gap, given_answers in diary:
        number += gap
        entries.append(entry_of(number, **given_answers))
    return entries


def value(entries, name, factors=UNKNOWN):
    """Return one feature after a diary."""
    return covariates(history_of(entries, factors), factors)[NAMES.index(name)]


def risk_after(entries, factors=STARTED, model=MODEL):
    """Return the risk after a diary."""
    return model.assess(history_of(entries, factors), factors)
