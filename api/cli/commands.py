"""Which commands there are."""

from flask import Flask

from api.cli.accounts import create_service, create_site, create_staff, reset_staff
from api.cli.delivery import outbox, vapid_keys
from api.cli.demo import seed
from api.cli.replay import replay_command
from api.cli.rescore import rescore

COMMANDS = (
    create_site,
    create_staff,
    reset_staff,
    create_service,
    seed,
    rescore,
    replay_command,
    outbox,
    vapid_keys,
)


def register(app: Flask) -> None:
    """Give ``flask --app wsgi`` our commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
