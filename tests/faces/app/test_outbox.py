"""Arrival of what a patient saves: once, whatever happens between the tap and the server."""

import json
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route

from api.schemas.entry import EntryCorrectionSchema
from tests.faces.bare_page import BarePhone
from tests.support.servers import wait_until

OFFLINE_FOR_DAYS = """
for (let n = 0; n < 40; n += 1) {
  const day = m.plus(m.today(), -(n % 9));
  const recordedAt = m.moved(m.stamp(), -(n % 9) * 86400000 - n * 1000);
  await m.saveEntry({ day, recordedAt, answers: { pain_worst: n % 11, note: `entry ${n}` } });
}"""


def posts_of(context: BrowserContext) -> list[list[str]]:
    """Return a list that fills with the ids of each request that carries entries."""
    seen: list[list[str]] = []

    def note(request: Any) -> None:
        if request.method == "POST" and request.url.endswith("/v1/me/entries"):
            body = json.loads(request.post_data or "{}")
            seen.append([entry["id"] for entry in body.get("entries", [body])])

    context.on("request", note)
    return seen


def lose_answer(route: Route) -> None:
    """Let the server do its work, and lose its answer."""
    route.fetch()
    route.abort()


def test_6_forty_entries_made_offline_over_nine_days_all_arrive(bare_phone: BarePhone) -> None:
    posts = posts_of(bare_phone.context)
    bare_phone.context.set_offline(True)
    bare_phone.run(OFFLINE_FOR_DAYS)
    bare_phone.drain()
    assert bare_phone.states() == ["saved"] * 40
    bare_phone.context.set_offline(False)
    bare_phone.drain()
    assert sorted(entry["note"] for entry in bare_phone.at_server()) == sorted(
        f"entry {n}" for n in range(40)
    )
    assert Counter(entry["local_date"] for entry in bare_phone.at_server()).most_common()[-1][1] == 4
    assert [len(ids) for ids in posts] == [40], "one batch"
    assert bare_phone.states() == []


def test_more_than_a_batch_arrives_in_several(bare_phone: BarePhone) -> None:
    posts = posts_of(bare_phone.context)
    bare_phone.run(
        "for (let n = 0; n < 130; n += 1)"
        " await m.saveEntry({ day: m.plus(m.today(), -(n % 5)), answers: { pain_worst: 1 } })"
    )
    bare_phone.drain()
    assert [len(ids) for ids in posts] == [100, 30]
    assert bare_phone.states() == []


def test_7_reload_and_kill_between_saving_and_sending_lose_nothing(bare_phone: BarePhone) -> None:
    bare_phone.context.set_offline(True)
    bare_phone.save(pain_worst=3)
    bare_phone.save(pain_worst=4)
    bare_phone.context.set_offline(False)
    bare_phone.reload()
    assert bare_phone.states() == ["saved", "saved"]
    bare_phone.kill()
    bare_phone.drain()
    assert {entry["pain_worst"] for entry in bare_phone.at_server()} == {3, 4}


def test_a_tab_killed_in_the_middle_of_a_drain_blocks_nothing(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=5)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    bare_phone.context.route("**/v1/me/entries", hold, times=1)
    bare_phone.run("m.drain()")
    bare_phone.page.wait_for_timeout(200)
    assert bare_phone.states() == ["sending"]
    assert len(held) == 1
    bare_phone.kill()
    bare_phone.drain()
    assert [entry["pain_worst"] for entry in bare_phone.at_server()] == [5]
    assert bare_phone.states() == []


def test_without_locks_a_lease_of_a_minute_keeps_others_away(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=5)
    bare_phone.run(
        "const { patient } = await m.confirm();"
        "await m.claim(patient, { fastMs: 0, without: new Set(), isAlone: false })"
    )
    bare_phone.run("Object.defineProperty(navigator, 'locks', { value: undefined })")
    bare_phone.drain()
    assert bare_phone.states() == ["sending"]
    bare_phone.run("shiftClock(61000)")
    bare_phone.drain()
    assert bare_phone.states() == []
    assert len(bare_phone.at_server()) == 1


@pytest.mark.parametrize("has_locks", [True, False])
def test_9_two_tabs_and_a_worker_send_each_entry_once(bare_phone: BarePhone, has_locks: bool) -> None:
    posts = posts_of(bare_phone.context)
    other = bare_phone.new_page()
    for number in range(6):
        bare_phone.save(pain_worst=number)
    if not has_locks:
        for page in (bare_phone.page, other):
            bare_phone.run("Object.defineProperty(navigator, 'locks', { value: undefined })", page=page)
    for page in (bare_phone.page, other):
        bare_phone.run("window.drained = m.drain(); return null", page=page)
    bare_phone.drain_in_worker()
    for page in (bare_phone.page, other):
        bare_phone.run("await window.drained", page=page)
    assert sorted(entry["pain_worst"] for entry in bare_phone.at_server()) == [0, 1, 2, 3, 4, 5]
    times = Counter(entry_id for ids in posts for entry_id in ids)
    assert len(times) == 6
    if has_locks:
        assert set(times.values()) == {1}
    assert bare_phone.states() == []


