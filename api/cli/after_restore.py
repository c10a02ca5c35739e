"""`after-restore`: run once after a restore from a backup, before anything is started."""

import click
from flask.cli import with_appcontext

from api.cli.transactions import transaction
from api.services.after_restore import settle_restore


@click.command("after-restore")
@click.option("--keep-service-keys", is_flag=True, help="Leave the keys of programs as they are.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def after_restore(*, keep_service_keys: bool, yes: bool) -> None:
    """Settle the state of a restored backup. Run it before web and workers start.

    Ends every sign-in, service key, activation code and invitation (those ended since the backup would work
    again), cancels pending messages and due reminders, and makes phones read everything again, so that they
    resend what was recorded since the backup. Open alerts stay open, as it is not known which were answered
    since.
    """
    if not yes:
        click.confirm("This ends all sign-ins and cancels waiting messages. Go on?", abort=True)
    with transaction() as (session, now):
        settled = settle_restore(session, keep_service_keys=keep_service_keys, now=now)
    click.echo(
        f"ended {settled.sign_ins} sign-ins and {settled.codes} codes, cancelled {settled.messages} "
        f"messages and {settled.reminders} reminders; {settled.alerts} open alerts escalate in 15 minutes "
        "unless answered\n"
        "Next: check `staff list` (members deactivated since the backup are active again), create new "
        "service keys, and give patients new activation codes; their phones then resend what is missing."
    )
