"""Making sites and staff from the command line."""

import secrets
import sys
from dataclasses import replace
from typing import Any

import click
from flask.cli import with_appcontext

from api.cli.callbacks import NumberRange, a_name, a_paragraph, a_phone, an_email, site_text_option
from api.cli.transactions import app_engine, transaction
from api.domain.authority import Role
from api.domain.policies.site_policy import BUILT_IN
from api.services.accounts import accounts
from api.services.policies.policies import PolicyStore

ROLES = click.Choice([role.value for role in Role])


@click.command("create-site")
@click.argument("name", callback=a_name)
@click.option("--timezone", required=True, help="Such as Europe/Berlin.")
@click.option(
    "--contact",
    required=True,
    callback=a_paragraph,
    help="Text for patients: how to reach the team, and when.",
)
@click.option("--emergency-number", help="Number for patients to call at once, such as 112.")
@click.option("--crisis-line", help="Whom a patient with thoughts of self-harm can call at any hour.")
@click.option("--phone", callback=a_phone, help="Telephone number of the team, to be dialled.")
@site_text_option("--hours", "Hours of the team")
@site_text_option("--read-when", "When somebody reads what patients send")
@site_text_option("--called-when", "When the team calls a patient")
@site_text_option("--self-harm-answered-by", "Who answers thoughts of self-harm; not asked about without it")
@click.option(
    "--stopping-share",
    type=NumberRange(0.01, 0.9),
    help="Share of its patients who stop the tablets within 12 months, 0-1. [default: 0.15]",
)
@with_appcontext
def create_site(*, stopping_share: float | None, **given: Any) -> None:
    """Create the site NAME with its first team.

    Every risk of stopping rests on the share of patients who stop within 12 months,
    which differs from clinic to clinic: give --stopping-share if you know it.

    A sentence for patients is given once per language, such as
    --hours "en=Mon-Fri 8-16 h" --hours "de=Mo-Fr 8-16 Uhr".
    """
    built_in = BUILT_IN.thresholds.stopping_share
    with transaction() as (session, now):
        site = accounts.create_site(session, now=now, **given)
        if stopping_share is not None:
            own = replace(built_in, value=stopping_share, source="stated by the site at its set-up")
            thresholds = replace(BUILT_IN.thresholds, stopping_share=own)
            policy = replace(BUILT_IN, name="set-up of the site", thresholds=thresholds)
            PolicyStore(app_engine()).set(session, site.id, policy, now=now)
    click.echo(f"Site {site.name!r}: {site.id}")
    if stopping_share is None:
        share = f"{built_in.value:.0%} ({built_in.source})"
        click.echo(f"share who stop within 12 months: {share}; set yours: the policy's stopping_share")


@click.command("create-staff")
@click.argument("email", callback=an_email)
@click.option("--name", required=True, callback=a_name, help="Name as shown to patients and colleagues.")
@click.option("--role", required=True, type=ROLES)
@click.option("--site", "site_name", required=True, help="The site's name.")
@click.option("--team", help="The team's name; a nurse and a clinician are in the first by default.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password, and print it once.")
@with_appcontext
def create_staff(*, role: str, site_name: str, password_stdin: bool, generate: bool, **given: Any) -> None:
    """Create a member of staff who signs in as EMAIL; prompts for the password unless there is an option."""
    password = _password(from_stdin=password_stdin, generate=generate)
    with transaction() as (session, now):
        site = accounts.find_site(session, site_name)
        staff = accounts.create_staff(
            session, site=site, role=Role(role), password=password, now=now, **given
        )
    click.echo(f"{staff.role} {staff.email}: {staff.id}")
    if generate:
        click.echo(f"Password, shown this once: {password}")


@click.command("reset-staff")
@click.argument("email", callback=an_email)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password, and print it once.")
@with_appcontext
def reset_staff(email: str, *, password_stdin: bool, generate: bool) -> None:
    """Set a new password for EMAIL, turn its one-time codes off and end its sign-ins."""
    password = _password(from_stdin=password_stdin, generate=generate)
    with transaction() as (session, now):
        staff = accounts.reset_staff(session, email=email, password=password, now=now)
    click.echo(f"{staff.role} {staff.email} signs in anew, without one-time codes")
    if generate:
        click.echo(f"Password, shown this once: {password}")


def _password(*, from_stdin: bool, generate: bool) -> str:
    if from_stdin and generate:
        raise click.UsageError("--password-stdin or --generate, not both")
    if generate:
        return secrets.token_urlsafe(18)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
