"""What is true of each patient, from a file: when she really got worse, and when she stopped."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from api.services.replaying.replay_files import Reject, Table, opened

TRUTH_COLUMNS = ("patient", "worsening_onset", "stopped_on")
FOLLOWED_UNTIL = "followed_until"


@dataclass(frozen=True, slots=True)
class Truth:
    """The days, as ordinals; None is never, within the time she was followed.

    ``followed_until`` is the last of that time, None where it is not said.
    """

    worsening_onset: int | None = None
    stopped_on: int | None = None
    followed_until: int | None = None


def read_truth(path: Path, rejects: list[Reject]) -> dict[str, Truth]:
    """Read truth.csv.

    Args:
        path: Columns ``patient,worsening_onset,stopped_on``, and ``followed_until`` where wanted; dates,
            blank where it never happened.
        rejects: Gets the rows that cannot be used; their patients have no known truth.

    Raises:
        UnusableFile: It cannot be read, or has other columns.
    """
    truth: dict[str, Truth] = {}
    spoiled: set[str] = set()
    with opened(path, required=TRUTH_COLUMNS, optional=(FOLLOWED_UNTIL,)) as table:
        for line, fields in table.rows():
            patient, days, problems = _row(table, fields)
            if patient in truth or patient in spoiled:
                problems.append(("patient", "is listed twice"))
            if problems:
                table.reject(line, fields, problems)
                spoiled.add(patient)
            else:
                truth[patient] = days
        rejects += sorted(table.rejects, key=_line)
    return truth


def _row(table: Table, fields: list[str]) -> tuple[str, Truth, list[tuple[str, str]]]:
    row = dict(zip(table.columns, (field.strip() for field in fields), strict=True))
    problems = [] if row["patient"] else [("patient", "is blank")]
    read: dict[str, int | None] = {}
    for column in (column for column in table.columns if column != "patient"):
        try:
            read[column] = date.fromisoformat(row[column]).toordinal() if row[column] else None
        except ValueError:
            wrong = f"{row[column][:60]!r} is not a date such as 2026-03-01; leave it blank for never"
            problems.append((column, wrong))
    return row["patient"], Truth(**read) if not problems else Truth(), problems


def _line(reject: Reject) -> int:
    return reject.line
