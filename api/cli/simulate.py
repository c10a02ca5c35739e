"""The `simulate` command: cohorts with known ground truth."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from api.cli.callbacks import Command
from api.cli.files import WRITE, UnusableInput, progress_reporter
from api.services.files.atomic_output import UnusableFile
from api.services.simulation.assumptions import RANGES, Assumptions, Cadence
from api.services.simulation.files import CohortFiles, write_cohort

_DEFAULTS = Assumptions()
_MOST_PATIENTS, _MOST_DAYS = 1_000_000, 3_653


def _assumption(name: str, meaning: str) -> Callable[[Command], Command]:
    default, allowed = getattr(_DEFAULTS, name), click.FloatRange(*RANGES[name])
    option = f"--{name.replace('_', '-')}"
    return click.option(option, type=allowed, default=default, show_default=True, help=meaning)


@click.command("simulate")
@click.option(
    "--patients",
    "patients",
    multiple=True,
    required=True,
    metavar="N|FILE",
    help="Given twice, in any order: the number of patients, and where to write their facts (CSV). "
    "Write ./7 for a file whose name is a number.",
)
@click.option(
    "--count", type=click.IntRange(1, _MOST_PATIENTS), help="Number of patients; instead of --patients N."
)
@click.option("--days", type=click.IntRange(1, _MOST_DAYS), required=True, help="Days of follow-up of each.")
@click.option("--seed", type=click.IntRange(0), required=True, help="The same seed gives the same files.")
@click.option("--entries", type=WRITE, required=True, help="Where to write the diary entries (CSV).")
@click.option("--truth", type=WRITE, required=True, help="Where to write the ground truth (CSV).")
@click.option(
    "--cadence",
    type=click.Choice([cadence.value for cadence in Cadence]),
    show_default=True,
    default=_DEFAULTS.cadence.value,
    help="Frequency of the diaries; mixed has daily, weekly and changing ones.",
)
@_assumption("noise_sd", "Median day-to-day SD of worst pain, points.")
@_assumption("autocorrelation", "Mean correlation of adjacent days.")
@_assumption("onset_share", "Share who get worse within 12 months of tablets.")
@_assumption("missing_share", "Mean share of due days without an answer.")
@_assumption("stopping_share", "Share who stop within 12 months of tablets.")
@_assumption("extra_check_ins", "Share of the engine's extra check-ins answered; 0: none are asked.")
def simulate_command(
    *,
    patients: tuple[str, ...],
    count: int | None,
    days: int,
    seed: int,
    entries: Path,
    truth: Path,
    **options: Any,
) -> None:
    """Simulate patients, their diaries, and the ground truth.

    \b
    flask --app wsgi simulate --patients 500 --days 300 --seed 7 \\
        --entries entries.csv --patients patients.csv --truth truth.csv

    Needs no database and no server. The patients differ: in usual pain, in its
    variation, in whether it flares, falls, stays high or truly worsens (2.2 to 5
    points, as a step or over two to six weeks, never in the first 28 days of the
    diary), in how often they report, forget, fall silent and stop.
    Assumptions and their sources: docs/explanation/evaluation.md.

    \b
    entries   as replay reads them; a blank was not due or not answered. With
              --extra-check-ins the answers to them have "burst" as asked.
    patients  patient, ai_started_on, ai, prior_tamoxifen, prior_taxane,
              birth_year, timezone; now and then unknown.
    truth     patient, worsening_onset, stopped_on: dates, blank where it never
              happened within the days followed.

    The same seed and options give the same files, and a larger cohort begins
    with the smaller. Files appear when all are complete.

    \b
    Exit status: 0 done, 2 an option is wrong or a file cannot be written.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    many, path = _count_and_path(patients, count)
    files = CohortFiles(entries, path, truth)
    progress = progress_reporter("patients simulated", every=500)
    try:
        assumptions = Assumptions(**options)
        done = write_cohort(
            files, count=many, days=days, seed=seed, assumptions=assumptions, progress=progress
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except UnusableFile as error:
        raise UnusableInput(str(error)) from error
    happened = f"{done.onsets} worsen, {done.stopped} stop"
    click.echo(f"{done.patients} patients, {done.entries} entries over {days} days: {happened}", err=True)


def _count_and_path(given: Iterable[str], count: int | None) -> tuple[int, Path]:
    """Return the number and the file among the values of ``--patients``.

    Raises:
        click.BadParameter: There are not exactly one number (none with ``--count``) and one file.
    """
    numbers = [text for text in given if _is_number(text)]
    paths = [text for text in given if not _is_number(text)]
    numbers += [] if count is None else [str(count)]
    if len(numbers) != 1 or len(paths) != 1:
        _refuse(f"one number and one file are needed, found {_listed(numbers)} and {_listed(paths)}")
    if not (numbers[0].isdecimal() and 1 <= float(numbers[0]) <= _MOST_PATIENTS):
        _refuse(f"{numbers[0][:60]} is not a whole number in 1..{_MOST_PATIENTS}")
    path: Path = WRITE.convert(paths[0], None, None)
    return int(numbers[0]), path


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _listed(texts: list[str]) -> str:
    return ", ".join(texts) or "none"


def _refuse(problem: str) -> None:
    example = "--patients 500 --patients patients.csv, or --count 500 --patients patients.csv"
    raise click.BadParameter(f"{problem}. Right would be: {example}", param_hint="'--patients'")
