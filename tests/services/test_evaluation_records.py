"""Records of patients equal the results of the engine."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import Engine, PatientFactors
from api.services.evaluation.ground_truth import GroundTruth
from api.services.evaluation.outcomes import patient_records
from api.services.replay.diaries import Diary, read_diaries, read_patients
from api.services.replay.diary_csv import PatientRow
from api.services.simulation.assumptions import Assumptions
from api.services.simulation.files import CohortFiles, write_cohort


def test_scores_findings_and_silence_are_those_of_a_trajectory(tmp_path):
    files = CohortFiles(tmp_path / "e", tmp_path / "p", tmp_path / "t")
    write_cohort(files, count=40, days=120, seed=9, assumptions=Assumptions(), progress=lambda *_: None)
    diaries = list(read_diaries(files.entries, read_patients(files.patients, []), []))
    engine = Engine()

    records = list(patient_records([(diary, GroundTruth()) for diary in diaries], engine))

    assert [record.name for record in records] == [diary.name for diary in diaries]
    for record, diary in zip(records, diaries, strict=True):
        course = engine.begin(diary.known.facts)
        outcome = course.add(diary.entries)
        assert [day for _, day in sorted(record.findings)] == [
            finding.day.toordinal()
            for finding in sorted(outcome.findings, key=lambda one: (one.kind, one.day))
        ]
        expected = {
            s.local_date.toordinal(): s.p_worsening for s in outcome.scores if s.p_worsening is not None
        }
        assert (
            dict(zip(record.p_worsening.days.tolist(), record.p_worsening.values.tolist(), strict=True))
            == expected
        )
        assert record.silent_from == course.silence_due().toordinal()
        assert record.reports == len(diary.entries)


def test_the_worst_of_a_days_answers_counts_and_a_day_without_one_has_none():
    def entry(number, day, **answers):
        moment = datetime(2026, 3, day, 8, tzinfo=UTC) + timedelta(hours=number)
        return Entry(UUID(int=number), moment, date(2026, 3, day), answers)

    entries = [
        entry(1, 1, pain_worst=3.0), entry(2, 1, pain_worst=5.0), entry(3, 1, pain_worst=0.0),
        entry(4, 2, stiffness=7.0), entry(5, 3, pain_worst=0.0),
    ]  # fmt: skip
    diary = Diary("P", PatientRow(PatientFactors(birth_year=1960), None), entries)

    (record,) = patient_records([(diary, GroundTruth())], Engine())

    first = date(2026, 3, 1).toordinal()
    assert record.worst_pain.days.tolist() == [first, first + 2]
    assert record.worst_pain.values.tolist() == [5.0, 0.0]
    assert (record.first, record.last, record.reports, record.age) == (first, first + 2, 5, 66)
