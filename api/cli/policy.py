"""Commands that print, check, set and list policies."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from api.cli import site_documents
from api.cli.transactions import app_database, app_engine
from api.domain.policies.render import POLICY_FORMAT
from api.services.files.inputs import Input
from api.services.policies import policies
from api.services.policies.document_files import dump_json, policy_toml
from api.services.policies.policies import PolicyStore


@click.group()
def policy() -> None:
    """Thresholds, tiers and the alert budget, as a document that a clinic can change."""


@policy.command("show")
@site_documents.optional_file_argument
@click.option("--toml", is_flag=True, help="Print TOML instead of JSON.")
def show(*, file: Input | None, toml: bool) -> None:
    """Print the built-in policy, or the one of FILE, whole and with its sources.

    The output is itself a policy file: save it, give it a name of its own, change
    what your clinic has decided, leave out what stays as built in, and name in
    the source of each changed threshold who decided it and when. Then:

    \b
    flask --app wsgi policy check FILE
    flask --app wsgi replay --entries F.csv --policy default --policy FILE
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    content = site_documents.load(file, POLICY_FORMAT)
    click.echo(policy_toml(content) if toml else dump_json(content, POLICY_FORMAT))


@policy.command("check")
@site_documents.file_argument
def check_policy(*, file: Input) -> None:
    """Check whether FILE is a policy, and print what it changes.

    Names every unknown name, wrong type, value out of range and contradiction
    with its line and what would be right.

    \b
    Exit status: 0 it can be used, 1 it cannot, 2 there is no such file.
    """  # noqa: D301 - \b is click's
    site_documents.check(file, POLICY_FORMAT, lambda content: f"engine {content.engine().version}")


@policy.command("set")
@site_documents.set_options
@with_appcontext
def set_policy(
    site_name: str, *, file: Input | None, built_in: bool, since: datetime | None, note: str | None
) -> None:
    """Put the policy of FILE into force at SITE, from now or a later moment on.

    \b
    flask --app wsgi policy set "St. Example" ours.json --from 2026-03-02T08:00+01:00
    flask --app wsgi policy set "St. Example" --default

    Nothing is overwritten: a policy stays in force until a later one takes effect.
    From then on every entry is scored by it, with the history before it; workers
    score the other active patients again, and so does `flask --app wsgi rescore`.

    \b
    Exit status: 0 it is in force, 1 FILE is no policy or the moment cannot be, 2 no FILE.
    """  # noqa: D301 - \b is click's
    document = site_documents.set_at_site(
        PolicyStore(app_engine()), site_name, file, built_in=built_in, since=since, note=note
    )
    if document is None or document.row is None:
        return
    with app_database().read() as session:
        count = policies.count_scored_otherwise(session, document.row.site_id, document.version or "")
    click.echo(f"{count} patients are to be scored again then, by a worker or by `flask --app wsgi rescore`")


@policy.command("list")
@site_documents.site_argument
@with_appcontext
def list_policies(site_name: str) -> None:
    """List the policies of SITE in the order they take effect: past, present and upcoming."""
    site_documents.list_at_site(PolicyStore(app_engine()), site_name)
