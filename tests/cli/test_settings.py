"""Settings are tried before anything starts, in the web process and in the worker alike."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.services.messages.vapid import new_private_key
from config.settings import MissingSettings, Settings

ROOT = Path(__file__).parents[2]

GOOD = {
    "AIMSS_ENV": "production",
    "DATABASE_URL": "postgresql+psycopg://aimss:secret@database/aimss",
    "PUBLIC_URL": "https://aimss.example.org",
    "SECRET_KEY": "long enough, and only for tests: 0123456789",
    "VAPID_PRIVATE_KEY": new_private_key(),
    "VAPID_SUBJECT": "mailto:operator@example.org",
    "TRUSTED_PROXIES": "1",
}


def said_of(**changes: str) -> str:
    with pytest.raises((ValueError, MissingSettings)) as refused:
        Settings.from_env(GOOD | changes)
    return str(refused.value)


def test_good_settings_are_taken() -> None:
    assert Settings.from_env(GOOD).production
    assert Settings.from_env(GOOD | {"VAPID_SUBJECT": "https://clinic.example/contact"}).vapid_subject


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VAPID_SUBJECT", "operator@example.org"),
        ("VAPID_SUBJECT", "mailto:operator"),
        ("VAPID_SUBJECT", "mailto:operator@localhost"),
        ("VAPID_SUBJECT", "mailto: <operator@example.org>"),
        ("VAPID_SUBJECT", "http://clinic.example"),
        ("VAPID_PRIVATE_KEY", "abc"),
        ("VAPID_PRIVATE_KEY", "A" * 43),
        ("VAPID_PRIVATE_KEY", "ü" * 43),
        ("VAPID_PREVIOUS_KEYS", "cut off, short"),
        ("PUBLIC_URL", "http://aimss.example.org"),
        ("PUBLIC_URL", "aimss.example.org"),
        ("PUBLIC_URL", "https://aimss.example.org:99999"),
        ("PUBLIC_URL", "https://user:word@aimss.example.org"),
        ("DATABASE_URL", "aimss.db"),
        ("DATABASE_URL", "postgresql://aimss@database/aimss"),
        ("DATABASE_URL", "mysql://aimss@database/aimss"),
        ("SMTP_URL", "mail.example.org:587"),
        ("SMTP_URL", "smtp://jörg:x@mail.example.org"),
        ("MAIL_FROM", "St. Example"),
        ("MAIL_FROM", "jörg@example.org"),
        ("RISK_MODEL", "/nowhere/model.json"),
        ("PUSH_SERVICES", "fcm.googleapis.com, a..push.apple.com"),
        ("PUSH_SERVICES", "https://fcm.googleapis.com"),
        ("LOG_LEVEL", "LOUD"),
        ("PUSH_LOOPBACK", "maybe"),
        ("TRUSTED_PROXIES", "-1"),
        ("RELAY_BATCH", "0"),
        ("RELAY_BATCH", "9" * 5000),
        ("READY_LONGEST_WAIT_S", "²"),
    ],
)
def test_what_cannot_work_is_refused_by_name(name: str, value: str) -> None:
    assert name in said_of(**{"MAIL_FROM": "care@clinic.example", name: value})


def test_everything_that_is_wrong_is_named_at_once_and_no_secret_is_repeated() -> None:
    said = said_of(
        SECRET_KEY="",
        VAPID_SUBJECT="operator@example.org",
        VAPID_PRIVATE_KEY="hush-hush",
        SMTP_URL="smtp//user:hush@mail.example",
        PUBLIC_URL="http://x.example",
        RELAY_BATCH="many",
    )
    for name in ("SECRET_KEY", "VAPID_SUBJECT", "VAPID_PRIVATE_KEY", "SMTP_URL", "PUBLIC_URL", "RELAY_BATCH"):
        assert name in said
    assert "hush" not in said


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "config.server", "--port", "1"],
        ["-m", "notifications", "--once"],
        ["-m", "flask", "--app", "wsgi", "outbox"],
    ],
)
def test_every_process_names_what_is_wrong_and_does_not_start(command: list[str]) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **GOOD, "VAPID_SUBJECT": "operator@example.org"}
    done = subprocess.run(
        [sys.executable, *command], env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "VAPID_SUBJECT is 'operator@example.org'" in done.stderr
    assert "Traceback" not in done.stderr
