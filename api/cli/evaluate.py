"""The `evaluate` command: the engine on diaries with known ground truth."""

import sys
from pathlib import Path

import click

from api.cli import files
from api.cli.callbacks import number_option
from api.domain.policies.site_policy import BUILT_IN
from api.services.evaluation.evaluate import EvaluationMethod, evaluate
from api.services.evaluation.intervals import Bootstrap
from api.services.evaluation.selection import CohortSources
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import Input
from api.services.policies.document_files import UnusableDocumentFile, policy_named
from api.services.replay.file_dates import FileToday
from api.services.scoring.risk_covariates import risk_model_for
from api.services.scoring.risk_models import UnusableModelFile

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("evaluate")
@click.option("--entries", type=files.READ, required=True, help="Diary entries (CSV), as replay reads them.")
@click.option("--patients", type=files.READ, help="Facts about the patients (CSV); may be left out.")
@click.option("--truth", type=files.READ, required=True, help="The ground truth (CSV).")
@click.option("--report", type=_FOLDER, required=True, help="Folder for the report; made where missing.")
@files.followed_option
@click.option(
    "--policy",
    default=BUILT_IN.name,
    metavar="FILE|default",
    show_default=True,
    help="The policy to evaluate; `policy show` prints one.",
)
@files.model_option
@files.base_rate_option
@files.worsening_share_option
@number_option(
    "--resamples",
    "Bootstrap resamples for the intervals; 0: only shares have one.",
    400,
    least=0,
    most=10_000,
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="For the intervals.")
@files.today_option
def evaluate_command(  # noqa: PLR0913 - one option each
    *,
    entries: Input,
    patients: Input | None,
    truth: Input,
    report: Path,
    followed: int | None,
    policy: str,
    model: Input | None,
    base_rate: float | None,
    worsening_share: float | None,
    resamples: int,
    seed: int,
    today: FileToday,
) -> None:
    """Report detection, alert burden and false alerts of the engine, beside simple rules.

    \b
    flask --app wsgi evaluate --entries entries.csv --patients patients.csv \\
        --truth truth.csv --report report/

    Needs no database and no server; the engine is the one the server uses.

    \b
    entries   as replay reads them.
    patients  as replay reads them; birth_year is needed for the split by age.
    truth     patient, worsening_onset, stopped_on: dates, blank where it never
              happened during follow-up; optional: followed_until, the last day
              anything is known of the patient, where that is before the others'.
    report    report.html (one page, needs nothing else), report.json, a CSV
              file for each table, and rejects.csv.

    How to read it, its assumptions and its limits: docs/explanation/evaluation.md.
    The same files and options give the same report. A bad row is reported with
    file, line and column, goes to rejects.csv, and the rest is evaluated. Where
    exclusions depend on the outcome, the report has a warning at its top.

    \b
    Exit status: 0 all rows used, 1 some rejected, 2 a file cannot be used or no
    patient is in two of them, 74 output cannot be written, 130 interrupted.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    sources = CohortSources(entries, patients, truth, today)
    try:
        risk = risk_model_for(model, base_rate, entries=entries, patients=patients, today=today)
        engine = policy_named(policy).engine(risk, worsening_share, base_rate)
        method = EvaluationMethod(engine, Bootstrap(resamples, seed), followed)
        done = evaluate(sources, report, method=method, scored=files.entries_progress(), on_step=_echo_step)
    except (UnusableFile, UnusableDocumentFile, UnusableModelFile) as error:
        raise files.UnusableInput(str(error)) from error
    files.echo_rejects(done.rejects)
    files.echo_lines([*done.notes, *done.warnings])
    click.echo(f"{len(done.records)} patients evaluated: {report / 'report.html'}", err=True)
    if done.rejects:
        sys.exit(1)


def _echo_step(name: str) -> None:
    click.echo(f"computing: {name}", err=True)
