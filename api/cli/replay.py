"""The command that replays diaries from files."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from api.domain.trajectory.engine import Engine
from api.services.replay import Counts, Paths, replay
from api.services.replay_files import UnusableFile

_TELL_EVERY = 50_000
_READ = click.Path(exists=True, dir_okay=False, path_type=Path)
_WRITE = click.Path(dir_okay=False, path_type=Path)


class Unusable(click.ClickException):
    """A file cannot be used at all."""

    exit_code = 2


@click.command("replay")
@click.option("--entries", type=_READ, required=True, help="Diary entries (CSV).")
@click.option("--patients", type=_READ, help="What is known of the patients (CSV); may be left out.")
@click.option("--alerts", type=_WRITE, required=True, help="Where to write the findings (CSV).")
@click.option("--scores", type=_WRITE, required=True, help="Where to write the daily scores (CSV).")
@click.option(
    "--rejects", type=_WRITE, help="Where to write bad rows. [default: ENTRIES.rejects.csv beside --scores]"
)
def replay_command(
    *, entries: Path, patients: Path | None, alerts: Path, scores: Path, rejects: Path | None
) -> None:
    """Score diaries from files and write the alerts they would have caused.

    Needs no database and no server; the scores are those the server would have given.

    \b
    entries   patient, recorded_at (ISO 8601 with offset); and, each optional and
              blank where not answered: pain_worst, pain_average, stiffness,
              interference (0-10), morning_stiffness_minutes (0-720),
              dose_taken (true/false), doses_missed_7d (0-7), confidence (0-10).
              Fractions are welcome, rows may come in any order.
    patients  patient; optional: ai_started_on, ai, prior_tamoxifen,
              prior_taxane, birth_year, timezone.
    alerts    patient, raised_at, kind, tier, reason: one row a finding.
    scores    one row per patient and local day with an entry.

    A bad row is named with file, line and column, goes to the rejects file, and
    the rest is processed.

    \b
    Exit status: 0 all rows used, 1 some rejected, 2 a file cannot be used.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    beside = scores.parent / f"{entries.stem}.rejects.csv"
    paths = Paths(entries, patients, alerts, scores, rejects or beside)
    try:
        counts = replay(paths, engine=Engine(), progress=teller())
    except UnusableFile as error:
        raise Unusable(str(error)) from error
    _report(counts, paths)
    if counts.rejects:
        sys.exit(1)


def _report(counts: Counts, paths: Paths) -> None:
    for reject in counts.rejects:
        for sentence in reject.sentences():
            click.echo(sentence, err=True)
    if counts.rejects:
        click.echo(f"{len(counts.rejects)} rows rejected, see {paths.rejects}", err=True)
    done = f"{counts.patients} patients, {counts.entries} entries, {counts.days} days"
    click.echo(f"{done}: {counts.findings} findings", err=True)


def teller() -> Callable[[int, int], None]:
    """Return what tells the progress of a long replay, every 50,000 entries; a short one is quiet."""
    told = 0

    def tell(done: int, of: int) -> None:
        nonlocal told
        if of > _TELL_EVERY and done // _TELL_EVERY > told:
            told = done // _TELL_EVERY
            click.echo(f"{done:,} of {of:,} entries scored", err=True)

    return tell
