"""The `calibrate` command: fits the risk of stopping to outcomes of a site."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import files
from api.cli.callbacks import number_option
from api.domain.risk.model import RiskModel
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import Input
from api.services.replay.file_dates import FileToday
from api.services.scoring.risk_models import UnusableModelFile, load_model, refuse_existing, save_model

if TYPE_CHECKING:
    from api.services.calibration.calibrate import Calibration
    from api.services.calibration.validation import PerformanceFigure

_NOTHING_FITTED = 3


@click.command("calibrate")
@click.option("--entries", type=files.READ, required=True, help="Diary entries (CSV), as replay reads them.")
@click.option("--patients", type=files.READ, help="Facts about the patients (CSV); may be left out.")
@click.option("--truth", type=files.READ, required=True, help="The ground truth (CSV).")
@click.option("--at", multiple=True, type=click.IntRange(1), default=(60, 120), show_default=True,
              help="Landmark, as a day of the diary; repeat for several.")  # fmt: skip
@click.option("--base", type=files.READ, help="Model to start from (JSON). [default: the built-in]")
@click.option(
    "--out", type=files.WRITE, required=True, help="Where to write the new model; must not exist yet."
)
@files.followed_option
@number_option("--resamples", "Bootstrap resamples for the intervals; 0 for none.", 200, least=0, most=10_000)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="For the intervals.")
@files.today_option
@click.option("--allow-biased-fit", is_flag=True,
              help="Fit although exclusions may depend on the outcome; the model may be wrong.")  # fmt: skip
def calibrate_command(  # noqa: PLR0913 - one option each
    *,
    entries: Input,
    patients: Input | None,
    truth: Input,
    at: tuple[int, ...],
    base: Input | None,
    out: Path,
    followed: int | None,
    resamples: int,
    seed: int,
    today: FileToday,
    allow_biased_fit: bool,
) -> None:
    """Fit the risk of stopping to outcomes of a site, and write a new model.

    \b
    flask --app wsgi calibrate --entries entries.csv --patients patients.csv \\
        --truth truth.csv --out model.json
    flask --app wsgi replay … --model model.json

    Needs no database and no server. Each patient on treatment is sampled at the
    landmarks, counted from the first entry; the outcome is whether treatment stops
    in the 90 days after.

    \b
    truth   patient, stopped_on, worsening_onset (not used): dates, blank where it
            never happened in follow-up (NA, null and never mean the same);
            optional: followed_until, the last day anything is known of a patient
            who was lost or could no longer stop (recurrence, planned completion,
            death).

    \b
    patients who stopped   extent of the fit
    under 10               nothing
    10 to 19               the intercept: the mean risk
    from 20                intercept and slope: also the spread of the risks
    from 10 for each       intercept and all effects, shrunk to those of --base; a
      coefficient          coefficient counts as far as the data, not --base, determine it

    Printed, for the model before and after, with 95% intervals by patient: AUROC,
    calibration slope and intercept, Brier score, predicted over observed; after a
    refit corrected for optimism. A patient no longer followed counts for the days
    of follow-up (censored), as does one with another event instead of stopping.

    A warning says where the number of patients who stopped contradicts the base rate
    of the model before (exact Poisson test).

    Nothing is fitted where exclusions may depend on the outcome: rows of the truth
    were rejected, patients with entries are not in it, dates of stopping are
    impossible, or patients without usable rows stopped more or less often than the
    others. --allow-biased-fit fits all the same.

    \b
    Exit status: 0 done, 1 done but some rows rejected, 2 a file cannot be used or
    no patient is in two of them, 3 nothing fitted, no model written: too few events,
    or biased exclusions; 74 output cannot be written, 130 interrupted.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    from api.services.calibration.calibrate import CalibrationMethod, calibrate  # noqa: PLC0415 - NumPy
    from api.services.evaluation.selection import CohortSources  # noqa: PLC0415

    method = CalibrationMethod(tuple(sorted(set(at))), followed, resamples, seed, allow_biased_fit)
    try:
        refuse_existing(out)
        model = RiskModel() if base is None else load_model(base)
        done = calibrate(
            CohortSources(entries, patients, truth, today),
            model,
            method,
            read=files.entries_progress(),
            drawn=files.progress_reporter("resamples done", every=50),
        )
        _report(done)
        if done.fitted.model.version != model.version:
            save_model(out, done.fitted.model, done.made_from(method))
            click.echo(f"model {done.fitted.model.version}: {out}", err=True)
    except (UnusableFile, UnusableModelFile) as error:
        raise files.UnusableInput(str(error)) from error
    if done.fitted.model.version == model.version:
        click.echo("no model written", err=True)
        sys.exit(_NOTHING_FITTED)
    if done.rejects:
        sys.exit(1)


def _report(done: "Calibration") -> None:
    files.echo_lines(done.notes)
    files.echo_rejects(done.rejects)
    if done.rejects:
        click.echo(f"{len(done.rejects)} rows rejected", err=True)
    click.echo(
        f"{done.patients} patients at the landmarks, {done.events} of them stopped within 90 days of one"
    )
    for message in done.messages:
        click.echo(message)
    if done.base_rate is not None:
        click.echo(done.base_rate.sentence())
    if done.fitted.intercept is not None:
        slope = "" if done.fitted.slope is None else f", slope {done.fitted.slope:.3f}"
        click.echo(f"fitted: intercept {done.fitted.intercept:+.3f}{slope}")
    rate = f"{done.base.base_rate:.3f} before, {done.fitted.model.base_rate:.3f} after"
    click.echo(f"share stopping within 12 months: {rate}\n")
    click.echo(f"{'day':>4}  {'':<24}{'before':<28}after, corrected for optimism")
    for before, after in zip(done.validation.before, done.validation.after, strict=True):
        click.echo(f"{before.at:>4}  {before.name:<24}{_cell(before):<28}{_cell(after)}")


def _cell(figure: "PerformanceFigure") -> str:
    if figure.value is None:
        return "not known"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
