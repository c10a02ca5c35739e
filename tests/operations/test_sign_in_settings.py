"""Settings of sign-in: values that production rejects at start."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.authority import Role
from config.checks import ROLES, is_random_key
from config.secrets import new_vapid_key
from config.settings import MissingSettings, Settings

PRODUCTION = {
    "AIMSS_ENV": "production",
    "DATABASE_URL": "sqlite:////var/lib/aimss/aimss.db",
    "PUBLIC_URL": "https://clinic.example",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "VAPID_PRIVATE_KEY": new_vapid_key(),
    "VAPID_SUBJECT": "mailto:operator@clinic.example",
    "TRUSTED_PROXIES": "1",
}


@pytest.mark.parametrize(
    "guessable",
    ["x", "x" * 64, "changeme" * 8, "0123456789abcdef" * 3, "Xtudgo0m4XAqCXrkA490xxY1Aj-NRUT", "ab" * 40],
)
def test_production_refuses_a_key_that_can_be_guessed(guessable: str) -> None:
    with pytest.raises(ValueError, match="SECRET_KEY is too easy to guess: at least 32 random characters"):
        Settings.from_env(PRODUCTION | {"SECRET_KEY": guessable})
    assert Settings.from_env({"SECRET_KEY": guessable}).secret_key == guessable


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex])
@given(size=st.integers(32, 64))
def test_a_key_made_at_random_is_taken(make: object, size: int) -> None:
    assert callable(make)
    assert is_random_key(make(size))


def test_production_needs_the_number_of_proxies() -> None:
    unset = {name: value for name, value in PRODUCTION.items() if name != "TRUSTED_PROXIES"}
    for env in (unset, PRODUCTION | {"TRUSTED_PROXIES": ""}):
        with pytest.raises(MissingSettings, match="TRUSTED_PROXIES"):
            Settings.from_env(env)
    assert Settings.from_env(PRODUCTION | {"TRUSTED_PROXIES": "0"}).trusted_proxies == 0


def test_roles_that_need_codes_are_named_by_their_names() -> None:
    assert set(ROLES) == {role.value for role in Role}
    asked = Settings.from_env({"REQUIRE_ONE_TIME_CODES": "site_admin, coordinator"})
    assert asked.require_one_time_codes == ("site_admin", "coordinator")
    with pytest.raises(ValueError, match="names admin; the roles are nurse, clinician"):
        Settings.from_env({"REQUIRE_ONE_TIME_CODES": "admin"})


@pytest.mark.parametrize("name", ["PATIENT_SIGN_IN_DAYS", "STAFF_IDLE_MINUTES", "STAFF_SIGN_IN_HOURS"])
def test_a_sign_in_lasts_some_time(name: str) -> None:
    with pytest.raises(ValueError, match="from 1 to"):
        Settings.from_env({name: "0"})