def test_an_answer_that_was_lost_is_asked_for_again(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=6)
    bare_phone.context.route("**/v1/me/entries", lose_answer, times=1)
    bare_phone.drain()
    assert bare_phone.states() == ["saved"]
    assert bare_phone.run("return m.status().phase") == "offline"
    bare_phone.drain()
    assert bare_phone.states() == []
    assert len(bare_phone.at_server()) == 1


def test_an_entry_that_was_read_back_before_its_answer_came_is_settled_all_the_same(
    bare_phone: BarePhone,
) -> None:
    bare_phone.save(pain_worst=6)
    bare_phone.context.route("**/v1/me/entries", lose_answer, times=1)
    bare_phone.drain()
    bare_phone.run("await m.catchUp()")
    bare_phone.drain()
    assert bare_phone.states() == []


def test_5_only_a_2xx_for_an_item_turns_saved_into_sent(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=2)
    bare_phone.save(pain_worst=11)
    bare_phone.save(pain_worst=3)
    bare_phone.drain()
    [refused] = bare_phone.items()
    assert refused["state"] == "refused"
    assert refused["problem"]["title"] == "Invalid entry"
    assert "pain_worst" in refused["problem"]["errors"]
    shown = bare_phone.run("return m.entriesBetween(m.today(), m.today())")
    assert Counter(entry["state"] for entry in shown) == {"sent": 2, "refused": 1}
    bare_phone.drain()
    assert bare_phone.states() == ["refused"], "it is not sent again by itself"


def test_a_refused_entry_is_mended_under_the_same_id(bare_phone: BarePhone) -> None:
    entry_id = bare_phone.save(pain_worst=11)
    bare_phone.drain()
    bare_phone.run(
        "const [entry] = await m.entriesBetween(m.today(), m.today());"
        "await m.correctEntry(entry, { pain_worst: 10 })"
    )
    bare_phone.drain()
    assert [(entry["id"], entry["pain_worst"]) for entry in bare_phone.at_server()] == [(entry_id, 10)]


def test_a_refused_entry_can_be_discarded(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=11)
    bare_phone.drain()
    bare_phone.run("const [item] = await m.items(); await m.discard(item.id)")
    assert bare_phone.states() == []


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "text/html", "<title>Welcome to the hotel</title>"),
        (200, "application/json", '{"results": []}'),
        (403, "text/html", "<title>Blocked</title>"),
        (200, "application/json", '{"results": [{"id": "another", "status": "created"}]}'),
    ],
)
def test_an_answer_of_something_else_is_never_taken_for_ours(
    bare_phone: BarePhone, status: int, content_type: str, body: str
) -> None:
    bare_phone.save(pain_worst=1)
    answer = lambda route: route.fulfill(status=status, content_type=content_type, body=body)  # noqa: E731
    bare_phone.context.route("**/v1/me/entries", answer)
    bare_phone.drain()
    assert bare_phone.states() == ["saved"]
    bare_phone.context.unroute("**/v1/me/entries")
    bare_phone.drain()
    assert len(bare_phone.at_server()) == 1


def test_one_entry_that_makes_the_server_fail_does_not_hold_up_the_others(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=1)
    poison = bare_phone.save(pain_worst=2)
    bare_phone.save(pain_worst=3)

    def fail(route: Route) -> None:
        if poison not in (route.request.post_data or ""):
            route.continue_()
            return
        problem = json.dumps({"type": "/problems/internal-error", "title": "Internal error", "status": 500})
        route.fulfill(status=500, content_type="application/problem+json", body=problem)

    bare_phone.context.route("**/v1/me/entries", fail)
    for _ in range(3):
        bare_phone.drain()
    [left] = bare_phone.items()
    assert (left["subject"], left["state"]) == (poison, "saved")
    assert {entry["pain_worst"] for entry in bare_phone.at_server()} == {1, 3}
    assert bare_phone.run("return m.status().phase") == "busy"


