"""Cost of a late entry against one in order, and the delay of other requests meanwhile."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import func, select

from api.app import create_app
from api.db.database import Database
from api.domain.trajectory.engine import Engine, PatientFactors
from api.models.score import CheckpointRow
from api.services.scoring.rescore_from_checkpoint import surviving_entries
from config.settings import Settings
from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import HOST, PRODUCT, Size, median, server
from tests.support.builders import Signed

LENGTHS = (500, 1500, 3650)
RECENT_DAYS = 90
IN_ORDER, LATE = 21, 5
LATE_AT_ONCE, DIARY_DAYS = 20, 1000


@dataclass
class _Diary:
    """A patient's diary up to some weeks ago, sent in batches; the days after it are sent in order."""

    client: FlaskClient
    signed: Signed
    days: int

    @property
    def first(self) -> date:
        return datetime.now(UTC).date() - timedelta(days=self.days + IN_ORDER + 2)

    def fill(self) -> None:
        entries = list(islice(ward.diary(self.days, since=self.first), self.days))
        for start in range(0, self.days, 500):
            self._post({"entries": entries[start : start + 500]})

    def cost_s(self, day: int) -> float:
        """Return the processor time of one entry about a day of the diary, counted from its first."""
        entry = next(ward.diary(self.days, first=day, since=self.first)) | {"id": str(uuid4())}
        began = time.process_time()
        self._post(entry)
        return time.process_time() - began

    def _post(self, content: Any) -> None:
        answer = self.client.post("/v1/me/entries", json=content, headers=self.signed.headers)
        assert answer.status_code in {200, 201}, answer.text


def figures(kind: str, _: Size, folder: Path) -> Iterator[Figure]:
    """Measure processor time of requests in this process, then a real server under late entries."""
    with ward.database(kind, folder) as url:
        with ward.opened(url) as database:
            beds = ward.beds(database, len(LENGTHS) + 2)
            settings = Settings(secret_key="for a benchmark", patient_requests=10**6)
            client = create_app(settings, database=database).test_client()
            for bed, days in zip(beds, LENGTHS, strict=False):
                yield from _costs(kind, _Diary(client, bed.patient, days), database)
        yield from _meanwhile(kind, url, folder, beds[-2:])


def _costs(kind: str, diary: _Diary, database: Database) -> Iterator[Figure]:
    diary.fill()
    in_order = median([diary.cost_s(diary.days + nth) for nth in range(IN_ORDER)])
    newest = diary.days + IN_ORDER - 1
    recent = median([diary.cost_s(newest - RECENT_DAYS + nth) for nth in range(LATE)])
    oldest = median([diary.cost_s(nth) for nth in range(LATE)])
    name = f"a late entry, {kind}, {diary.days} days"
    beside = "ms of processor time in order"
    yield Figure(
        f"{name}: about a day of the last {RECENT_DAYS}", 1000 * recent, "ms", 1000 * in_order, beside,
        20.0, "ratio <",
    )  # fmt: skip
    yield Figure(
        f"{name}: about the first day", 1000 * oldest, "ms", 1000 * in_order, beside, 150.0, "ratio <"
    )
    yield Figure(
        f"the engine alone on {diary.days} days in memory, {kind}: lower bound of a late entry",
        1000 * _bare_fold_s(diary, database), "ms", 1000 * in_order, beside,
    )  # fmt: skip
    stored = select(func.count(), func.sum(func.length(CheckpointRow.state)))
    with database.read() as session:
        count, size = session.execute(stored.where(CheckpointRow.patient_id == diary.signed.id)).one()
    yield Figure(
        f"checkpoints of a patient, {kind}, {diary.days} days", size / 1000, "kB", count, "checkpoints"
    )


def _bare_fold_s(diary: _Diary, database: Database) -> float:
    """Return the processor time of the engine on the whole diary, without reading or storing anything."""
    with database.read() as session:
        entries = surviving_entries(session, diary.signed.id)
    engine, took = Engine(), []
    for _ in range(LATE):
        began = time.process_time()
        engine.begin(PatientFactors()).add(entries)
        took.append(time.process_time() - began)
    return median(took)


def _meanwhile(kind: str, url: str, folder: Path, beds: Sequence[ward.Bed]) -> Iterator[Figure]:
    """Measure other requests alone, then during many late entries of one patient."""
    one, other = beds
    with server(PRODUCT, url, folder) as web:
        since = datetime.now(UTC).date() - timedelta(days=DIARY_DAYS + 2)
        entries = list(islice(ward.diary(7, since=since), DIARY_DAYS))
        for start in range(0, DIARY_DAYS, 500):
            _ask(web.port, "POST", "/v1/me/entries", one.patient, {"entries": entries[start : start + 500]})
        own = ward.diary(8, since=since)
        asks: dict[str, Callable[[], int]] = {
            "another patient's entry": lambda: _ask(
                web.port, "POST", "/v1/me/entries", other.patient, next(own)
            ),
            "a worklist": lambda: _ask(web.port, "GET", "/v1/alerts", other.nurse),
            "liveness": lambda: _ask(web.port, "GET", "/health/live", other.nurse),
        }
        alone = {name: median([_seconds(ask) for _ in range(20)]) for name, ask in asks.items()}
        late = [
            threading.Thread(target=_send_late, args=(web.port, one.patient, entry))
            for entry in entries[:LATE_AT_ONCE]
        ]
        for thread in late:
            thread.start()
        seen: dict[str, list[float]] = {name: [] for name in asks}
        while any(thread.is_alive() for thread in late):
            for name, ask in asks.items():
                seen[name].append(_seconds(ask))
        for thread in late:
            thread.join()
    for name, took in seen.items():
        yield Figure(
            f"{name} while {LATE_AT_ONCE} late entries of one patient arrive at once, {kind}: the slowest",
            1000 * max(took), "ms", 1000 * alone[name], "ms alone, the median",
        )  # fmt: skip


def _send_late(port: int, who: Signed, entry: dict[str, Any]) -> None:
    """Send an entry like a phone, which repeats it after 429."""
    sent = entry | {"id": str(uuid4())}
    while _ask(port, "POST", "/v1/me/entries", who, sent) == http.HTTPStatus.TOO_MANY_REQUESTS:
        time.sleep(1)


def _seconds(ask: Callable[[], int]) -> float:
    began = time.perf_counter()
    assert ask() in {200, 201}
    return time.perf_counter() - began


def _ask(port: int, method: str, path: str, who: Signed, content: Any = None) -> int:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    body = None if content is None else json.dumps(content)
    connection.request(method, path, body, who.headers | {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status
