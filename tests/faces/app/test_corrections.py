"""Corrections, withdrawals, undo and conflicts, before and after what was saved has been sent."""

from collections.abc import Callable
from typing import Any

from tests.faces.bare_page import BarePhone

SHOWN = "const [entry] = await m.entriesBetween(m.today(), m.today());"


def shown(phone: BarePhone) -> dict[str, Any]:
    """Return the one entry of today as the diary shows it."""
    [entry] = phone.run("return m.entriesBetween(m.today(), m.today())")
    return dict(entry)


def correct(phone: BarePhone, **answers: Any) -> None:
    """Correct the one entry of today."""
    phone.run(f"{SHOWN} await m.correctEntry(entry, answers)", answers=answers)


def test_undo_before_sending_removes_and_nothing_is_sent(bare_phone: BarePhone) -> None:
    bare_phone.run("await m.undo(await m.saveEntry({ day: m.today(), answers: { pain_worst: 4 } }))")
    assert bare_phone.items() == []
    bare_phone.drain()
    assert bare_phone.at_server() == []


def test_undo_after_sending_withdraws(bare_phone: BarePhone) -> None:
    bare_phone.run(
        "const saved = await m.saveEntry({ day: m.today(), answers: { pain_worst: 4 } });"
        "await m.drain(); await m.undo(saved)"
    )
    assert shown(bare_phone)["isWithdrawn"]
    bare_phone.drain()
    assert [entry["withdrawn"] for entry in bare_phone.at_server()] == [True]
    assert bare_phone.states() == []


def test_undo_while_the_entry_is_on_its_way_withdraws_it_behind_it(bare_phone: BarePhone) -> None:
    bare_phone.context.route("**/v1/me/entries", lambda route: (route.fetch(), route.abort()), times=1)
    bare_phone.run(
        "const saved = await m.saveEntry({ day: m.today(), answers: { pain_worst: 4 } });"
        "await m.drain(); await m.undo(saved)"
    )
    assert [item["kind"] for item in bare_phone.items()] == ["entry", "withdrawal"]
    bare_phone.drain()
    assert [entry["withdrawn"] for entry in bare_phone.at_server()] == [True]


def test_undo_of_an_undo_brings_the_entry_back(bare_phone: BarePhone) -> None:
    bare_phone.run(
        "const saved = await m.saveEntry({ day: m.today(), answers: { pain_worst: 4 } });"
        "await m.undo(await m.undo(saved)); await m.drain()"
    )
    assert [entry["pain_worst"] for entry in bare_phone.at_server()] == [4]
    bare_phone.run(
        f"{SHOWN} const gone = await m.withdrawEntry(entry); await m.drain();"
        "await m.undo(gone); await m.drain()"
    )
    [entry] = bare_phone.at_server()
    assert (entry["withdrawn"], entry["pain_worst"], entry["version"]) == (False, 4, 3)


def test_a_correction_before_sending_replaces_what_waits(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=4, note="typo")
    correct(bare_phone, pain_worst=5)
    assert len(bare_phone.items()) == 1
    bare_phone.drain()
    [entry] = bare_phone.at_server()
    assert (entry["version"], entry["pain_worst"], "note" in entry) == (1, 5, False)


def test_a_correction_after_sending_is_a_new_version_and_undo_restores_the_former(
    bare_phone: BarePhone,
) -> None:
    bare_phone.save(pain_worst=4)
    bare_phone.drain()
    bare_phone.run(f"{SHOWN} window.saved = await m.correctEntry(entry, {{ pain_worst: 6 }}); return null")
    assert (shown(bare_phone)["state"], shown(bare_phone)["answers"]) == ("saved", {"pain_worst": 6})
    bare_phone.drain()
    assert [(each["version"], each["pain_worst"]) for each in bare_phone.at_server()] == [(2, 6)]
    bare_phone.run("await m.undo(window.saved); await m.drain()")
    assert [(each["version"], each["pain_worst"]) for each in bare_phone.at_server()] == [(3, 4)]


def test_a_correction_and_a_withdrawal_made_offline_follow_their_entry(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=4)
    bare_phone.context.route("**/v1/me/entries", lambda route: route.abort(), times=1)
    bare_phone.drain()
    correct(bare_phone, pain_worst=7)
    bare_phone.run(f"{SHOWN} await m.withdrawEntry(entry)")
    assert [item["kind"] for item in bare_phone.items()] == ["entry", "withdrawal"]
    bare_phone.run(f"{SHOWN} await m.correctEntry(entry, {{ pain_worst: 8 }})")
    bare_phone.drain()
    [entry] = bare_phone.at_server()
    assert (entry["version"], entry["pain_worst"], entry["withdrawn"]) == (3, 8, False)
    assert bare_phone.states() == []


