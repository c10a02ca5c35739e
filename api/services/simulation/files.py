"""Writes a simulated cohort as the files that replay, evaluation and calibration read."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from csv import writer
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from api.services.files.atomic_output import whole
from api.services.replay.replay_files import UnusableFile
from api.services.replay.replay_rows import PATIENT_COLUMNS
from api.services.simulation.assumptions import Assumptions
from api.services.simulation.cohort import ANSWERED, Row, cohort
from api.services.simulation.patients import SimulatedPatient

TRUTH_COLUMNS = ("patient", "worsening_onset", "stopped_on")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CohortFiles:
    """Where a cohort is written."""

    entries: Path
    patients: Path
    truth: Path


@dataclass(slots=True)
class Simulation:
    """What was simulated."""

    patients: int = 0
    entries: int = 0
    onsets: int = 0
    stopped: int = 0


def write_cohort(
    files: CohortFiles, *, count: int, days: int, seed: int, assume: Assumptions, progress: Progress
) -> Simulation:
    """Simulate a cohort and write its three files; they appear when all of them are complete.

    Args:
        files: Where to.
        count: How many patients.
        days: How long each is followed.
        seed: The same seed gives the same files.
        assume: What is assumed of the cohort.
        progress: Told how many of how many patients are done.

    Raises:
        UnusableFile: A file cannot be written, or two of them are the same.
    """
    _refuse_the_same(files)
    done = Simulation()
    with ExitStack() as stack:
        entries, patients, truth = (
            writer(stack.enter_context(whole(path)), lineterminator="\n")
            for path in (files.entries, files.patients, files.truth)
        )
        entries.writerow(("patient", "recorded_at", *ANSWERED))
        patients.writerow(("patient", *PATIENT_COLUMNS))
        truth.writerow(TRUTH_COLUMNS)
        for one in cohort(count, days, seed=seed, assume=assume):
            entries.writerows(one.rows)
            patients.writerow(_facts(one.person))
            truth.writerow((one.person.name, _shown(one.worsening_onset), _shown(one.stopped_on)))
            done.patients += 1
            done.entries += len(one.rows)
            done.onsets += one.worsening_onset is not None
            done.stopped += one.stopped_on is not None
            progress(done.patients, count)
    return done


def _refuse_the_same(files: CohortFiles) -> None:
    paths = [path.resolve() for path in (files.entries, files.patients, files.truth)]
    twice = [str(path) for path, times in Counter(paths).items() if times > 1]
    if twice:
        raise UnusableFile(f"{', '.join(twice)}: named for two purposes; each file needs its own path")


def _facts(person: SimulatedPatient) -> Row:
    facts = {
        "ai_started_on": (person.first_day + timedelta(days=person.tablets_from)).isoformat(),
        "ai": person.ai,
        "prior_tamoxifen": str(person.prior_tamoxifen).lower(),
        "prior_taxane": str(person.prior_taxane).lower(),
        "birth_year": str(person.birth_year),
        "timezone": person.zone,
    }
    return person.name, *("" if name in person.unknown else facts[name] for name in PATIENT_COLUMNS)


def _shown(day: date | None) -> str:
    return "" if day is None else day.isoformat()
