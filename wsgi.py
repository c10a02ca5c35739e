"""The application a WSGI server runs, and the one the flask command speaks to."""

import gc
import sys

from api.app import create_app
from config.logging import set_up_logging
from config.settings import Settings

SWITCH_AFTER_S = 0.001
"""How long a thread waits to have the interpreter back. The database drivers and NumPy let it go some
twenty times in one entry: with Python's own 5 ms two threads in turn took twice as long as one, and with
much less than this they only take turns."""

GARBAGE_AFTER = 20_000
"""Objects made, beyond those let go, before the youngest are looked through for cycles; Python's own 700
did so several times an entry."""

sys.setswitchinterval(SWITCH_AFTER_S)
settings = Settings.from_env()
set_up_logging(settings.log_level)
app = create_app(settings)
# what is loaded by now stays: to look through all of it for cycles held every request up for 100 ms
gc.collect()
gc.freeze()
gc.set_threshold(GARBAGE_AFTER)
