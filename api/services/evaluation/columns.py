"""Columns, titles and notes of every table of the report."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from api.services.evaluation.report import DETECTION_SHOWN, PREDICTION_SHOWN, Row
from api.services.evaluation.tables import Column, ReportTable


def _named(columns: Sequence[Column], names: Collection[str]) -> Iterator[Column]:
    return (column for column in columns if column.name in names)


_GROUP = (Column("split", "Split by"), Column("group", "Group"))
_RULES = (
    Column("rule", "Rule"),
    Column("words", "Description"),
    Column("sensitivity_14d", "Found within 14 days", "percent"),
    Column("sensitivity_28d", "Found within 28 days", "percent"),
    Column("sensitivity_60d", "Found within 60 days", "percent"),
    Column(
        "sensitivity_60d_where_written", "Found within 60 days, of patients who reported that long", "percent"
    ),
    Column("median_delay_days", "Median delay, days", "days"),
    Column("p90_delay_days", "90th percentile of delay, days", "days"),
    Column("false_per_patient_year", "False alerts per patient-year", "rate"),
    Column("alerts_per_100_patient_weeks", "Alerts per 100 patient-weeks", "rate"),
    Column("ppv", "Share of alerts that are true (PPV)", "percent"),
)
_ALERTS = (
    Column("kind", "Kind"),
    Column("alerts", "Alerts"),
    Column("per_100_patient_weeks", "Per 100 patient-weeks", "rate"),
    Column("per_100_reports", "Per 100 reports", "rate"),
    Column("share_of_patient_weeks", "Share of patient-weeks with an alert", "percent"),
)
_ALERTS_BY_GROUP = (*_GROUP, Column("patients", "Patients"), *_ALERTS[1:])
_PREDICTIONS = (
    Column("day", "Day of diary"),
    Column("patients", "On treatment and followed"),
    Column("stopped_90d", "Stopped within 90 days"),
    Column("no_risk", "Without a risk"),
    Column("not_followed", "Excluded: not followed 90 days"),
    Column("auroc", "AUROC", "figure"),
    Column("brier", "Brier score", "figure"),
    Column("slope", "Calibration slope", "rate"),
    Column("intercept", "Calibration intercept", "rate"),
    Column("predicted", "Predicted", "percent"),
    Column("observed", "Observed", "percent"),
    Column("ratio", "Predicted over observed", "rate"),
)
_BINS = (
    Column("day", "Day of diary"),
    Column("bin", "Tenth, lowest risk first"),
    Column("patients", "Patients"),
    Column("predicted", "Mean risk", "percent"),
    Column("observed", "Stopped within 90 days", "percent"),
)
_WARNINGS = (
    Column("finding", "Finding"),
    Column("stopped", "Stopped"),
    Column("warned", "With such a finding in the 90 days before", "percent"),
    Column("median_lead_days", "Median lead, days", "days"),
    Column("findings", "Findings followed 90 days"),
    Column("stopped_after", "Followed by stopping within 90 days", "percent"),
)
_DETECTION_BY_GROUP = (
    *_ALERTS_BY_GROUP[:3],
    Column("onsets", "True onsets"),
    *_named(_RULES, DETECTION_SHOWN),
)
_PREDICTIONS_BY_GROUP = (
    Column("day", "Day of diary"),
    *_GROUP,
    Column("patients", "Patients with a risk"),
    Column("stopped_90d", "Stopped within 90 days"),
    *_named(_PREDICTIONS, PREDICTION_SHOWN),
)
_EXTRA = (
    Column("extra_check_ins", "Extra check-ins"),
    *_named(_RULES, DETECTION_SHOWN),
    Column("bursts_per_patient_year", "Times asked per patient-year", "rate"),
    Column("extra_answers_per_patient_year", "Extra answers per patient-year", "rate"),
)
_POINTS = (
    Column("method", "Method"),
    Column("threshold", "Threshold"),
    *_named(_RULES, {"sensitivity_60d", "median_delay_days", "false_per_patient_year"}),
)

_DELAY = (
    "Delay is the time from the true onset to the first alert on or after it; for an onset never found "
    "it is infinite (\u201cnever\u201d). An alert before onset, or of a patient without one, is false. "
    "All rules run on the same diaries, with 28 days between two alerts of a patient."
)
_WITH_EXTRA = (
    "The engine on the diaries as they are, and without the entries that answer an extra check-in "
    "(`asked` is `burst`). Empty where there are none."
)
_BUDGET = (
    "The budget is 10% of patient-weeks with an alert; red flags bypass it. The table counts the findings "
    "of the engine, before any are held back."
)
_LANDMARK = (
    "Patients still on treatment on that day of the diary (its first day is 0) and followed for 90 more, "
    "silent ones included; another end of treatment counts as not stopped. The risk is the newest up to that "
    "day. Slope 1 and intercept 0 are perfect. Fewer than ten who stopped, or did not: not enough data."
)
_SMALL = "Fewer than ten who stopped, or did not: not enough data."
_FOUND_BY_GROUP = "Findings of the engine only. Small groups have wide intervals."
_THRESHOLDS = "Performance at each threshold; the points of the operating curves."
_TENTHS = "Patients in order of their risk, cut into ten parts (fewer where there are under 100)."
_LEAD = "Lead: from the first such finding within the 90 days before stopping."

_TABLES = (
    ("rules", "Detection of true worsening: the engine beside simple rules", _DELAY, _RULES),
    ("operating_points", "The same methods with other thresholds", _THRESHOLDS, _POINTS),
    ("extra_check_ins", "Extra check-ins: with and without their answers", _WITH_EXTRA, _EXTRA),
    ("alerts", "Alerts, by kind", _BUDGET, _ALERTS),
    ("alerts_by_group", "Alerts of any kind, by group", _BUDGET, _ALERTS_BY_GROUP),
    ("detection_by_group", "Detection of true worsening, by group", _FOUND_BY_GROUP, _DETECTION_BY_GROUP),
    ("predictions", "Risk of stopping within 90 days", _LANDMARK, _PREDICTIONS),
    ("calibration", "Calibration, by tenths of the risk", _TENTHS, _BINS),
    ("warnings", "Warnings before stopping", _LEAD, _WARNINGS),
    ("predictions_by_group", "Risk of stopping within 90 days, by group", _SMALL, _PREDICTIONS_BY_GROUP),
)
"""Name in files, title, explanation and columns, in the order of the page."""


def build_tables(rows: Mapping[str, Sequence[Row]]) -> tuple[ReportTable, ...]:
    """Return every table, in the order of the page."""
    return tuple(
        ReportTable(name, title, note, columns, tuple(rows[name])) for name, title, note, columns in _TABLES
    )
