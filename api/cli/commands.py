"""Which commands there are."""

from flask import Flask

from api.cli.demo import seed
from api.cli.rescore import rescore

COMMANDS = (seed, rescore)


def register(app: Flask) -> None:
    """Give ``flask --app wsgi`` our commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
