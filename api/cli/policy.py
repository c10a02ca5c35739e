"""Looking at policies, and checking one before anybody uses it."""

import click

from api.cli.site_documents import A_FILE, loaded
from api.domain.policies.render import changes
from api.domain.policies.site_policy import BUILT_IN
from api.services.files.inputs import Input
from api.services.policies.policy_files import as_json, as_toml, load_policy


@click.group()
def policy() -> None:
    """Thresholds, tiers and the alert budget, as data a clinic can change."""


@policy.command("show")
@click.argument("file", type=A_FILE, required=False)
@click.option("--toml", is_flag=True, help="Print TOML instead of JSON.")
def show(*, file: Input | None, toml: bool) -> None:
    """Print the built-in policy, or the one of FILE, whole and with its sources.

    What is printed is a policy file itself: save it, give it a name of its own,
    change what your clinic has decided, leave out what stays as built in, and say
    in each changed threshold's source who decided it and when. Then:

    \b
    flask --app wsgi policy check FILE
    flask --app wsgi replay --entries F.csv --policy default --policy FILE
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    chosen = BUILT_IN if file is None else loaded(load_policy, file)
    click.echo(as_toml(chosen) if toml else as_json(chosen))


@policy.command("check")
@click.argument("file", type=A_FILE)
def check(*, file: Input) -> None:
    """Say whether FILE is a policy, and what it changes.

    Names every unknown name, wrong type, value out of range and contradiction
    with its line and what would be right.

    \b
    Exit status: 0 it can be used, 1 it cannot, 2 there is no such file.
    """  # noqa: D301 - \b is click's
    chosen = loaded(load_policy, file)
    changed = changes(chosen)
    click.echo(f"{file}: {chosen.name!r} can be used; engine {chosen.engine().version}")
    click.echo("\n".join(changed) if changed else "it says nothing but what is built in")
