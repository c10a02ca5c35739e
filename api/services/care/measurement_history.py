"""A patient's measurements for reading, with interpretations and considerations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import Session

from api.domain import cursor as cursors
from api.domain.alerts.finding import FindingKind, Severity
from api.domain.considerations import Consideration, KnownFacts, VitaminD, considerations
from api.domain.measurements.catalogue import KINDS
from api.domain.measurements.definition import Measurement, MeasurementKind
from api.domain.measurements.interpretation import MeasurementInterpretation, interpret
from api.domain.trajectory.adherence import DAYS
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.measurement import MeasurementRow
from api.models.patient import Patient
from api.models.score import ScoreRow
from api.services.paging import Page, cut

MOST_ON_TRAJECTORY = 500
"""The largest number of measurements beside a trajectory, the newest; the list has all."""

_NEWEST_FIRST = (MeasurementRow.measured_on.desc(), MeasurementRow.id.desc())


@dataclass(frozen=True, slots=True)
class MeasurementView:
    """A measurement with its interpretation; None where it is withdrawn."""

    row: MeasurementRow
    interpretation: MeasurementInterpretation | None


def list_measurements(
    session: Session, patient_id: UUID, *, kind: MeasurementKind | None, cursor: str | None, limit: int
) -> Page[MeasurementRow]:
    """Return one page of a patient's measurements, newest first, withdrawn ones included.

    Raises:
        InvalidCursor: The cursor was not made here.
    """
    query = _of(patient_id, kind).order_by(*_NEWEST_FIRST)
    if cursor is not None:
        day, last = cursors.decode_as(cursor, date.fromisoformat, UUID)
        position = tuple_(MeasurementRow.measured_on, MeasurementRow.id)
        query = query.where(
            position
            < tuple_(literal(day, MeasurementRow.measured_on.type), literal(last, MeasurementRow.id.type))
        )
    rows = list(session.scalars(query.limit(limit + 1)))
    return cut(rows, limit=limit, cursor_of=lambda row: cursors.encode(str(row.measured_on), str(row.id)))


def measurements_between(
    session: Session, patient_id: UUID, *, since: date | None = None, until: date | None = None
) -> list[MeasurementRow]:
    """Return a patient's valid measurements of a period, oldest first, at most the newest 500."""
    query = _of(patient_id, None).where(MeasurementRow.withdrawn.is_(False))
    if since is not None:
        query = query.where(MeasurementRow.measured_on >= since)
    if until is not None:
        query = query.where(MeasurementRow.measured_on <= until)
    return list(session.scalars(query.order_by(*_NEWEST_FIRST).limit(MOST_ON_TRAJECTORY)))[::-1]


def with_interpretations(
    session: Session, patient: Patient, rows: Sequence[MeasurementRow]
) -> list[MeasurementView]:
    """Return measurements, each interpreted with the last one of an earlier day of its series."""
    if not rows:
        return []
    known = measurements_between(session, patient.id, until=max(row.measured_on for row in rows))
    return [MeasurementView(row, _interpretation(row, known, patient.birth_year)) for row in rows]


def considerations_of(
    session: Session, patient: Patient, *, engine: Engine, now: datetime
) -> tuple[Consideration, ...]:
    """Return the considerations for the care team about a patient at present."""
    today = now.astimezone(ZoneInfo(patient.timezone)).date()
    known = _known(session, patient, today, engine)
    return considerations(known, on=today, gap_pdc=engine.policy.gap_pdc.value)


def is_present(score: ScoreRow | None, today: date, engine: Engine) -> bool:
    """Return whether a score is present: no older than an answer that counts for the level."""
    return score is not None and (today - score.local_date).days <= engine.policy.level_fresh_days.value


def _known(session: Session, patient: Patient, today: date, engine: Engine) -> KnownFacts:
    levels = _of(patient.id, MeasurementKind.VITAMIN_D).where(MeasurementRow.withdrawn.is_(False))
    level = session.scalar(levels.order_by(*_NEWEST_FIRST).limit(1))
    open_kinds = select(Alert.kind).where(Alert.patient_id == patient.id, Alert.closed_at.is_(None))
    scores = select(ScoreRow).where(ScoreRow.patient_id == patient.id)
    last = session.scalar(scores.order_by(ScoreRow.local_date.desc()).limit(1))
    score = last if is_present(last, today, engine) else None
    enough = score is not None and DAYS - score.unknown_doses_28d >= engine.policy.gap_known_days.value
    return KnownFacts(
        vitamin_d=VitaminD(level.canonical["ng_per_ml"], level.measured_on) if level else None,
        joint_disease=patient.joint_disease,
        joint_disease_note=patient.joint_disease_note,
        severity=Severity(score.severity) if score and score.severity else None,
        findings=frozenset(FindingKind(kind) for kind in session.scalars(open_kinds)),
        pdc_28d=score.self_reported_pdc_28d if score and enough else None,
    )


def _interpretation(
    row: MeasurementRow, known: Sequence[MeasurementRow], birth_year: int
) -> MeasurementInterpretation | None:
    if row.withdrawn:
        return None
    now = _measurement(row)
    same = KINDS[now.kind].same
    earlier = (other for other in reversed(known) if other.measured_on < row.measured_on)
    candidates = (_measurement(other) for other in earlier if other.kind == row.kind)
    before = next((each for each in candidates if each.series(same) == now.series(same)), None)
    return interpret(now, birth_year=birth_year, before=before)


def _measurement(row: MeasurementRow) -> Measurement:
    return Measurement(
        id=row.id,
        kind=MeasurementKind(row.kind),
        measured_on=row.measured_on,
        entered=row.entered,
        values=row.canonical,
        confirmed=row.confirmed,
        note=row.note,
    )


def _of(patient_id: UUID, kind: MeasurementKind | None) -> Select[MeasurementRow]:
    query = select(MeasurementRow).where(MeasurementRow.patient_id == patient_id)
    return query if kind is None else query.where(MeasurementRow.kind == kind)
