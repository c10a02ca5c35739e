"""Settings of the operator, read once from the environment."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from config.checks import problems_of

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
        _refuse(_missing(env, *NEEDED) if production else [], problems_of(env, production=production))
        hosts = _listed(env, "PUSH_SERVICES")
        return cls(
            database_url=env.get("DATABASE_URL") or DEVELOPMENT_DATABASE,
            production=production,
            public_url=(env.get("PUBLIC_URL") or DEVELOPMENT_URL).rstrip("/"),
            secret_key=env.get("SECRET_KEY", ""),
            vapid_private_key=env.get("VAPID_PRIVATE_KEY", ""),
            vapid_previous_keys=_listed(env, "VAPID_PREVIOUS_KEYS"),
            vapid_subject=env.get("VAPID_SUBJECT", ""),
            push_services=hosts or PUSH_SERVICES,
            push_loopback=_flag(env, "PUSH_LOOPBACK"),
            smtp_url=env.get("SMTP_URL", ""),
            mail_from=env.get("MAIL_FROM", ""),
            delivery_dry_run=_flag(env, "DELIVERY_DRY_RUN"),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0),
            log_level=env.get("LOG_LEVEL", "INFO").upper(),
            risk_model=Path(env["RISK_MODEL"]) if env.get("RISK_MODEL") else None,
            relay_batch=_number(env, "RELAY_BATCH", 200),
            relay_per_destination=_number(env, "RELAY_TO_ONE_PLACE", 25),
            ready_longest_wait=timedelta(seconds=_number(env, "READY_LONGEST_WAIT_S", 120)),
            patient_requests=_number(env, "PATIENT_REQUESTS", 1200),
            patient_replay_days=_number(env, "PATIENT_REPLAY_DAYS", 250_000),
            patient_sign_in=timedelta(days=_number(env, "PATIENT_SIGN_IN_DAYS", 400)),
            staff_idle=timedelta(minutes=_number(env, "STAFF_IDLE_MINUTES", 60)),
            staff_sign_in=timedelta(hours=_number(env, "STAFF_SIGN_IN_HOURS", 12)),
            require_one_time_codes=_listed(env, "REQUIRE_ONE_TIME_CODES"),
            plain_cookies=_flag(env, "PLAIN_COOKIES"),
        )

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


def _missing(env: Mapping[str, str], *names: str) -> list[str]:
    return [name for name in names if not env.get(name)]


def _refuse(missing: Sequence[str], problems: Sequence[str]) -> None:
    lacks = f"production needs {', '.join(missing)}; `make secrets` writes a complete .env, see .env.example"
    if missing and not problems:
        raise MissingSettings(lacks)
    if problems:
        raise ValueError(
            "\n  ".join(["the settings cannot be used:", *([lacks] if missing else []), *problems])
        )


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").lower()
    if value not in {"", "0", "1", "true", "false"}:
        raise ValueError(f"{name} is {value!r}; write true or false")
    return value in {"1", "true"}


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in env.get(name, "").split(",") if word.strip())


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isdecimal():
        raise ValueError(f"{name} is {value!r}; a whole number is needed")
    return int(value)
