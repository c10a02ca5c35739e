"""Registration of the commands."""

from flask import Flask

from api.cli.accounts import create_site, create_staff, reset_staff
from api.cli.after_restore import after_restore
from api.cli.calibrate import calibrate_command
from api.cli.delivery import outbox, vapid_keys
from api.cli.demo import seed
from api.cli.evaluate import evaluate_command
from api.cli.exits import with_exit_statuses
from api.cli.export import export_command
from api.cli.guidance import guidance_page
from api.cli.ladder import ladder
from api.cli.policy import policy
from api.cli.replay import replay_command
from api.cli.rescore import rescore
from api.cli.response_times import response_times_command
from api.cli.score import score_command
from api.cli.services import create_service, service
from api.cli.simulate import simulate_command
from api.cli.staff import staff
from api.cli.webhooks import webhook
from api.cli.wording import load_wording

COMMANDS = (
    create_site, create_staff, reset_staff, staff, create_service, service, seed, rescore, score_command,
    export_command, after_restore, replay_command, simulate_command, evaluate_command, calibrate_command,
    policy, ladder, response_times_command, outbox, vapid_keys, webhook, load_wording, guidance_page,
)  # fmt: skip


for _command in COMMANDS:
    with_exit_statuses(_command)


def register(app: Flask) -> None:
    """Add the commands to ``flask --app wsgi``."""
    for command in COMMANDS:
        app.cli.add_command(command)
