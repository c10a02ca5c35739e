"""Diaries of many days, sent by a phone as its patient would have."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from api.web.app_pages import static_tree
from tests.faces.conftest import Phone

PAINS = (1, 2, 1, 2, None, 3, 2, None, 2, 2, 1, 3, 2, 0)
"""Worst pain of a fortnight; None is a day without an answer."""
SEND = """async ([address, entries]) => {
  const { api } = await import(address);
  for (let from = 0; from < entries.length; from += 100) {
    const { body } = await api.post("/v1/me/entries", { body: { entries: entries.slice(from, from + 100) } });
    const bad = body.results.find(({ status }) => status !== "created");
    if (bad) throw new Error(JSON.stringify(bad));
  }
}"""


def an_answer(day: date, **answers: Any) -> dict[str, Any]:
    """Return an entry about a day, as it is sent."""
    recorded_at = datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC).isoformat()
    return {"id": str(uuid4()), "recorded_at": recorded_at, "local_date": day.isoformat(), **answers}


def a_diary(until: date, *, days: int = 91, rise: int = 2, rising_days: int = 20) -> list[dict[str, Any]]:
    """Return entries up to a day: a quiet time with a gap, then some days that are worse."""
    found = []
    for back in range(days - 1, -1, -1):
        pain = PAINS[back % len(PAINS)]
        if pain is None or 60 <= back < 71:
            continue
        answers: dict[str, Any] = {"pain_worst": pain + (rise if back < rising_days else 0)}
        answers["stiffness"] = max(answers["pain_worst"] - 1, 0)
        answers["dose"] = "missed" if back in {5, 40} else "skipped" if back == 12 else "taken"
        found.append(an_answer(until - timedelta(days=back), **answers))
    return found


def send(phone: Phone, entries: list[dict[str, Any]]) -> None:
    """Send entries by the phone's own sign-in, past its outbox."""
    with phone.server.app.app_context():
        address = static_tree().url("shared/api.js")
    phone.page.evaluate(SEND, [address, entries])
