"""A phone whose clock or zone is wrong or is changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.faces.bare_page import BarePhone

DAYS_FAST = 3
DAY_MS = 86_400_000


def make_fast(phone: BarePhone, days: float = DAYS_FAST) -> None:
    """Set the phone's clock ahead."""
    phone.run("shiftClock(ms)", ms=days * DAY_MS)


def test_a_fast_phone_is_told_and_sends_the_right_time_only_after_it_was_agreed(
    bare_phone: BarePhone,
) -> None:
    make_fast(bare_phone)
    bare_phone.save(pain_worst=4)
    bare_phone.drain()
    status = bare_phone.run("return m.status()")
    assert (status["phase"], status["held"]) == ("clock", 1)
    assert abs(status["fastMs"] - DAYS_FAST * DAY_MS) < 60_000
    assert bare_phone.at_server() == []
    bare_phone.run("await m.agreeToClock()")
    [entry] = bare_phone.at_server()
    recorded = datetime.fromisoformat(entry["recorded_at"])
    assert abs(recorded - datetime.now(UTC)) < timedelta(minutes=1)
    assert entry["local_date"] == str(datetime.now(ZoneInfo("Europe/Berlin")).date())
    assert entry["claimed_at"] is None
    assert bare_phone.run("return m.status().phase") == "idle"


def test_yesterday_of_a_fast_phone_is_the_day_before_the_right_day(bare_phone: BarePhone) -> None:
    make_fast(bare_phone)
    bare_phone.run("await m.saveEntry({ day: m.plus(m.today(), -1), answers: { pain_worst: 4 } })")
    bare_phone.drain()
    bare_phone.run("await m.agreeToClock()")
    [entry] = bare_phone.at_server()
    yesterday = datetime.now(ZoneInfo("Europe/Berlin")).date() - timedelta(days=1)
    assert entry["local_date"] == str(yesterday)


def test_a_red_flag_does_not_wait_for_the_clock(bare_phone: BarePhone) -> None:
    make_fast(bare_phone)
    bare_phone.save(red_flags=["chest_pain"])
    bare_phone.drain()
    [entry] = bare_phone.at_server()
    assert entry["red_flags"] == ["chest_pain"]
    assert entry["claimed_at"] is not None


def test_what_was_saved_before_the_clock_was_moved_keeps_its_time(bare_phone: BarePhone) -> None:
    bare_phone.drain()  # the clock was measured, and was right
    bare_phone.save(pain_worst=1)
    [before] = bare_phone.items()
    make_fast(bare_phone)
    bare_phone.save(pain_worst=2)
    bare_phone.drain()
    assert [entry["pain_worst"] for entry in bare_phone.at_server()] == [1]
    bare_phone.run("await m.agreeToClock()")
    times = {
        entry["pain_worst"]: datetime.fromisoformat(entry["recorded_at"]) for entry in bare_phone.at_server()
    }
    assert times[1] == datetime.fromisoformat(before["body"]["recorded_at"])
    assert abs(times[2] - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_clock_that_was_put_right_again_sends_no_time_of_the_future(bare_phone: BarePhone) -> None:
    make_fast(bare_phone)
    bare_phone.drain()
    bare_phone.save(pain_worst=2)
    make_fast(bare_phone, 0)
    bare_phone.drain()
    assert bare_phone.run("return m.status().phase") == "clock"
    bare_phone.run("await m.agreeToClock()")
    [entry] = bare_phone.at_server()
    assert abs(datetime.fromisoformat(entry["recorded_at"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_slow_phone_sends_at_once(bare_phone: BarePhone) -> None:
    make_fast(bare_phone, -2)
    bare_phone.save(pain_worst=4)
    bare_phone.drain()
    assert len(bare_phone.at_server()) == 1


def test_a_phone_nine_minutes_fast_is_not_bothered(bare_phone: BarePhone) -> None:
    make_fast(bare_phone, 9 / 1440)
    bare_phone.save(pain_worst=4)
    bare_phone.drain()
    assert bare_phone.states() == []
    assert bare_phone.run("return m.status().fastMs") == 0


def test_18_the_day_that_was_chosen_is_sent_and_shown_whatever_zone_the_phone_comes_to(
    new_bare_phone: Callable[..., BarePhone],
) -> None:
    bare_phone = new_bare_phone(timezone_id=None).activate()
    cdp = bare_phone.context.new_cdp_session(bare_phone.page)
    bare_phone.context.set_offline(True)
    chosen = bare_phone.run("return m.today()")
    bare_phone.save(pain_worst=4)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        cdp.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
        shown = bare_phone.run("return m.entriesBetween('0000-00-00', '9999-12-31')")
        assert [entry["local_date"] for entry in shown] == [chosen]
    bare_phone.context.set_offline(False)
    bare_phone.drain()
    [entry] = bare_phone.at_server()
    assert entry["local_date"] == chosen
    [shown] = bare_phone.run("return m.entriesBetween('0000-00-00', '9999-12-31')")
    assert (shown["local_date"], shown["state"]) == (chosen, "sent")
