"""The application a WSGI server runs, and the one the flask command speaks to."""

from api.app import create_app
from config.logging import set_up_logging
from config.settings import Settings

settings = Settings.from_env()
set_up_logging(settings.log_level)
app = create_app(settings)
