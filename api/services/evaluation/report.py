"""Rows of the tables of the report, from the records of all patients."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from api.domain.alerts.finding import FindingKind
from api.services.evaluation import alert_burden, detection, discontinuation, intervals
from api.services.evaluation.curves import OperatingPoint, operating_points
from api.services.evaluation.detection import Detection, detect
from api.services.evaluation.discontinuation import Landmark, evaluate_landmark, lead_times
from api.services.evaluation.groups import SPLITS
from api.services.evaluation.intervals import UNKNOWN, Bootstrap, Estimate
from api.services.evaluation.outcomes import Ints, PatientRecord
from api.services.evaluation.rules import RULES

Row = tuple[str | int | Estimate, ...]

DETECTION_SHOWN = ("sensitivity_60d", "median_delay_days", "false_per_patient_year", "ppv")
PREDICTION_SHOWN = ("auroc", "predicted", "observed", "ratio")
_BINS, _FEWEST_IN_A_BIN = 10, 10


@dataclass(frozen=True, slots=True)
class EvaluatedEngine:
    """Rows of every table by its name, and the data of the plots."""

    rows: dict[str, list[Row]]
    detections: list[Detection]
    points: list[OperatingPoint]


def evaluate_records(
    records: Sequence[PatientRecord],
    followed: Sequence[int],
    bootstrap: Bootstrap,
    on_step: Callable[[str], None],
) -> EvaluatedEngine:
    """Compute every figure.

    Args:
        records: Patients with known ground truth.
        followed: Days of follow-up of each.
        bootstrap: Resamples and seed of the intervals.
        on_step: Called with the name of each step.
    """
    rows: dict[str, list[Row]] = {}
    on_step("detection")
    detections = [detect(records, rule.alerts) for rule in RULES]
    rows["rules"] = list(_rules(detections, bootstrap))
    rows["extra_check_ins"] = list(_extra_check_ins(records, detections[0], bootstrap))
    on_step("alerts")
    rows["alerts"] = list(_alerts(records, bootstrap))
    on_step("stopping")
    landmarks = [evaluate_landmark(records, day, followed) for day in discontinuation.LANDMARKS]
    rows["predictions"] = [_prediction(mark, bootstrap) for mark in landmarks]
    rows["calibration"] = [row for mark in landmarks for row in _bins(mark)]
    rows["warnings"] = list(_lead_times(records, followed, bootstrap))
    on_step("groups")
    rows["alerts_by_group"] = list(_alerts_by_group(records, bootstrap))
    rows["detection_by_group"] = list(_detection_by_group(records, detections[0], bootstrap))
    by_group = (_predictions_by_group(records, mark, bootstrap) for mark in landmarks)
    rows["predictions_by_group"] = list(chain.from_iterable(by_group))
    on_step("operating curves")
    points = list(operating_points(records))
    rows["operating_points"] = [_point(point) for point in points]
    return EvaluatedEngine(rows, detections, points)


def _rules(detections: Sequence[Detection], bootstrap: Bootstrap) -> Iterator[Row]:
    for rule, found in zip(RULES, detections, strict=True):
        yield rule.name, rule.description, *_detected(found, np.arange(len(found.delay)), bootstrap)


def _extra_check_ins(
    records: Sequence[PatientRecord], found: Detection, bootstrap: Bootstrap
) -> Iterator[Row]:
    """Yield the detection with and without the extra answers; nothing where there are none."""
    answers = sum(record.extra_answers for record in records)
    if not answers:
        return
    years = sum(record.last - record.first + 1 for record in records) / detection.YEAR_DAYS
    bursts = sum(record.bursts for record in records)
    without = detect(records, lambda record: record.days_without_extra(FindingKind.WORSENING))
    wanted = [detection.MEASURES.index(name) for name in DETECTION_SHOWN]
    for name, part, burden in (("with", found, (bursts, answers)), ("without", without, (0, 0))):
        estimates = _detected(part, np.arange(len(records)), bootstrap)
        rates = (Estimate(count / years) for count in burden)
        yield name, *(estimates[at] for at in wanted), *rates


def _detected(found: Detection, which: Ints, bootstrap: Bootstrap) -> list[Estimate]:
    drawn = bootstrap.estimates(lambda some: detection.measures(found.subset(some)), which)
    return detection.estimates(found, which, drawn)


def _alerts(records: Sequence[PatientRecord], bootstrap: Bootstrap) -> Iterator[Row]:
    kinds = alert_burden.kinds_found(records)
    within = [kind for kind in FindingKind if kind is not FindingKind.RED_FLAG]
    rows: list[tuple[str, Sequence[FindingKind]]] = [(kind.value, [kind]) for kind in kinds]
    for name, of in [*rows, ("all", list(FindingKind)), ("all_within_budget", within)]:
        count = sum(kind in of for record in records for kind, _ in record.findings)
        yield name, count, *alert_burden.estimate_burden(records, of, bootstrap)


def _prediction(mark: Landmark, bootstrap: Bootstrap) -> Row:
    patients, stopped, with_risk = len(mark.patients), int(mark.stopped.sum()), mark.with_risk
    counts = (patients, stopped, patients - len(with_risk), mark.not_followed)
    return (mark.day, *counts, *_predicted(mark, with_risk, bootstrap))


def _predicted(mark: Landmark, indices: Ints, bootstrap: Bootstrap) -> list[Estimate]:
    estimates = bootstrap.estimates(mark.measures, indices)
    at = discontinuation.MEASURES.index("observed")
    if estimates[at].value is not None:
        estimates[at] = intervals.wilson_interval(int(mark.stopped[indices].sum()), len(indices))
    return estimates


def _bins(mark: Landmark) -> Iterator[Row]:
    risk, stopped = mark.risk[mark.with_risk], mark.stopped[mark.with_risk]
    if np.isnan(mark.measures(mark.with_risk)).all():
        return
    order = np.argsort(risk, kind="stable")
    parts = np.array_split(order, max(1, min(_BINS, len(order) // _FEWEST_IN_A_BIN)))
    for number, part in enumerate(parts, 1):
        predicted = Estimate(float(risk[part].mean()))
        observed = intervals.wilson_interval(int(stopped[part].sum()), len(part))
        yield mark.day, number, len(part), predicted, observed


def _lead_times(
    records: Sequence[PatientRecord], followed: Sequence[int], bootstrap: Bootstrap
) -> Iterator[Row]:
    rows = [(kind.value, (kind,)) for kind in discontinuation.WARNING_KINDS]
    for name, kinds in [*rows, ("any_of_these", discontinuation.WARNING_KINDS)]:
        leads = lead_times(records, kinds)
        counts = [
            [discontinuation.followed_by_discontinuation(record, kind, days) for kind in kinds]
            for record, days in zip(records, followed, strict=True)
        ]
        came = np.array(counts, dtype=np.float64).reshape(-1, len(kinds), 2).sum(axis=1)
        has_warning, stopped = ~np.isnan(leads.lead), len(leads.lead)
        share = intervals.clustered_share(has_warning, np.ones(stopped))
        _, lead = bootstrap.estimates(leads.measures, stopped)
        lead = intervals.interval_if_enough(lead, int(has_warning.sum()))
        followed_by = intervals.clustered_share(came[:, 0], came[:, 1])
        yield name, stopped, share, lead, int(came[:, 1].sum()), followed_by


def _alerts_by_group(records: Sequence[PatientRecord], bootstrap: Bootstrap) -> Iterator[Row]:
    for split, group, indices in _groups(records):
        members = [records[index] for index in indices]
        count = sum(len(record.findings) for record in members)
        burden = alert_burden.estimate_burden(members, list(FindingKind), bootstrap)
        yield split, group, len(members), count, *burden


def _detection_by_group(
    records: Sequence[PatientRecord], found: Detection, bootstrap: Bootstrap
) -> Iterator[Row]:
    wanted = [detection.MEASURES.index(name) for name in DETECTION_SHOWN]
    for split, group, indices in _groups(records):
        onsets = int(np.sum(~np.isnan(found.delay[indices])))
        estimates = _detected(found, indices, bootstrap)
        yield split, group, len(indices), onsets, *(estimates[at] for at in wanted)


def _predictions_by_group(
    records: Sequence[PatientRecord], mark: Landmark, bootstrap: Bootstrap
) -> Iterator[Row]:
    wanted = [discontinuation.MEASURES.index(name) for name in PREDICTION_SHOWN]
    for split, group, members in _groups(records):
        indices = np.intersect1d(mark.with_risk, np.flatnonzero(np.isin(mark.patients, members)))
        estimates = _predicted(mark, indices, bootstrap)
        events = int(mark.stopped[indices].sum())
        yield mark.day, split, group, len(indices), events, *(estimates[at] for at in wanted)


def _groups(records: Sequence[PatientRecord]) -> Iterator[tuple[str, str, Ints]]:
    return ((split.title, *members) for split in SPLITS for members in split.members(records))


def _point(point: OperatingPoint) -> Row:
    figures = (point.sensitivity_60d, point.median_delay, point.false_alerts_per_year)
    estimates = (UNKNOWN if math.isnan(figure) else Estimate(figure) for figure in figures)
    return (point.sweep.name, f"{point.threshold:g}", *estimates)
