"""Clinic of the benchmark: signed-in patients and their diaries."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from api.db.database import Database, open_database
from api.models.site import Site, Team
from tests.support import databases
from tests.support.builders import Signed, a_member_of_staff, a_patient, signed_in

FIRST_DAY = date(1990, 1, 1)
"""Early enough that every connection has a new day for each of its entries."""


@dataclass(frozen=True)
class Bed:
    """A patient with a separate team and nurse, so that a push identifies the patient."""

    patient: Signed
    nurse: Signed


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Make an empty, migrated database of ``kind``, and drop it at the end."""
    if kind == "sqlite":
        url = f"sqlite:///{folder}/aimss.db"
        databases.fresh_sqlite(folder).close()
        yield url
        return
    url = databases.new_postgresql_database(durable=True)
    databases.migrate(url)
    try:
        yield url
    finally:
        databases.drop_postgresql_database(url)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open a database, and close it at the end."""
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def beds(database: Database, count: int) -> list[Bed]:
    """Enrol patients, each with a separate team and nurse, all signed in now."""
    now, enrolled_at = datetime.now(UTC), datetime.combine(FIRST_DAY, time(), UTC)
    with database.begin() as session:
        site = Site(name="Bench", timezone="Europe/Berlin", contact="Call 030 1234.", created_at=now)
        session.add(site)
        session.flush()
        made = []
        for number in range(count):
            team = Team(site_id=site.id, name=f"Team {site.id} {number}")
            session.add(team)
            session.flush()
            patient = a_patient(
                session, team, now=now, quiet_from=time(0), quiet_until=time(0), enrolled_at=enrolled_at
            )
            nurse = a_member_of_staff(session, team, now=now)
            made.append(Bed(signed_in(session, patient, now=now), signed_in(session, nurse, now=now)))
        return made


def diary(seed: int, *, first: int = 0, since: date = FIRST_DAY) -> Iterator[dict[str, Any]]:
    """Yield a steady patient's entries, one a day, from day number ``first`` on; the same for a seed."""
    chance = random.Random(seed * 1_000_003 + first)
    usual, drift = 2 + 2 * chance.random(), 0.0
    day = since + timedelta(days=first)
    while True:
        drift = 0.4 * drift + chance.gauss(0, 0.8)
        pain = min(7, max(0, round(usual + drift)))
        yield {
            "id": str(UUID(int=chance.getrandbits(128), version=4)),
            "recorded_at": datetime.combine(day, time(18), UTC).isoformat(),
            "local_date": day.isoformat(),
            "pain_worst": pain,
            "pain_average": max(0, pain - 1),
            "stiffness": min(10, pain + 1),
            "morning_stiffness_minutes": 5 * pain,
            "interference": max(0, pain - 2),
            "body_sites": [{"site": "hand", "side": "both"}],
            "dose": "missed" if chance.random() < 0.03 else "taken",
            "confidence": 8,
        }
        day += timedelta(days=1)


def body(content: Any) -> str:
    """Return content as compact JSON, like a phone's."""
    return json.dumps(content, separators=(",", ":"))
