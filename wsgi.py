"""Application for the web server and for the flask command."""

import sys

from api.cli.exits import exit_on_interrupt

exit_on_interrupt()

from api.app import MAX_BODY_BYTES, create_app  # noqa: E402 - loading takes a second, and may be interrupted
from api.services.changes import ChangeWatch  # noqa: E402
from config.gateway import Gateway, GatewayLimits  # noqa: E402
from config.gc import freeze_loaded_objects  # noqa: E402
from config.logging import set_up_logging  # noqa: E402
from config.settings import MissingSettings, Settings  # noqa: E402

SWITCH_AFTER_S = 0.001
"""Switch interval of the interpreter. Database drivers and NumPy release the lock many times in one
entry, and with Python's default of 5 ms each release costs a long wait; with 0.2 ms threads switch too
often and answer a quarter fewer entries."""

sys.setswitchinterval(SWITCH_AFTER_S)
try:
    settings = Settings.from_env()
except (MissingSettings, ValueError) as error:
    raise SystemExit(f"not started: {error}") from error
set_up_logging(settings.log_level)
app = create_app(settings)
server = Gateway(
    app,
    limits=GatewayLimits(body_bytes=MAX_BODY_BYTES),
    lanes=("/health/live", "/health/ready"),
    watch=ChangeWatch(app.extensions["aimss.database"]),
)
freeze_loaded_objects()
