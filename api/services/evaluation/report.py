"""Turns the records of all patients into the tables of the report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from api.domain.alerts.finding import FindingKind
from api.services.evaluation import alert_burden, detection, stopping
from api.services.evaluation.curves import Point, operating_points
from api.services.evaluation.detection import Detection, detect
from api.services.evaluation.groups import SPLITS, Split
from api.services.evaluation.intervals import UNKNOWN, Bootstrap, Estimate, if_enough, share_of, wilson
from api.services.evaluation.outcomes import Ints, PatientRecord
from api.services.evaluation.rules import RULES
from api.services.evaluation.stopping import Landmark, landmark, warned

Row = tuple[str | int | Estimate, ...]

_DETECTION_SHOWN = ("sensitivity_60d", "median_delay_days", "false_per_patient_year", "ppv")
_PREDICTION_SHOWN = ("auroc", "predicted", "observed", "ratio")
_BINS, _FEWEST_IN_A_BIN = 10, 10


@dataclass(slots=True)
class EvaluatedEngine:
    """The rows of every table, and what the plots are drawn from."""

    rules: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)
    predictions: list[Row] = field(default_factory=list)
    bins: list[Row] = field(default_factory=list)
    warnings: list[Row] = field(default_factory=list)
    alerts_by_group: list[Row] = field(default_factory=list)
    detection_by_group: list[Row] = field(default_factory=list)
    predictions_by_group: list[Row] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    detections: list[Detection] = field(default_factory=list)


def evaluated(
    records: Sequence[PatientRecord],
    followed: Sequence[int],
    bootstrap: Bootstrap,
    tell: Callable[[str], None],
) -> EvaluatedEngine:
    """Work out every figure.

    Args:
        records: The patients whose truth is known.
        followed: For how many days each could be followed.
        bootstrap: How intervals are made.
        tell: Told what is being worked out.
    """
    found = EvaluatedEngine()
    tell("detection")
    found.detections = [detect(records, rule.alerts) for rule in RULES]
    found.rules = list(_rules(found.detections, bootstrap))
    tell("alerts")
    found.alerts = list(_alerts(records, bootstrap))
    tell("stopping")
    landmarks = [landmark(records, day, followed) for day in stopping.LANDMARKS]
    found.predictions = [_prediction(mark, bootstrap) for mark in landmarks]
    found.bins = [row for mark in landmarks for row in _bins(mark)]
    found.warnings = list(_warnings(records, followed, bootstrap))
    tell("groups")
    found.alerts_by_group = list(_alerts_by_group(records, bootstrap))
    found.detection_by_group = list(_detection_by_group(records, found.detections[0], bootstrap))
    found.predictions_by_group = [
        row for mark in landmarks for row in _predictions_by_group(records, mark, bootstrap)
    ]
    tell("operating curves")
    found.points = list(operating_points(records))
    return found


def _rules(detections: Sequence[Detection], bootstrap: Bootstrap) -> Iterator[Row]:
    for rule, found in zip(RULES, detections, strict=True):
        yield rule.name, rule.words, *_detected(found, len(found.delay), bootstrap)


def _detected(found: Detection, among: int | Ints, bootstrap: Bootstrap) -> list[Estimate]:
    which = np.arange(among) if isinstance(among, int) else among
    drawn = bootstrap.of(lambda some: detection.measures(found.take(some)), which)
    return detection.estimates(found, which, drawn)


def _alerts(records: Sequence[PatientRecord], bootstrap: Bootstrap) -> Iterator[Row]:
    kinds = alert_burden.found_at_all(records)
    within = [kind for kind in FindingKind if kind is not FindingKind.RED_FLAG]
    rows: list[tuple[str, Sequence[FindingKind]]] = [(kind.value, [kind]) for kind in kinds]
    for name, of in [*rows, ("all", list(FindingKind)), ("all_within_budget", within)]:
        count = sum(kind in of for record in records for kind, _ in record.found)
        yield name, count, *alert_burden.burden(records, of, bootstrap)


def _prediction(mark: Landmark, bootstrap: Bootstrap) -> Row:
    counts = (len(mark.who), int(mark.happened.sum()), len(mark.who) - len(mark.rated), mark.unfollowed)
    return (mark.day, *counts, *_predicted(mark, mark.rated, bootstrap))


def _predicted(mark: Landmark, places: Ints, bootstrap: Bootstrap) -> list[Estimate]:
    estimates = bootstrap.of(mark.measures, places)
    at = stopping.MEASURES.index("observed")
    if estimates[at].value is not None:
        estimates[at] = wilson(int(mark.happened[places].sum()), len(places))
    return estimates


def _bins(mark: Landmark) -> Iterator[Row]:
    risk, happened = mark.risk[mark.rated], mark.happened[mark.rated]
    if np.isnan(mark.measures(mark.rated)).all():
        return
    order = np.argsort(risk, kind="stable")
    parts = np.array_split(order, max(1, min(_BINS, len(order) // _FEWEST_IN_A_BIN)))
    for number, part in enumerate(parts, 1):
        predicted = Estimate(float(risk[part].mean()))
        yield mark.day, number, len(part), predicted, wilson(int(happened[part].sum()), len(part))


def _warnings(
    records: Sequence[PatientRecord], followed: Sequence[int], bootstrap: Bootstrap
) -> Iterator[Row]:
    rows = [(kind.value, (kind,)) for kind in stopping.WARNINGS]
    for name, kinds in [*rows, ("any_of_these", stopping.WARNINGS)]:
        leads = warned(records, kinds)
        counts = [
            [stopping.followed_by_stopping(record, kind, days) for kind in kinds]
            for record, days in zip(records, followed, strict=True)
        ]
        came = np.array(counts, dtype=np.float64).reshape(-1, len(kinds), 2).sum(axis=1)
        was_warned = ~np.isnan(leads.lead)
        share = share_of(was_warned, np.ones(len(leads.lead)))
        _, lead = bootstrap.of(leads.measures, len(leads.lead))
        lead = if_enough(lead, int(was_warned.sum()))
        yield name, len(leads.lead), share, lead, int(came[:, 1].sum()), share_of(came[:, 0], came[:, 1])


def _alerts_by_group(records: Sequence[PatientRecord], bootstrap: Bootstrap) -> Iterator[Row]:
    for split, group, places in _groups(records):
        members = [records[place] for place in places]
        count = sum(len(record.found) for record in members)
        yield (
            split.title,
            group,
            len(members),
            count,
            *alert_burden.burden(members, list(FindingKind), bootstrap),
        )


def _detection_by_group(
    records: Sequence[PatientRecord], found: Detection, bootstrap: Bootstrap
) -> Iterator[Row]:
    wanted = [detection.MEASURES.index(name) for name in _DETECTION_SHOWN]
    for split, group, places in _groups(records):
        onsets = int(np.sum(~np.isnan(found.delay[places])))
        estimates = _detected(found, places, bootstrap)
        yield split.title, group, len(places), onsets, *(estimates[at] for at in wanted)


def _predictions_by_group(
    records: Sequence[PatientRecord], mark: Landmark, bootstrap: Bootstrap
) -> Iterator[Row]:
    wanted = [stopping.MEASURES.index(name) for name in _PREDICTION_SHOWN]
    for split, group, members in _groups(records):
        places = np.intersect1d(mark.rated, np.flatnonzero(np.isin(mark.who, members)))
        estimates = _predicted(mark, places, bootstrap) if len(places) else [UNKNOWN] * len(stopping.MEASURES)
        events = int(mark.happened[places].sum())
        yield mark.day, split.title, group, len(places), events, *(estimates[at] for at in wanted)


def _groups(records: Sequence[PatientRecord]) -> Iterator[tuple[Split, str, Ints]]:
    for split in SPLITS:
        for group, places in split.members(records):
            yield split, group, places
