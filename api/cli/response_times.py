"""Report of the times until alerts were notified, answered and closed."""

import json
from datetime import datetime, timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from api.cli.callbacks import a_moment
from api.cli.transactions import read_session
from api.domain.escalation.response_times import Spread, TierResponseTimes
from api.schemas.response_times import ResponseTimesSchema
from api.services.accounts import accounts
from api.services.alerts import response_times

STAGES = (
    ("opened to notified", "notified"),
    ("notified to acknowledged", "acknowledged"),
    ("acknowledged to resolved", "resolved"),
    ("opened to acknowledged", "opened_to_acknowledged"),
)


@click.command("response-times")
@click.argument("site_name", metavar="SITE")
@click.option("--since", callback=a_moment, metavar="ISO", help="[default: 28 days before --until]")
@click.option("--until", callback=a_moment, metavar="ISO", help="[default: now]")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, as GET /v1/reports/response-times answers."
)
@with_appcontext
def response_times_command(
    site_name: str, *, since: datetime | None, until: datetime | None, as_json: bool
) -> None:
    """Print the times until alerts opened at SITE were notified, acknowledged and resolved, by tier.

    Median and 90th percentile by nearest rank; acknowledged is the first answer of
    any kind. An alert is late when it was not answered within the time of the site's
    ladder (answer_within).
    """
    with read_session() as (session, now):
        site = accounts.find_site(session, site_name)
        begins, ends, tiers = response_times.report(session, site.id, now=now, since=since, until=until)
    found: dict[str, Any] = {"since": begins, "until": ends, "tiers": tiers}
    if as_json:
        click.echo(json.dumps(ResponseTimesSchema().dump(found), indent=2))
        return
    click.echo(f"alerts opened from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC")
    for times in tiers:
        click.echo("\n".join(_lines(times)))


def _lines(times: TierResponseTimes) -> list[str]:
    head = (
        f"{times.tier}: {times.opened} opened, {times.escalated} escalated, {times.retracted} retracted, "
        f"{times.answered_late} answered late, {times.open_past_limit} open past the limit"
    )
    return [head, *(f"  {words:<26}{_spread(getattr(times, name))}" for words, name in STAGES)]


def _spread(spread: Spread) -> str:
    if spread.median is None or spread.p90 is None:
        return "none"
    return f"median {_span(spread.median)}, 90th percentile {_span(spread.p90)}, of {spread.count}"


def _span(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s"
