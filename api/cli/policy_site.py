"""Setting a site's policy, from now or a later moment on, and listing what holds when."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from api.cli.callbacks import a_moment, a_note
from api.cli.site_documents import A_FILE, database, echo_standing, holds, loaded
from api.domain.errors import DomainError
from api.domain.policies.site_policy import BUILT_IN
from api.domain.trajectory.engine import Engine
from api.services.accounts import accounts
from api.services.files.inputs import Input
from api.services.policies import site_policies
from api.services.policies.policy_files import load_policy
from api.services.policies.site_policies import PolicySetting


@click.command("set")
@click.argument("site_name", metavar="SITE")
@click.argument("file", type=A_FILE, required=False)
@click.option("--default", "built_in", is_flag=True, help="The built-in policy, instead of FILE.")
@click.option("--from", "since", callback=a_moment, metavar="ISO", help="From when on. [default: now]")
@click.option("--note", callback=a_note, help="Why, for whoever asks later.")
@with_appcontext
def set_policy(
    site_name: str, *, file: Input | None, built_in: bool, since: datetime | None, note: str | None
) -> None:
    """Let the policy of FILE hold at SITE, from now or a later moment on.

    \b
    flask --app wsgi policy set "St. Example" ours.json --from 2026-03-02T08:00+01:00
    flask --app wsgi policy set "St. Example" --default

    Nothing is overwritten: a policy holds until a later one begins. From then on
    every entry is scored by it, with the history before; workers score the other
    active patients again, and so does `flask --app wsgi rescore`.

    \b
    Exit status: 0 it holds, 1 FILE is no policy or the moment cannot be, 2 no FILE.
    """  # noqa: D301 - \b is click's
    if (file is None) is not built_in:
        raise click.UsageError("name a FILE, or say --default")
    policy = BUILT_IN if file is None else loaded(load_policy, file)
    engine, now = _engine(), datetime.now(UTC)
    try:
        with database().begin() as session:
            site = accounts.find_site(session, site_name)
            setting, is_new = site_policies.set_policy(
                session, site.id, policy, engine=engine, now=now, since=since, note=note
            )
            concerned = site_policies.scored_otherwise(session, site.id, setting.version or "")
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    if not is_new:
        click.echo(f"{policy.name!r} says what holds at {site_name!r} already; nothing was changed")
        return
    click.echo(f"at {site_name!r} {_line(setting)}")
    click.echo(
        f"{concerned} patients are to be scored again then, by a worker or by `flask --app wsgi rescore`"
    )


@click.command("list")
@click.argument("site_name", metavar="SITE")
@with_appcontext
def list_policies(site_name: str) -> None:
    """List the policies of SITE in the order they begin: what was, what holds, what is coming."""
    try:
        with database().read() as session:
            site = accounts.find_site(session, site_name)
            found = site_policies.standing_of(session, site.id, engine=_engine(), now=datetime.now(UTC))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    echo_standing(found.past, found.present, found.coming, _line)


def _line(setting: PolicySetting) -> str:
    row = setting.row
    what = f"engine {setting.version}" if setting.policy else setting.problem
    name = repr(setting.policy.name) if setting.policy else "a policy"
    if row is None:
        return f"{name}, until another one is set; {what}"
    return holds(name, row, what or "")


def _engine() -> Engine:
    found: Engine = current_app.extensions["aimss.engine"]
    return found
