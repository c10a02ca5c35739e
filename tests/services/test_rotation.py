"""Refresh tokens: any order of lost answers, repeats and tabs, at once or one after the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.db.database import Database
from api.domain.account_errors import TokenRefused
from api.domain.authority import SCOPES_OF_PATIENT, ActorKind, Role
from api.models.identity import Token
from api.services.access import tokens
from api.services.access.tokens import IssuedTokens, Lifetimes
from api.services.accounts import devices
from tests.conftest import NOW
from tests.support.builders import Clinic, a_clinic, a_member_of_staff

KEY = tokens.rotation_key("not a secret: for tests only")


def sign_in(database: Database, clinic: Clinic, *, now: datetime = NOW) -> IssuedTokens:
    with database.begin() as session:
        return tokens.grant(
            session,
            kind=ActorKind.PATIENT,
            subject_id=clinic.patient.id,
            site_id=clinic.site.id,
            scopes=SCOPES_OF_PATIENT,
            label="phone",
            now=now,
        )


def rotate(database: Database, refresh: str, *, now: datetime, key: bytes = KEY) -> IssuedTokens | None:
    with database.begin() as session:
        return devices.rotate(session, refresh, key=key, now=now, lifetimes=Lifetimes())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 1, 59, 60, 61, 900])), max_size=12))
def test_a_spent_token_gives_its_successor_for_a_minute_or_until_that_is_used(
    sqlite: Database, clinic_on_sqlite: Clinic, tries: list[tuple[int, int]]
) -> None:
    """Each try presents the token ``back`` places behind the newest known one, ``later`` seconds on."""
    chain = [sign_in(sqlite, clinic_on_sqlite).refresh]
    spent: dict[int, datetime] = {}
    now = NOW
    for back, later in tries:
        now += timedelta(seconds=later)
        place = max(0, len(chain) - 1 - back)
        may = place not in spent or now - spent[place] < timedelta(seconds=60) or place + 1 not in spent
        issued = rotate(sqlite, chain[place], now=now)
        assert (issued is not None) is may
        if issued is None:
            with pytest.raises(TokenRefused):
                rotate(sqlite, chain[-1], now=now)
            return
        spent.setdefault(place, now)
        if place + 1 == len(chain):
            chain.append(issued.refresh)
        assert issued.refresh == chain[place + 1]


@pytest.fixture
def clinic_on_sqlite(sqlite: Database) -> Clinic:
    with sqlite.begin() as session:
        return a_clinic(session, now=NOW)


def test_tabs_that_refresh_at_the_same_moment_all_get_one_successor(
    database: Database, clinic: Clinic
) -> None:
    refresh = sign_in(database, clinic).refresh
    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda _, spent=refresh: rotate(database, spent, now=NOW), range(8)))
        successors = {issued.refresh for issued in got if issued}
        assert len(successors) == 1
        assert None not in got
        (refresh,) = successors
    with database.read() as session:
        kept = session.scalars(select(Token.digest).where(Token.digest == tokens.digest_of(refresh))).all()
    assert len(kept) == 1


def test_the_newest_and_its_predecessor_at_the_same_moment_end_nothing(
    database: Database, clinic: Clinic
) -> None:
    old = sign_in(database, clinic).refresh
    for step in range(5):
        now = NOW + timedelta(minutes=15 * step)
        new = rotate(database, old, now=now)
        assert new is not None
        with ThreadPoolExecutor(4) as pool:
            got = list(pool.map(lambda each, at=now: rotate(database, each, now=at), [old, new.refresh] * 4))
        assert None not in got
        newest = rotate(database, new.refresh, now=now)
        assert newest is not None
        old = newest.refresh


def test_a_lost_answer_survives_another_secret_key(database: Database, clinic: Clinic) -> None:
    refresh = sign_in(database, clinic).refresh
    rotate(database, refresh, now=NOW)
    another = tokens.rotation_key("another key of this server")
    again = rotate(database, refresh, now=NOW + timedelta(days=1), key=another)
    assert again is not None
    assert rotate(database, again.refresh, now=NOW + timedelta(days=2), key=another) is not None


def test_a_clock_set_back_ends_no_sign_in(database: Database, clinic: Clinic) -> None:
    refresh = sign_in(database, clinic).refresh
    first = rotate(database, refresh, now=NOW + timedelta(hours=5))
    assert first is not None
    rotate(database, first.refresh, now=NOW + timedelta(hours=5))
    again = rotate(database, refresh, now=NOW)
    assert again is not None
    assert again.refresh == first.refresh


def test_neither_token_is_stored_in_clear(database: Database, clinic: Clinic) -> None:
    first = sign_in(database, clinic)
    second = rotate(database, first.refresh, now=NOW)
    assert second is not None
    with database.read() as session:
        kept = str([(row.digest, row.successor) for row in session.scalars(select(Token))])
    assert not any(secret in kept for secret in (first.refresh, second.refresh, second.access))


def test_a_patient_stays_signed_in_as_long_as_the_app_is_used_once_in_400_days(
    database: Database, clinic: Clinic
) -> None:
    refresh, now = sign_in(database, clinic).refresh, NOW
    for _ in range(4):
        now += timedelta(days=399)
        issued = rotate(database, refresh, now=now)
        assert issued is not None
        refresh = issued.refresh
    with pytest.raises(TokenRefused):
        rotate(database, refresh, now=now + timedelta(days=400))


def staff_sign_in(database: Database, clinic: Clinic) -> IssuedTokens:
    with database.begin() as session:
        nurse = a_member_of_staff(session, clinic.team, now=NOW, role=Role.NURSE)
        return tokens.grant(
            session,
            kind=ActorKind.STAFF,
            subject_id=nurse.id,
            site_id=clinic.site.id,
            scopes=[],
            label="browser",
            now=NOW,
        )


def test_staff_are_signed_out_after_an_hour_without_a_refresh(database: Database, clinic: Clinic) -> None:
    refresh = staff_sign_in(database, clinic).refresh
    issued = rotate(database, refresh, now=NOW + timedelta(minutes=59))
    assert issued is not None
    with pytest.raises(TokenRefused):
        rotate(database, issued.refresh, now=NOW + timedelta(minutes=59 + 60))


def test_staff_sign_in_again_after_twelve_hours_however_busy_they_were(
    database: Database, clinic: Clinic
) -> None:
    refresh, now = staff_sign_in(database, clinic).refresh, NOW
    for _ in range(23):
        now += timedelta(minutes=30)
        issued = rotate(database, refresh, now=now)
        assert issued is not None
        assert max(issued.access_expires_at, issued.refresh_expires_at) <= NOW + timedelta(hours=12)
        refresh = issued.refresh
    with pytest.raises(TokenRefused):
        rotate(database, refresh, now=NOW + timedelta(hours=12))


def test_shorter_limits_hold_for_sign_ins_made_under_longer_ones(database: Database, clinic: Clinic) -> None:
    refresh = staff_sign_in(database, clinic).refresh
    short = Lifetimes(staff_idle=timedelta(minutes=10))
    with database.begin() as session, pytest.raises(TokenRefused):
        devices.rotate(session, refresh, key=KEY, now=NOW + timedelta(minutes=11), lifetimes=short)
