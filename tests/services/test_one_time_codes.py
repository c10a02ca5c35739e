"""One-time codes: right for a minute and a half, once."""

from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.account_errors import AlreadyEnrolled, NoPendingEnrolment, OneTimeCodeWrong
from api.models.staff import Staff
from api.services.accounts import one_time_codes
from tests.conftest import NOW
from tests.support.builders import Signed, a_clinic

KEY = one_time_codes.key_of("not a secret: for tests only")
STEP = timedelta(seconds=30)


def begun(session: Session, nurse: Signed, *, code: str | None = None, now: datetime = NOW) -> pyotp.TOTP:
    known = session.get_one(Staff, nurse.id)
    totp = one_time_codes.begin(session, nurse.principal, known, code, key=KEY, now=now)
    assert isinstance(totp, pyotp.TOTP)
    return totp


def enrolled(session: Session, nurse: Signed) -> tuple[Staff, pyotp.TOTP]:
    earlier = NOW - timedelta(hours=1)
    totp = begun(session, nurse, now=earlier)
    one_time_codes.confirm(session, nurse.principal, totp.at(earlier), key=KEY, now=earlier)
    return session.get_one(Staff, nurse.id), totp


def test_an_account_counts_as_enrolled_once_a_code_came_back(database: Database) -> None:
    with database.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        staff, _ = enrolled(session, nurse)
        assert staff.totp_confirmed_at == NOW - timedelta(hours=1)


def test_the_secret_is_not_kept_as_it_is(sqlite: Database) -> None:
    with sqlite.begin() as session:
        staff, totp = enrolled(session, a_clinic(session, now=NOW).nurse)
        assert totp.secret not in str(staff.totp_secret)


def test_another_servers_key_does_not_open_it(sqlite: Database) -> None:
    with sqlite.begin() as session:
        staff, totp = enrolled(session, a_clinic(session, now=NOW).nurse)
        another = one_time_codes.key_of("another")
        assert not one_time_codes.use(staff, totp.at(NOW), key=another, now=NOW)


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_half_a_minute_off(sqlite: Database, steps: int, fits: bool) -> None:
    with sqlite.begin() as session:
        staff, totp = enrolled(session, a_clinic(session, now=NOW).nurse)
        assert one_time_codes.use(staff, totp.at(NOW + steps * STEP), key=KEY, now=NOW) is fits


def test_a_code_works_once(sqlite: Database) -> None:
    with sqlite.begin() as session:
        staff, totp = enrolled(session, a_clinic(session, now=NOW).nurse)
        assert one_time_codes.use(staff, totp.at(NOW), key=KEY, now=NOW)
        assert not one_time_codes.use(staff, totp.at(NOW), key=KEY, now=NOW)


def test_a_code_before_the_last_one_used_no_longer_works(sqlite: Database) -> None:
    with sqlite.begin() as session:
        staff, totp = enrolled(session, a_clinic(session, now=NOW).nurse)
        assert one_time_codes.use(staff, totp.at(NOW), key=KEY, now=NOW)
        assert not one_time_codes.use(staff, totp.at(NOW - STEP), key=KEY, now=NOW)


def test_a_wrong_first_code_leaves_the_account_as_it_was(sqlite: Database) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        totp = begun(session, nurse)
        wrong = f"{(int(totp.at(NOW)) + 1) % 1_000_000:06}"
        with pytest.raises(OneTimeCodeWrong):
            one_time_codes.confirm(session, nurse.principal, wrong, key=KEY, now=NOW)
        assert session.get_one(Staff, nurse.id).totp_confirmed_at is None


def test_to_begin_again_replaces_what_was_begun(sqlite: Database) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        first = begun(session, nurse)
        second = begun(session, nurse)
        assert first.secret != second.secret
        one_time_codes.confirm(session, nurse.principal, second.at(NOW), key=KEY, now=NOW)


def test_codes_in_use_cannot_be_swapped_by_a_stolen_sign_in(sqlite: Database) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        enrolled(session, nurse)
        with pytest.raises(AlreadyEnrolled):
            begun(session, nurse)


def test_codes_are_removed_by_a_code(sqlite: Database) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        staff, totp = enrolled(session, nurse)
        one_time_codes.remove(session, nurse.principal, staff, totp.at(NOW), key=KEY, now=NOW)
        assert (staff.totp_secret, staff.totp_confirmed_at) == (None, None)


def test_what_is_not_there_can_be_neither_confirmed_nor_removed(sqlite: Database) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse.principal
        known = session.get_one(Staff, nurse.id)
        with pytest.raises(NoPendingEnrolment):
            one_time_codes.confirm(session, nurse, "123456", key=KEY, now=NOW)
        with pytest.raises(NoPendingEnrolment):
            one_time_codes.remove(session, nurse, known, "123456", key=KEY, now=NOW)


def test_a_secret_that_was_shown_long_ago_counts_no_more(sqlite: Database) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        totp, later = begun(session, nurse), NOW + timedelta(minutes=16)
        with pytest.raises(NoPendingEnrolment):
            one_time_codes.confirm(session, nurse.principal, totp.at(later), key=KEY, now=later)


def test_an_authenticator_is_replaced_by_a_code_of_the_present_one_which_counts_until_then(
    sqlite: Database,
) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        staff, old = enrolled(session, nurse)
        new = begun(session, nurse, code=old.at(NOW))
        later = NOW + timedelta(minutes=5)
        assert one_time_codes.use(staff, old.at(later), key=KEY, now=later)
        one_time_codes.confirm(session, nurse.principal, new.at(later), key=KEY, now=later)
        afterwards = later + timedelta(minutes=5)
        assert not one_time_codes.use(staff, old.at(afterwards), key=KEY, now=afterwards)
        assert one_time_codes.use(staff, new.at(afterwards), key=KEY, now=afterwards)


def test_a_clock_that_was_set_back_does_not_keep_an_owner_out(sqlite: Database) -> None:
    with sqlite.begin() as session:
        staff, totp = enrolled(session, a_clinic(session, now=NOW).nurse)
        ahead = NOW + timedelta(days=1)
        assert one_time_codes.use(staff, totp.at(ahead), key=KEY, now=ahead)
        assert one_time_codes.use(staff, totp.at(NOW), key=KEY, now=NOW)
        assert not one_time_codes.use(staff, totp.at(NOW), key=KEY, now=NOW)


def test_an_authenticator_shows_whose_code_it_is(sqlite: Database) -> None:
    with sqlite.begin() as session:
        nurse = a_clinic(session, now=NOW).nurse
        totp = begun(session, nurse)
        uri = totp.provisioning_uri()
        email = session.get_one(Staff, nurse.id).email.replace("@", "%40")
    assert uri.startswith("otpauth://totp/AIMSS%20Monitor:")
    assert email in uri
