"""The `replay` command: scores and alerts of diaries from files."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from api.cli import files
from api.cli.comparing import budget_line, comparison_lines
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import AnyInput, Input
from api.services.policies.document_files import UnusableDocumentFile, policy_named
from api.services.replay.file_dates import FileToday
from api.services.replay.replay import ReplayCounts, ReplayPaths, replay
from api.services.replay.replay_policies import compare, simulate_burden, write_difference
from api.services.scoring.risk_covariates import risk_model_for
from api.services.scoring.risk_models import UnusableModelFile

_TWO = 2  # policies can be compared


@click.command("replay")
@click.option("--entries", type=files.READ, required=True, help="Diary entries (CSV).")
@click.option("--patients", type=files.READ, help="Facts about the patients (CSV); may be left out.")
@click.option("--alerts", type=files.WRITE, help="Where to write the findings (CSV).")
@click.option("--scores", type=files.WRITE, help="Where to write the daily scores (CSV).")
@click.option(
    "--rejects",
    type=files.WRITE,
    help="Where to write bad rows. [default: ENTRIES.rejects.csv beside --scores]",
)
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="FILE|default",
    help="Score with this policy (`policy show` prints one); given twice, A and B, compare them.",
)
@files.model_option
@files.base_rate_option
@files.worsening_share_option
@click.option(
    "--asked-every",
    type=click.IntRange(1, 366),
    metavar="DAYS",
    help="Days between two check-ins of the plan of these patients; silence depends on them.",
)
@click.option("--difference", type=files.WRITE, help="With two policies: where to write what differs (CSV).")
@files.today_option
def replay_command(  # noqa: PLR0913 - one option each
    *,
    entries: Input,
    patients: Input | None,
    alerts: Path | None,
    scores: Path | None,
    rejects: Path | None,
    policies: tuple[str, ...],
    model: Input | None,
    base_rate: float | None,
    worsening_share: float | None,
    asked_every: int | None,
    difference: Path | None,
    today: FileToday,
) -> None:
    """Score diaries from files and write the alerts they would have caused.

    Needs no database and no server; the scores are those of the server.

    \b
    entries   patient, recorded_at (ISO 8601 with offset); and, each optional and
              blank where not answered: pain_worst, pain_average, stiffness,
              interference (0-10), morning_stiffness_minutes (0-720),
              dose_taken (true/false), doses_missed_7d (0-7), confidence (0-10),
              local_date (the day it is about; recorded_at is then when it was
              written), side_effects_bother, doubt (0-10), cost_trouble,
              sleep_trouble (true/false), gap_reason (forgot, too_unwell, hospital,
              technical, do_not_want), asked (own, prompted, burst), via (app,
              phone, paper, visit), reported_by (patient, proxy).
              Fractions are allowed, rows may come in any order.
    patients  patient; optional: ai_started_on, ai, prior_tamoxifen,
              prior_taxane, birth_year, timezone. ai is anastrozole, letrozole or
              exemestane; anything else counts as not known.
    alerts    patient, raised_at, kind, tier, reason: one row a finding.
    scores    one row per patient and local day with an entry; extra_check_ins
              is not 0 on a day on which they begin.

    With one policy --alerts and --scores are needed. With two, A and B, the
    changes by B are printed; --alerts and --scores, where given, are those of A.
    The alert budget decides only when a team is notified: every finding is
    written, and the alerts that the budget would hold back are counted.

    \b
    difference  patient, kind, change (only_a, only_b, moved: the same within 28
                days; other_tier), days (B after A), and both sides' raised_at,
                tier, reason.

    Silence at the end is evaluated on the present day: the last day of the longest
    run of entries with no 35 days between them, so that one misdated row makes no
    patient silent; --today sets it. Rows before 1990, before the patient's birth,
    or ahead of the clock and of that run are rejected.

    "-" is standard input for one file that is read, standard output for one that
    is written; pipes work as well. Files of spreadsheets, pandas and R are read
    where they are unambiguous (docs/reference/files.md). A bad row is reported with file,
    line and column, goes to the rejects file, and the rest is processed. Patients
    of one file that are missing in the other are counted.

    \b
    Exit status: 0 all rows used, 1 some rejected, 2 a file cannot be used or no
    patient is in both files, 74 output cannot be written, 130 interrupted.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    _check_options(policies, alerts, scores, difference)
    named: tuple[AnyInput, ...] = tuple(Path(name) for name in policies if name != BUILT_IN.name)
    named += () if model is None else (model,)
    beside = _beside(scores or difference or entries.path, entries)
    paths = ReplayPaths(entries, patients, alerts, scores, rejects or beside, difference, named)
    try:
        chosen = [policy_named(name) for name in policies] or [BUILT_IN]
        read = files.entries_progress()
        risk = risk_model_for(
            model, base_rate, entries=entries, patients=patients, today=today, progress=read
        )
        engines = [policy.engine(risk, worsening_share, base_rate) for policy in chosen]
        counts = replay(
            paths,
            engine=engines[0],
            today=today,
            check_in_days=asked_every,
            against=engines[1] if len(engines) == _TWO else None,
            progress=files.entries_progress(),
        )
        _report(counts, paths, chosen)
    except (UnusableFile, UnusableDocumentFile, UnusableModelFile) as error:
        raise files.UnusableInput(str(error)) from error
    if counts.rejects:
        sys.exit(1)


def _check_options(
    policies: tuple[str, ...], alerts: Path | None, scores: Path | None, difference: Path | None
) -> None:
    if len(policies) > _TWO:
        raise click.UsageError(f"--policy is given {len(policies)} times; two can be compared")
    if len(policies) == _TWO:
        return
    for option, path in (("--alerts", alerts), ("--scores", scores)):
        if path is None:
            raise click.UsageError(f"Missing option '{option}'.")
    if difference is not None:
        raise click.UsageError("--difference needs two policies: --policy A --policy B")


def _beside(written: Path, entries: Input) -> Path:
    """Return the default path of the rejects: beside the output, named after the entries."""
    stem = "entries" if entries.is_standard_input else entries.path.name.partition(".")[0]
    return written.parent / f"{stem}.rejects.csv"


def _report(counts: ReplayCounts, paths: ReplayPaths, policies: Sequence[PolicyDocument]) -> None:
    files.echo_lines(counts.notes)
    files.echo_rejects(counts.rejects)
    if counts.rejects:
        click.echo(f"{len(counts.rejects)} rows rejected, see {paths.rejects}", err=True)
    if counts.after_present:
        isolated = f"{counts.after_present} entries lie after {counts.present} and far from the others"
        click.echo(f"{isolated}: silence is evaluated on that day; --today sets another", err=True)
    done = f"{counts.patients} patients, {counts.entries} entries, {counts.days} days"
    click.echo(f"{done}: {counts.findings} findings", err=True)
    if len(policies) == _TWO:
        found = compare(counts, *policies)
        if paths.difference is not None:
            write_difference(paths.difference, found.differences)
        click.echo("\n".join(comparison_lines(found)))
    else:
        click.echo(budget_line(simulate_burden(policies[0], counts), policies[0]), err=True)