def test_a_busy_server_is_given_the_time_it_asks_for(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=1)
    problem = json.dumps({"type": "/problems/too-many-requests", "title": "Wait", "status": 429})
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        headers = {"Retry-After": "40", "Content-Type": "application/problem+json"}
        route.fulfill(status=429, headers=headers, body=problem)

    bare_phone.context.route("**/v1/me/entries", refuse)
    bare_phone.drain()
    bare_phone.drain()
    assert len(asked) == 1
    bare_phone.save(red_flags=["chest_pain"])
    bare_phone.drain()
    bare_phone.drain()
    assert len(asked) == 2, "a red flag is tried at once"
    assert bare_phone.run("return m.status().nextTry - Date.now()") > 38_000
    assert bare_phone.states() == ["saved", "saved"]
    bare_phone.context.unroute("**/v1/me/entries")
    bare_phone.run("shiftClock(41000)")
    bare_phone.drain()
    assert bare_phone.states() == []


def test_8_it_sends_by_itself_after_each_save_and_when_the_network_returns(bare_phone: BarePhone) -> None:
    bare_phone.run("await m.start()")
    bare_phone.save(pain_worst=1)
    wait_until(lambda: bare_phone.states() == [], within_s=10, what="sent after the save")
    bare_phone.context.set_offline(True)
    bare_phone.save(pain_worst=2)
    bare_phone.page.wait_for_function("() => window.aimss.status().phase === 'offline'")
    assert bare_phone.states() == ["saved"]
    bare_phone.context.set_offline(False)
    wait_until(lambda: bare_phone.states() == [], within_s=10, what="sent after the network returned")
    assert len(bare_phone.at_server()) == 2


def test_a_new_try_comes_by_itself_and_later_each_time(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=1)
    bare_phone.context.route("**/v1/me/entries", lambda route: route.abort())
    waits = []
    for _ in range(12):
        bare_phone.drain()
        waits.append(bare_phone.run("return m.status().nextTry - Date.now()") / 1000)
    assert 0.5 < waits[0] <= 2
    assert 4 < waits[3] <= 16
    assert max(waits) <= 900
    assert waits[-1] > 440


def test_nothing_answered_is_nothing_to_send(bare_phone: BarePhone) -> None:
    name = bare_phone.run(
        "return m.saveEntry({ day: m.today(), answers: { pain_worst: null, note: '', body_sites: [] } })"
        ".catch((error) => error.constructor.name)"
    )
    assert name == "NothingToSend"
    bare_phone.save(pain_worst=0, stiffness=None)
    [item] = bare_phone.items()
    assert set(item["body"]) == {"recorded_at", "local_date", "pain_worst"}


def test_what_was_made_later_of_an_entry_that_is_refused_stands_instead(bare_phone: BarePhone) -> None:
    entry_id = bare_phone.save(pain_worst=11)
    bare_phone.context.route("**/v1/me/entries", lambda route: route.abort(), times=1)
    bare_phone.drain()
    bare_phone.run(
        "const [entry] = await m.entriesBetween(m.today(), m.today());"
        "await m.correctEntry(entry, { pain_worst: 9 })"
    )
    assert len(bare_phone.items()) == 2, "the first may have arrived"
    bare_phone.drain()
    assert [(entry["id"], entry["pain_worst"]) for entry in bare_phone.at_server()] == [(entry_id, 9)]
    assert bare_phone.states() == []


def test_red_flags_go_first(bare_phone: BarePhone) -> None:
    posts = posts_of(bare_phone.context)
    bare_phone.run(
        "for (let n = 0; n < 101; n += 1)"
        " await m.saveEntry({ day: m.plus(m.today(), -(n % 5)), answers: { pain_worst: 1 } })"
    )
    flagged = bare_phone.save(red_flags=["chest_pain"])
    bare_phone.drain()
    assert posts[0][0] == flagged
    assert bare_phone.run("return (await m.getMeta('emergency')).flags") == ["chest_pain"]


def test_the_answers_the_app_knows_are_those_of_the_api(bare_phone: BarePhone) -> None:
    moments, by_server = {"id", "recorded_at", "local_date"}, {"via", "reported_by"}
    expected = set(EntryCorrectionSchema().fields) - moments - by_server
    assert set(bare_phone.run("return m.ANSWERS")) == expected


def test_a_time_zone_that_the_phone_has_found_is_no_answer_that_waits(bare_phone: BarePhone) -> None:
    profile = {"kind": "patient", "timezone_follows_phone": True, "timezone": "Pacific/Fiji"}
    bare_phone.run("await m.followPhone(profile)", profile=profile)
    assert [item["kind"] for item in bare_phone.items()] == ["settings"]
    assert bare_phone.run("return m.countUnsent()") == 0
    bare_phone.run("await m.saveChanges({ discreet: true })")
    assert bare_phone.run("return m.countUnsent()") == 1
    bare_phone.drain()
    me = bare_phone.run("return (await m.api.get('/v1/me')).body")
    assert (me["timezone"], me["discreet"]) == ("Europe/Berlin", True)
