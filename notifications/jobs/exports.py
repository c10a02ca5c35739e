"""Makes the files of exports that patients asked for."""

from collections.abc import Callable
from datetime import datetime

from api.db.database import Database
from api.services.privacy.export_jobs import make_next
from api.words.catalogue import translate_all

MOST_IN_A_RUN = 20


def make_due(
    database: Database, *, clock: Callable[[], datetime], is_stopped: Callable[[], bool] = lambda: False
) -> int:
    """Make the exports that wait, one after the other; return their number."""
    for made in range(MOST_IN_A_RUN):
        if is_stopped() or not make_next(database, translate_all, clock=clock):
            return made
    return MOST_IN_A_RUN
