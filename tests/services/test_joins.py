"""Files joined by patient: unmatched patients are counted, and nothing is joined on a guess."""

import unicodedata
from pathlib import Path

import pytest

from api.services.files.atomic_output import UnusableFile
from api.services.replay.joins import FilePatients, describe_unmatched
from tests.support.replay_desk import Desk, lines


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)


def entries(*names: str) -> str:
    return lines(*(f"{name},2026-03-01T23:30:00Z,3" for name in names))


def test_patients_without_a_partner_are_counted_and_ten_are_named(desk):
    known = "patient,timezone\nA,\nB,\nZ,\n"

    result = desk.run(entries("A", *(f"N{n:02}" for n in range(12))), known)

    assert result.exit_code == 0
    assert (
        "12 of 13 patients in entries are not in patients: "
        "N00, N01, N02, N03, N04, N05, N06, N07, N08, N09, …\n" in result.stderr
    )
    assert "2 of 3 patients in patients are not in entries: B, Z\n" in result.stderr


def test_a_file_without_common_patients_is_an_error_and_writes_nothing(desk):
    result = desk.run(entries("001", "002"), "patient,timezone\n1,Europe/Berlin\n2,\n")

    assert result.exit_code == 2
    assert "no patient is in both entries and patients" in result.stderr
    assert "2 would be found without regard to leading zeros, which spreadsheets remove" in result.stderr
    assert not (desk.folder / "scores.csv").exists()


def test_leading_zeros_are_never_guessed_when_some_patients_match(desk):
    result = desk.run(entries("007", "A"), "patient,timezone\n7,Asia/Tokyo\nA,\n")

    assert result.exit_code == 0
    assert "1 would be found without regard to leading zeros" in result.stderr
    assert {row["patient"]: row["date"] for row in desk.read("scores.csv")}["007"] == "2026-03-01"


def test_ids_match_however_their_accents_are_written(desk):
    composed, decomposed = (unicodedata.normalize(form, "Zoë-Ångström") for form in ("NFC", "NFD"))
    assert composed != decomposed

    result = desk.run(entries(decomposed), f"patient,timezone\n{composed},Asia/Tokyo\n")

    assert (result.exit_code, "are not in" in result.stderr) == (0, False)
    (row,) = desk.read("scores.csv")
    assert (row["patient"], row["date"]) == (composed, "2026-03-02")


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("P007", "P7", "leading zeros"),
        ("12", "12.0", 'a ".0" at the end'),
        ("p1", "P1", "capitals"),
        ("P-1", "P 1", "capitals, blanks and punctuation"),
    ],
)
def test_a_likely_reason_for_unmatched_ids_is_reported(one, other, words):
    with pytest.raises(UnusableFile, match=f"1 would be found without regard to {words}"):
        describe_unmatched(FilePatients("entries", [one]), FilePatients("patients", [other]))


def test_no_reason_is_invented_where_ids_have_nothing_in_common():
    with pytest.raises(UnusableFile) as refused:
        describe_unmatched(FilePatients("entries", ["A"]), FilePatients("patients", ["B"]))

    assert "would be found" not in str(refused.value)


def test_files_without_any_patient_are_no_error():
    assert describe_unmatched(FilePatients("entries", []), FilePatients("patients", ["A"])) == [
        "1 of 1 patients in patients are not in entries: A"
    ]
