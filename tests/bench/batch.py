"""Batches of a hundred entries, against bare inserts of the same rows."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import PRODUCT, Size, Turns, load, median, server

CONNECTIONS = 4
PER_BATCH = 100
PATIENTS = 4
"""Patients per connection; each has a diary of many years."""

MOST_PER_S = 80
"""Upper bound of the batches one connection sends per second."""

Row = tuple[Any, ...]

TABLE = (
    "CREATE TABLE bare (patient_id char(32), id char(32), recorded_at timestamp, local_date date, "
    "received_at timestamp, answers {json}, withdrawn boolean, version integer, change_seq integer, "
    "grant_id char(32), PRIMARY KEY (patient_id, id))"
)


def figures(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure on one kind of database; rounds of the product and of bare inserts take turns."""
    with ExitStack() as stack:
        url = stack.enter_context(ward.database(kind, folder))
        with ward.opened(url) as database:
            tokens = [bed.patient.token for bed in ward.beds(database, CONNECTIONS * PATIENTS)]
        rooms = [_room(place, tokens[place::CONNECTIONS]) for place in range(CONNECTIONS)]
        product = stack.enter_context(server(PRODUCT, url, folder))
        insert = stack.enter_context(closing(_Bare(kind, url, folder)))
        most, done, bare = int(MOST_PER_S * size.seconds), [], []
        for number in range(size.rounds + 1):
            seen = load(product.port, [room.next(most) for room in rooms], seconds=size.seconds)
            for room, latencies in zip(rooms, seen.latencies_s, strict=True):
                room.sent += len(latencies)
            done.append(PER_BATCH * seen.per_s)
            bare.append(_per_s(insert.rows, number, seconds=size.seconds / 2))
    yield Figure(
        f"batches of {PER_BATCH} over HTTP, {kind}, {CONNECTIONS} connections",
        median(done[1:]), "entries/s", median(bare[1:]), "rows/s of bare executemany",
        15_000.0, "value >=",
    )  # fmt: skip


def _room(place: int, tokens: Sequence[str]) -> Turns:
    """Return the requests of one connection: a batch of each patient, then the next of each."""
    diaries = [ward.diary(PATIENTS * place + number) for number in range(PATIENTS)]
    batches = (datetime.now(UTC).toordinal() - ward.FIRST_DAY.toordinal()) // PER_BATCH
    turns = [diary for _ in range(batches) for diary in diaries]
    return Turns(tokens, [ward.body({"entries": list(islice(diary, PER_BATCH))}) for diary in turns])


class _Bare:
    """Inserts rows with the bare driver, one batch per transaction, as durable as the product's."""

    def __init__(self, kind: str, url: str, folder: Path) -> None:
        """Create a table without indexes or constraints beyond its key."""
        self._is_sqlite = kind == "sqlite"
        self._connection: Any
        if self._is_sqlite:
            self._connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
            self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
        else:
            plain = make_url(url).set(drivername="postgresql")
            self._connection = psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)
        self._connection.execute(TABLE.format(json="text" if self._is_sqlite else "jsonb"))

    def rows(self, rows: Sequence[Row]) -> None:
        """Insert the rows in one durable transaction."""
        signs = ", ".join(["?" if self._is_sqlite else "%s"] * len(rows[0]))
        cursor = self._connection.cursor()
        cursor.execute("BEGIN")
        cursor.executemany(f"INSERT INTO bare VALUES ({signs})", rows)  # noqa: S608 - signs only
        cursor.execute("COMMIT")

    def close(self) -> None:
        """Close the table's connection."""
        self._connection.close()


def _per_s(insert: Callable[[Sequence[Row]], None], number: int, *, seconds: float) -> float:
    batches = [_rows(place, number) for place in range(200)]
    began, count = time.perf_counter(), 0
    for rows in batches:
        if time.perf_counter() - began > seconds:
            break
        insert(rows)
        count += len(rows)
    return count / (time.perf_counter() - began)


def _rows(place: int, number: int) -> list[Row]:
    now = datetime.now(UTC).isoformat()
    entries = islice(ward.diary(1000 * number + place), PER_BATCH)
    return [
        (f"{place:032}", e["id"].replace("-", ""), e["recorded_at"], e["local_date"], now,
         json.dumps(e), False, 1, nth, f"{place:032}")
        for nth, e in enumerate(entries)
    ]  # fmt: skip
