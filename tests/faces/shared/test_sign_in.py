"""The sign-in of a browser: lost answers, several tabs, its end, and somebody else on the same phone."""

from collections.abc import Callable

from playwright.sync_api import Route

from tests.faces.bare_page import BarePhone

FORGET = "m.signInAs('staff'); m.signInAs('patient')"
"""Forgets the access token, as a page does that is loaded anew."""


def refreshes(phone: BarePhone) -> int:
    """Return how often the server was asked for tokens with success."""
    made = [each for each in phone.server.transfers if each.path == "/v1/tokens" and each.status == 201]
    return len(made)


def test_a_lost_reply_to_a_refresh_locks_nobody_out(bare_phone: BarePhone) -> None:
    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    bare_phone.save(pain_worst=3)
    bare_phone.context.route("**/v1/tokens", lose_answer, times=1)
    bare_phone.reload()
    bare_phone.drain()
    assert bare_phone.run("return m.status().phase") == "offline"
    bare_phone.reload()
    bare_phone.drain()
    assert len(bare_phone.at_server()) == 1


def test_two_tabs_that_refresh_together_both_stay_signed_in(bare_phone: BarePhone) -> None:
    other = bare_phone.new_page()
    before = refreshes(bare_phone)
    for page in (bare_phone.page, other):
        bare_phone.run(f"{FORGET}; window.answer = m.api.get('/v1/me'); return null", page=page)
    for page in (bare_phone.page, other):
        assert bare_phone.run("return (await window.answer).status", page=page) == 200
    assert refreshes(bare_phone) == before + 1, "one tab asks, and tells the other"


def test_two_tabs_without_locks_both_stay_signed_in(bare_phone: BarePhone) -> None:
    other = bare_phone.new_page()
    for page in (bare_phone.page, other):
        bare_phone.run(
            "Object.defineProperty(navigator, 'locks', { value: undefined });"
            f"{FORGET}; window.answer = m.api.get('/v1/me'); return null",
            page=page,
        )
    for page in (bare_phone.page, other):
        assert bare_phone.run("return (await window.answer).status", page=page) == 200
    bare_phone.run(f"{FORGET}; await m.api.get('/v1/me')")


def test_a_token_that_is_refused_is_renewed_and_the_request_sent_again(bare_phone: BarePhone) -> None:
    bare_phone.run("await m.session()")
    problem = '{"type": "/problems/unauthorized", "title": "Unauthorized", "status": 401}'
    bare_phone.context.route(
        "**/v1/me/entries",
        lambda route: route.fulfill(status=401, content_type="application/problem+json", body=problem),
        times=1,
    )
    bare_phone.save(pain_worst=3)
    bare_phone.drain()
    assert len(bare_phone.at_server()) == 1


def sign_out_elsewhere(phone: BarePhone) -> None:
    """End the sign-in of the phone, as the team or the patient does on another device."""
    phone.run("const { device } = await m.session(); await m.api.delete(`/v1/me/devices/${device}`)")


def test_when_the_sign_in_has_ended_everything_is_kept_until_the_same_patient_signs_in(
    bare_phone: BarePhone,
) -> None:
    bare_phone.save(pain_worst=3)
    sign_out_elsewhere(bare_phone)
    bare_phone.drain()
    assert bare_phone.run("return m.status().phase") == "sign-in"
    assert bare_phone.states() == ["saved"]
    bare_phone.reload()
    bare_phone.context.set_offline(True)
    bare_phone.run("await m.start()")
    assert bare_phone.run("return m.getMeta('isSignedOut')") is True
    bare_phone.save(pain_worst=4)
    bare_phone.context.set_offline(False)
    bare_phone.activate()
    bare_phone.drain()
    assert {entry["pain_worst"] for entry in bare_phone.at_server()} == {3, 4}
    assert bare_phone.run("return m.status().phase") == "idle"


def test_without_a_network_nobody_is_told_to_sign_in_again(bare_phone: BarePhone) -> None:
    bare_phone.save(pain_worst=3)
    bare_phone.reload()
    bare_phone.context.route("**/v1/**", lambda route: route.abort())
    bare_phone.drain()
    assert bare_phone.run("return m.status().phase") == "offline"


def test_what_waits_goes_only_to_the_patient_who_wrote_it(bare_phone: BarePhone) -> None:
    mine = bare_phone.patient
    bare_phone.save(pain_worst=3)
    bare_phone.drain()
    bare_phone.save(pain_worst=9)
    bare_phone.run("await m.setDraft('day:2026-11-27', { note: 'mine' })")
    bare_phone.patient = bare_phone.server.new_patient()
    bare_phone.activate()
    bare_phone.drain()
    assert bare_phone.at_server() == []
    assert bare_phone.items() == []
    assert bare_phone.run("return m.entriesBetween('0000-00-00', '9999-12-31')") == []
    assert bare_phone.run("return (await m.getDraft('day:2026-11-27')) ?? null") is None
    bare_phone.patient = mine
    bare_phone.activate()
    bare_phone.drain()
    assert {entry["pain_worst"] for entry in bare_phone.at_server()} == {3, 9}


def test_a_sign_in_of_somebody_else_in_another_tab_stops_the_sending(
    bare_phone: BarePhone, new_bare_phone: Callable[..., BarePhone]
) -> None:
    mine = bare_phone.patient
    bare_phone.save(pain_worst=9)
    other = bare_phone.new_page()
    code = bare_phone.server.code_for(bare_phone.server.new_patient())
    bare_phone.run("await m.join(code, 'My phone')", page=other, code=code)
    bare_phone.drain()
    assert bare_phone.at_server() == []
    elsewhere = new_bare_phone(mine).activate()
    assert elsewhere.at_server() == []


def test_signing_out_asks_about_what_waits_and_then_deletes_everything(bare_phone: BarePhone) -> None:
    bare_phone.run("await m.start()")
    bare_phone.context.set_offline(True)
    bare_phone.save(pain_worst=3)
    asked = "return m.leave().then(() => 'left', (error) => `${error.constructor.name} ${error.count}`)"
    assert bare_phone.run(asked) == "Unsent 1"
    offline = "return m.leave({ discard: true }).then(() => 'left', (error) => error.name)"
    assert bare_phone.run(offline) == "Unreachable"
    assert bare_phone.states() == ["saved"], "nothing is deleted while the sign-in stands"
    bare_phone.context.set_offline(False)
    bare_phone.drain()
    assert bare_phone.run(asked) == "left"
    kept = bare_phone.run(
        "const stores = ['outbox', 'entries', 'assessments', 'wording', 'meta', 'drafts'];"
        "return m.run(stores, 'readonly', (tx) => Promise.all(stores.map((s) => tx.objectStore(s).count())))"
    )
    assert kept == [0] * 6
    assert [each["name"] for each in bare_phone.context.cookies()] == []
    bare_phone.reload()
    assert bare_phone.run("return m.lookAround()") == {"kind": "new", "lost": None}


def test_a_code_whose_answer_was_lost_has_signed_in_all_the_same(
    new_bare_phone: Callable[..., BarePhone],
) -> None:
    phone = new_bare_phone()
    phone.page.evaluate(
        """() => { const real = window.fetch; window.fetch = async (...given) => {
          const answer = await real(...given);
          if (!given[0].endsWith("/v1/activations")) return answer;
          window.fetch = real;
          throw new TypeError("the connection broke after the headers");
        }; }"""
    )
    phone.activate()
    assert phone.run("return (await m.api.get('/v1/me')).status") == 200
