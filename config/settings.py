"""Settings of the operator, read once from the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.checks import problems_of, words_of

PUSH_SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "web.push.apple.com",
    "*.push.apple.com",
)
"""Hosts of the push services of Chrome, Firefox, Edge and Safari; `*.` stands for one label or more."""

NEEDED = ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "VAPID_PRIVATE_KEY", "VAPID_SUBJECT", "TRUSTED_PROXIES")
"""Variables that production requires."""

DEVELOPMENT_URL = "http://127.0.0.1:8000"
DEVELOPMENT_DATABASE = "sqlite:///var/aimss.db"


class MissingSettings(Exception):
    """The environment lacks variables that production needs; the message names every one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the operator; clinical thresholds are in `api.domain`."""

    database_url: str = DEVELOPMENT_DATABASE
    production: bool = False
    public_url: str = DEVELOPMENT_URL
    secret_key: str = field(default="", repr=False)
    vapid_private_key: str = field(default="", repr=False)
    vapid_previous_keys: tuple[str, ...] = field(default=(), repr=False)
    vapid_subject: str = ""
    push_services: tuple[str, ...] = PUSH_SERVICES
    push_loopback: bool = False
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    delivery_dry_run: bool = False
    trusted_proxies: int = 0
    log_level: str = "INFO"
    risk_model: Path | None = None
    relay_batch: int = 200
    relay_per_destination: int = 25
    ready_longest_wait: timedelta = timedelta(minutes=2)
    patient_requests: int = 1200
    patient_replay_days: int = 250_000
    patient_sign_in: timedelta = timedelta(days=400)
    staff_idle: timedelta = timedelta(minutes=60)
    staff_sign_in: timedelta = timedelta(hours=12)
    require_one_time_codes: tuple[str, ...] = ()
    plain_cookies: bool = False
    app_worker_off: bool = False
    activation_lifetime: timedelta = timedelta(hours=72)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; in production every secret must be there.

        Raises:
            MissingSettings: Variables are missing, and nothing else is wrong; all are named at once.
            ValueError: Variables are set to something that cannot be used; all are named at once.
        """
        env = os.environ if env is None else env
        environment = env.get("AIMSS_ENV") or "development"
        if environment not in {"production", "development"}:
            raise ValueError(f"AIMSS_ENV is {environment!r}; it is production or development")
        production = environment == "production"
        missing = ", ".join(name for name in NEEDED if production and not env.get(name))
        lacks = f"production needs {missing}; `make secrets` writes a complete .env, see .env.example"
        if problems := problems_of(env, production=production):
            problems = [lacks, *problems] if missing else problems
            raise ValueError("\n  ".join(["the settings cannot be used:", *problems]))
        if missing:
            raise MissingSettings(lacks)
        given = {field: read(env[name]) for name, (field, read) in _VARIABLES.items() if env.get(name)}
        return cls(production=production, **given)

    def __post_init__(self) -> None:
        """Refuse a combination that would be unsafe."""
        if self.production and self.push_loopback:
            raise ValueError("PUSH_LOOPBACK is for tests and is not allowed in production")
        if self.plain_cookies and (self.production or not _is_loopback(self.public_url)):
            raise ValueError(
                "PLAIN_COOKIES is for development on this machine: only with PUBLIC_URL on loopback"
            )
        if self.smtp_url and not self.mail_from:
            raise ValueError("SMTP_URL is set, so MAIL_FROM must name the sender")


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def _is_true(flag: str) -> bool:
    return flag.lower() in {"1", "true"}


_VARIABLES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "DATABASE_URL": ("database_url", str),
    "PUBLIC_URL": ("public_url", lambda url: url.rstrip("/")),
    "SECRET_KEY": ("secret_key", str),
    "VAPID_PRIVATE_KEY": ("vapid_private_key", str),
    "VAPID_PREVIOUS_KEYS": ("vapid_previous_keys", words_of),
    "VAPID_SUBJECT": ("vapid_subject", str),
    "PUSH_SERVICES": ("push_services", lambda hosts: words_of(hosts) or PUSH_SERVICES),
    "PUSH_LOOPBACK": ("push_loopback", _is_true),
    "SMTP_URL": ("smtp_url", str),
    "MAIL_FROM": ("mail_from", str),
    "DELIVERY_DRY_RUN": ("delivery_dry_run", _is_true),
    "TRUSTED_PROXIES": ("trusted_proxies", int),
    "LOG_LEVEL": ("log_level", str.upper),
    "RISK_MODEL": ("risk_model", Path),
    "RELAY_BATCH": ("relay_batch", int),
    "RELAY_TO_ONE_PLACE": ("relay_per_destination", int),
    "READY_LONGEST_WAIT_S": ("ready_longest_wait", lambda seconds: timedelta(seconds=int(seconds))),
    "PATIENT_REQUESTS": ("patient_requests", int),
    "PATIENT_REPLAY_DAYS": ("patient_replay_days", int),
    "PATIENT_SIGN_IN_DAYS": ("patient_sign_in", lambda days: timedelta(int(days))),
    "STAFF_IDLE_MINUTES": ("staff_idle", lambda minutes: timedelta(minutes=int(minutes))),
    "STAFF_SIGN_IN_HOURS": ("staff_sign_in", lambda hours: timedelta(hours=int(hours))),
    "REQUIRE_ONE_TIME_CODES": ("require_one_time_codes", words_of),
    "PLAIN_COOKIES": ("plain_cookies", _is_true),
    "APP_WORKER_OFF": ("app_worker_off", _is_true),
}
"""The field of each variable, and the function that reads it; `config.checks` has checked the text."""
