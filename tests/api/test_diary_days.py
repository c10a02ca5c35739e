"""Pages of a diary by local date: of the patient, and of the care team."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from api.db.database import Database
from api.services.entries.diary_days import entries_between
from tests.api.test_reads import plan_of
from tests.support.builders import Clinic, Signed, a_report

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=6)
"""Yesterday evening in UTC: in the past, wherever the patient lives."""

DAYS = [(TODAY - timedelta(days=ago)) for ago in range(10)]
PAIN = "pain_worst"

Read = Callable[..., Any]


@pytest.fixture(params=["patient", "nurse"])
def read(request: pytest.FixtureRequest, client: FlaskClient, clinic: Clinic) -> Read:
    """A way to read a diary: by the patient, and by a member of the care team."""
    who: Signed = getattr(clinic, request.param)
    path = "me" if request.param == "patient" else f"patients/{clinic.patient.id}"

    def reading(**query: object) -> Any:
        return client.get(f"/v1/{path}/entries", query_string=query, headers=who.headers)

    return reading


@pytest.fixture
def diary(client: FlaskClient, clinic: Clinic) -> list[dict[str, Any]]:
    """Ten days with one entry each, sent in an order that is not theirs; pain counts days ago."""
    sent = [a_report(recorded_at=at, local_date=at.date(), pain_worst=ago) for ago, at in enumerate(DAYS)]
    shuffled = {"entries": sent[1::2] + sent[::2]}
    assert client.post("/v1/me/entries", json=shuffled, headers=clinic.patient.headers).status_code == 200
    return sent


def day(ago: int) -> str:
    return str(DAYS[ago].date())


def pains(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [entry[PAIN] for entry in answer.json["items"]]


@pytest.mark.usefixtures("diary")
def test_a_period_holds_the_entries_about_its_days_newest_first(read: Read) -> None:
    assert pains(read(**{"from": day(6), "until": day(3)})) == [3, 4, 5, 6]
    assert pains(read(**{"from": day(2)})) == [0, 1, 2]
    assert pains(read(until=day(8))) == [8, 9]
    assert read(**{"from": day(6), "until": day(3)}).json["next"] is None


@pytest.mark.usefixtures("diary")
def test_pages_of_a_period_follow_each_other_and_end(read: Read) -> None:
    period, seen, cursor = {"from": day(8), "until": day(1), "limit": 3}, [], {}
    for _ in range(3):
        page = read(**period, **cursor)
        seen.append(pains(page))
        cursor = {"cursor": page.json["next"]}
    assert seen == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert (page.json["more"], page.json["next"]) == (False, None)


def test_several_entries_about_one_day_are_split_between_pages_without_loss(
    client: FlaskClient, clinic: Clinic, read: Read
) -> None:
    at = DAYS[1]
    same = [a_report(recorded_at=at, local_date=at.date(), pain_worst=5, id=uuid4()) for _ in range(3)]
    later = a_report(recorded_at=at + timedelta(minutes=9), local_date=at.date(), pain_worst=6)
    client.post("/v1/me/entries", json={"entries": [*same, later]}, headers=clinic.patient.headers)
    first = read(until=day(0), limit=2)
    rest = read(until=day(0), limit=2, cursor=first.json["next"])
    found = [entry["id"] for page in (first, rest) for entry in page.json["items"]]
    assert found[0] == later["id"]
    assert sorted(found) == sorted(entry["id"] for entry in [*same, later])


def test_a_period_shows_the_present_version_and_marks_what_was_withdrawn(
    client: FlaskClient, clinic: Clinic, diary: list[dict[str, Any]], read: Read
) -> None:
    headers = clinic.patient.headers | {"If-Match": '"1"'}
    corrected, withdrawn = diary[2], diary[3]
    client.put(f"/v1/me/entries/{corrected['id']}", json=corrected | {PAIN: 9}, headers=headers)
    client.delete(f"/v1/me/entries/{withdrawn['id']}", headers=headers)
    new, old = read(**{"from": day(3), "until": day(2)}).json["items"]
    assert (new["id"], new[PAIN], new["version"], new["withdrawn"]) == (corrected["id"], 9, 2, False)
    assert (old["id"], old["withdrawn"], PAIN in old) == (withdrawn["id"], True, False)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"from": "2026-03-02", "until": "2026-03-01"}, "until"),
        ({"from": "2026-03-02", "since": "WzFd"}, "since"),
        ({"cursor": "WzFd"}, "cursor"),
        ({"from": "yesterday"}, "from"),
    ],
)
def test_a_query_that_means_two_things_or_nothing_is_refused(
    read: Read, query: dict[str, str], wrong: str
) -> None:
    answer = read(**query)
    assert (answer.status_code, set(answer.json["errors"])) == (422, {wrong})


@pytest.mark.usefixtures("diary")
def test_the_cursor_of_the_change_feed_is_no_cursor_of_a_period(read: Read) -> None:
    feed = read(limit=2).json["next"]
    assert read(cursor=feed, until=day(0)).json["type"] == "/problems/invalid-cursor"


@pytest.mark.usefixtures("diary")
def test_a_period_is_read_from_the_index_of_days(clinic: Clinic, database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with database.read() as session:
        first = entries_between(session, clinic.patient.id, since=DAYS[9].date(), limit=3)
        event.listen(database.engine, "before_cursor_execute", note)
        try:
            entries_between(session, clinic.patient.id, since=DAYS[9].date(), limit=3, cursor=first.next)
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
    (read_page,) = [each for each in asked if each[0].startswith("SELECT")]
    plan = plan_of(database, *read_page)
    assert "ix_entries_patient_id_local_date" in plan
    assert "Seq Scan" not in plan
    assert "SCAN entries" not in plan