def test_the_answer_to_a_correction_that_was_lost_does_no_harm(bare_phone: BarePhone) -> None:
    entry_id = bare_phone.save(pain_worst=4)
    bare_phone.drain()
    correct(bare_phone, pain_worst=6)
    bare_phone.context.route(
        f"**/v1/me/entries/{entry_id}", lambda route: (route.fetch(), route.abort()), times=1
    )
    bare_phone.drain()
    assert bare_phone.states() == ["saved"]
    bare_phone.drain()
    assert [(each["version"], each["pain_worst"]) for each in bare_phone.at_server()] == [(2, 6)]
    assert bare_phone.states() == []


def test_what_another_phone_has_changed_is_shown_and_the_patient_chooses(
    bare_phone: BarePhone, new_bare_phone: Callable[..., BarePhone]
) -> None:
    other = new_bare_phone(bare_phone.patient).activate()
    bare_phone.save(pain_worst=1)
    bare_phone.drain()
    other.run("await m.catchUp()")
    for phone, pain in ((other, 8), (bare_phone, 2)):
        correct(phone, pain_worst=pain)
        phone.drain()
    [item] = bare_phone.items()
    assert (item["state"], item["body"]["pain_worst"], item["theirs"]["pain_worst"]) == ("conflict", 2, 8)
    bare_phone.run("const [item] = await m.items(); await m.choose(item.id, 'mine'); await m.drain()")
    assert [(each["version"], each["pain_worst"]) for each in bare_phone.at_server()] == [(3, 2)]
    correct(other, pain_worst=9)
    other.drain()
    other.run("const [item] = await m.items(); await m.choose(item.id, 'theirs'); await m.catchUp()")
    assert other.items() == []
    assert shown(other)["answers"] == {"pain_worst": 2}


def test_a_withdrawal_of_what_another_phone_has_changed_asks_first(
    bare_phone: BarePhone, new_bare_phone: Callable[..., BarePhone]
) -> None:
    other = new_bare_phone(bare_phone.patient).activate()
    bare_phone.save(pain_worst=1)
    bare_phone.drain()
    other.run("await m.catchUp()")
    correct(other, pain_worst=8)
    other.drain()
    bare_phone.run(f"{SHOWN} await m.withdrawEntry(entry)")
    bare_phone.drain()
    assert bare_phone.states() == ["conflict"]
    bare_phone.run("const [item] = await m.items(); await m.choose(item.id, 'mine'); await m.drain()")
    assert [each["withdrawn"] for each in bare_phone.at_server()] == [True]


def test_what_is_being_filled_in_survives_and_is_cleared_by_saving(bare_phone: BarePhone) -> None:
    bare_phone.run("await m.setDraft('day:2026-11-27', { pain_worst: 3 })")
    bare_phone.run("await m.setDraft('day:2026-11-28', { pain_worst: 5 })")
    bare_phone.kill()
    assert bare_phone.run("return m.getDraft('day:2026-11-27')") == {"pain_worst": 3}
    bare_phone.run(
        "await m.saveEntry({ day: m.today(), answers: { pain_worst: 3 }, draft: 'day:2026-11-27' })"
    )
    assert bare_phone.run("return (await m.getDraft('day:2026-11-27')) ?? null") is None
    assert bare_phone.run("return m.getDraft('day:2026-11-28')") == {"pain_worst": 5}


def test_a_questionnaire_begun_on_one_phone_is_completed_on_another(
    bare_phone: BarePhone, new_bare_phone: Callable[..., BarePhone]
) -> None:
    other = new_bare_phone(bare_phone.patient).activate()
    begun = "{ id: crypto.randomUUID(), instrument: 'bpi-sf', status: 'partial', answers: { worst: 7 } }"
    bare_phone.run(f"await m.saveAssessment({begun}); await m.drain()")
    assert bare_phone.states() == []
    other.run("await m.catchUp()")
    found = "(await m.run(['assessments'], 'readonly', (tx) => tx.objectStore('assessments').getAll()))[0]"
    answers = "{ worst: 7, least: 2, average: 5, now: 4 }"
    other.run(
        f"const found = {found};"
        f"await m.saveAssessment({{ ...found, status: 'complete', answers: {answers} }}); await m.drain();"
    )
    assert other.states() == []
    assert other.run(f"return ({found}).status") == "complete"
    bare_phone.run(
        f"const found = {found};"
        f"await m.saveAssessment({{ ...found, answers: {{ worst: 8 }} }}); await m.drain();"
    )
    [item] = bare_phone.items()
    assert (item["state"], item["theirs"]["status"]) == ("conflict", "complete")


def test_settings_changed_offline_are_joined_and_sent_later(bare_phone: BarePhone) -> None:
    bare_phone.context.set_offline(True)
    bare_phone.run("await m.saveChanges({ language: 'de' }); await m.saveChanges({ discreet: true })")
    assert len(bare_phone.items()) == 1
    bare_phone.context.set_offline(False)
    bare_phone.drain()
    me = bare_phone.run("return (await m.api.get('/v1/me')).body")
    assert (me["language"], me["discreet"]) == ("de", True)
    assert bare_phone.run("return (await m.getMeta('me')).body.language") == "de"
