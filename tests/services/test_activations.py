"""A one-time code is one device's, however many try it at once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from api.db.database import Database
from api.domain.account_errors import ActivationRefused
from api.models.identity import ActivationCode
from api.models.patient import Patient
from api.services.access.secret_keys import digest
from api.services.access.tokens import Lifetimes
from api.services.accounts import activations
from api.services.accounts.activations import ALPHABET
from tests.conftest import NOW
from tests.support.builders import a_clinic

KEY = activations.key_of("a secret")


def a_code(database: Database) -> str:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        patient = session.get_one(Patient, clinic.patient.id)
        return activations.make_code(
            session, clinic.nurse.principal, patient, key=KEY, lifetime=timedelta(hours=72), now=NOW
        ).code


def redeem(database: Database, code: str, *, hours: float = 0) -> bool:
    now = NOW + timedelta(hours=hours)
    try:
        with database.begin() as session:
            activations.redeem(session, code, key=KEY, label="phone", now=now, lifetimes=Lifetimes())
    except ActivationRefused:
        return False
    return True


def test_a_code_is_ten_unambiguous_characters(database: Database) -> None:
    code = a_code(database)
    assert code[5] == "-"
    assert set(code) - {"-"} <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
    assert len(ALPHABET) == 32


def test_a_code_is_good_for_its_lifetime_and_not_a_moment_longer(database: Database) -> None:
    code = a_code(database)
    assert not redeem(database, code, hours=72)
    assert redeem(database, code, hours=71.99)


def test_a_code_is_kept_hashed(sqlite: Database) -> None:
    code = a_code(sqlite)
    with sqlite.read() as session:
        kept = session.scalars(select(ActivationCode)).one()
    assert code.replace("-", "") not in kept.digest


def test_of_ten_phones_at_once_one_gets_in(postgresql: Database) -> None:
    code = a_code(postgresql)
    with ThreadPoolExecutor(10) as pool:
        let_in = sum(pool.map(lambda _: redeem(postgresql, code), range(10)))
    assert let_in == 1


def test_a_stored_code_reveals_nothing_without_the_key(database: Database) -> None:
    code = activations.normalise(a_code(database)) or ""
    with database.read() as session:
        kept = session.scalars(select(ActivationCode.digest)).one()
    assert kept == digest(KEY, code)
    assert kept not in {hashlib.sha256(code.encode()).hexdigest(), digest(activations.key_of(""), code)}


def test_a_code_from_before_there_was_a_key_still_works_once(database: Database) -> None:
    code = a_code(database)
    with database.begin() as session:
        plain = hashlib.sha256((activations.normalise(code) or "").encode()).hexdigest()
        session.scalars(select(ActivationCode)).one().digest = plain
    assert [redeem(database, code) for _ in range(2)] == [True, False]
