"""A phone that never gives up: it sends the same again until the server has acknowledged it."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID

from tests.support.builders import Signed
from tests.support.servers import HOST

TIMEOUT_S = 5.0
GIVES_UP_AFTER_S = 120.0
"""Only so that a broken server ends the test."""
FIRST_DAY = datetime(1995, 1, 1, 18, tzinfo=UTC)


class Phone(threading.Thread):
    """One patient's phone, posting a diary day after day, as single entries and batches."""

    def __init__(self, patient: Signed, port: int, *, seed: int, stopped: threading.Event) -> None:
        """Post to ``port`` until ``stopped``; what is on its way then is still brought to its end."""
        super().__init__(name=f"phone {seed}")
        self.acknowledged: set[UUID] = set()
        self.retries = 0
        self.unexpected: list[str] = []
        self._patient = patient
        self._port = port
        self._chance = random.Random(seed)
        self._stopped = stopped
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Post until stopped."""
        entries = diary(self._chance)
        while not self._stopped.is_set():
            size = self._chance.choice((1, 1, 1, 1, 7))
            items = list(islice(entries, size))
            self._send(items[0] if size == 1 else {"entries": items})
            self.acknowledged |= {UUID(item["id"]) for item in items}
        self._hang_up()

    def _send(self, content: dict[str, Any]) -> None:
        body = json.dumps(content)
        deadline = time.monotonic() + GIVES_UP_AFTER_S
        while time.monotonic() < deadline:
            try:
                status, answer = self._post(body)
            except (OSError, http.client.HTTPException):
                self._hang_up()
                self.retries += 1
                time.sleep(0.02)
                continue
            said = {result["status"] for result in answer.get("results", [answer])}
            if status not in {200, 201} or not said <= {"created", "duplicate"}:
                self.unexpected.append(f"{status}: {answer}")
            return
        self.unexpected.append("gave up")

    def _post(self, body: str) -> tuple[int, dict[str, Any]]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self._port, timeout=TIMEOUT_S)
        headers = {**self._patient.headers, "Content-Type": "application/json"}
        self._connection.request("POST", "/v1/me/entries", body, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def diary(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield a diary with months of calm, weeks of pain, missed tablets and, now and then, a red flag."""
    for day in count():
        bad = day % 60 >= 40
        entry: dict[str, Any] = {
            "id": str(UUID(int=chance.getrandbits(128), version=4)),
            "recorded_at": (FIRST_DAY + timedelta(days=day)).isoformat(),
            "pain_worst": chance.choice((7, 8, 9) if bad else (1, 2, 3)),
            "dose": "missed" if bad and chance.random() < 0.5 else "taken",
        }
        yield entry | ({"red_flags": ["chest_pain"]} if chance.random() < 0.02 else {})
