"""Files of a simulated cohort, as replay, evaluation and calibration read them."""

from collections.abc import Callable
from contextlib import ExitStack
from csv import writer
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from api.services.files.atomic_output import refuse_same_paths, write_whole
from api.services.replay.diary_csv import PATIENT_COLUMNS
from api.services.simulation.assumptions import Assumptions
from api.services.simulation.cohort import ENTRY_COLUMNS, simulate_cohort

TRUTH_COLUMNS = ("patient", "worsening_onset", "stopped_on")

Progress = Callable[[int, int], None]


class CohortFiles(NamedTuple):
    """Output paths of a cohort."""

    entries: Path
    patients: Path
    truth: Path


@dataclass(slots=True)
class Simulation:
    """Counts of a simulation."""

    patients: int = 0
    entries: int = 0
    onsets: int = 0
    stopped: int = 0


def write_cohort(
    files: CohortFiles, *, count: int, days: int, seed: int, assumptions: Assumptions, progress: Progress
) -> Simulation:
    """Simulate a cohort and write its three files, which appear once all are complete.

    Args:
        files: Output paths.
        count: Number of patients.
        days: Days of follow-up of each.
        seed: The same seed gives the same files.
        assumptions: Assumptions of the cohort.
        progress: Called with the number of patients done, and of all.

    Raises:
        UnusableFile: A file cannot be written, or two of them are the same.
    """
    refuse_same_paths(path.resolve() for path in files)
    done = Simulation()
    with ExitStack() as stack:
        entries, patients, truth = (
            writer(stack.enter_context(write_whole(path)), lineterminator="\n") for path in files
        )
        entries.writerow(ENTRY_COLUMNS)
        patients.writerow(("patient", *PATIENT_COLUMNS))
        truth.writerow(TRUTH_COLUMNS)
        for one in simulate_cohort(count, days, seed=seed, assumptions=assumptions):
            entries.writerows(one.rows)
            patients.writerow((one.patient.name, *one.patient.facts))
            truth.writerow((one.patient.name, _shown(one.worsening_onset), _shown(one.stopped_on)))
            done.patients += 1
            done.entries += len(one.rows)
            done.onsets += one.worsening_onset is not None
            done.stopped += one.stopped_on is not None
            progress(done.patients, count)
    return done


def _shown(day: date | None) -> str:
    return "" if day is None else day.isoformat()
