"""Ground truth of each patient, from a file: onset of true worsening, and discontinuation."""

from dataclasses import dataclass

from api.services.files.inputs import AnyInput
from api.services.replay.cells import read_date_or_never
from api.services.replay.replay_files import PATIENT, OpenTable, RejectedRow, open_table

TRUTH_COLUMNS = ("patient", "worsening_onset", "stopped_on")
FOLLOWED_UNTIL = "followed_until"


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """Days of the events, as ordinals; None is never during follow-up.

    ``followed_until`` is the last day of follow-up, None where it is not given.
    """

    worsening_onset: int | None = None
    stopped_on: int | None = None
    followed_until: int | None = None


def read_truth(
    path: AnyInput, rejects: list[RejectedRow], notes: list[str] | None = None
) -> dict[str, GroundTruth]:
    """Read truth.csv.

    Args:
        path: Columns ``patient,worsening_onset,stopped_on``, and ``followed_until`` where wanted; dates,
            blank (or NA, null, never) where it never stopped.
        rejects: Receives the rows that cannot be used. Their patients have no known truth, like one
            who is listed twice with different dates.
        notes: Receives remarks on the file for the user.

    Raises:
        UnusableFile: It cannot be read, or has other columns.
    """
    truth: dict[str, GroundTruth] = {}
    spoiled: set[str] = set()
    with open_table(path, required=TRUTH_COLUMNS, optional=(FOLLOWED_UNTIL,)) as table:
        for line, patient, fields in table.rows():
            days, problems = _row(table, fields)
            if patient in truth or patient in spoiled:
                problems.append((PATIENT, "is listed twice"))
            if problems:
                table.reject(line, fields, problems, patient)
                if days != truth.get(patient, days):
                    del truth[patient]
                spoiled.add(patient)
            else:
                truth[patient] = days
        rejects += table.rejects
        if notes is not None:
            notes += table.notes
    return truth


def _row(table: OpenTable, fields: list[str]) -> tuple[GroundTruth, list[tuple[str, str]]]:
    problems: list[tuple[str, str]] = []
    read: dict[str, int | None] = {}
    for column, field in zip(table.columns, fields, strict=True):
        if column == PATIENT:
            continue
        try:
            day = read_date_or_never(field.strip())
            read[column] = None if day is None else day.toordinal()
        except ValueError as wrong:
            problems.append((column, f"{wrong}; leave it blank for never"))
    return GroundTruth(**read) if not problems else GroundTruth(), problems
