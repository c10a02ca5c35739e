"""Command of `make secrets`: writes a complete `.env` for production, with new secrets, once."""

import argparse
import base64
import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

EXAMPLE = Path(__file__).parents[1] / ".env.example"
SAFE_UNQUOTED = re.compile(r"[\w./:@%+,*=-]*", re.ASCII)


def new_vapid_key() -> str:
    """Return a new private key for Web Push (RFC 8292), in base64url as VAPID_PRIVATE_KEY takes it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")


def fill(example: str, values: Mapping[str, str]) -> str:
    r"""Return the text of an environment file: ``example`` with ``values`` put in.

    Values are quoted so that a shell (`. ./.env`), Docker Compose and systemd read the same from them.

    Raises:
        KeyError: A value has no line in the example.

    >>> fill("# sender\nMAIL_FROM=\n", {"MAIL_FROM": "St. Example <care@clinic.example>"})
    "# sender\nMAIL_FROM='St. Example <care@clinic.example>'\n"
    """
    left = dict(values)
    lines = []
    for line in example.splitlines():
        name, is_setting, _ = line.partition("=")
        if is_setting and name in left:
            line = f"{name}={quoted(left.pop(name))}"  # noqa: PLW2901 - the line as it is written
        lines.append(line)
    if left:
        raise KeyError(f"no line for {', '.join(left)}")
    return "\n".join(lines) + "\n"


def quoted(value: str) -> str:
    """Return a value as an environment file holds it.

    Raises:
        ValueError: It holds a single quote or a line break, which the readers of such files disagree on.
    """
    if "'" in value or "\n" in value:
        raise ValueError("a value must not hold a single quote or a line break")
    return value if SAFE_UNQUOTED.fullmatch(value) else f"'{value}'"


def new_values(*, public_url: str, subject: str, database_url: str | None) -> dict[str, str]:
    """Return new secrets and the settings derived from them.

    Without ``database_url`` they are for the PostgreSQL of compose.yaml.
    """
    password = secrets.token_hex(24)
    return {
        "PUBLIC_URL": public_url,
        "PUBLIC_HOST": public_url.removeprefix("https://").split("/")[0],
        "SECRET_KEY": secrets.token_urlsafe(48),
        "VAPID_PRIVATE_KEY": new_vapid_key(),
        "VAPID_SUBJECT": subject,
        "TRUSTED_PROXIES": "1",
        "POSTGRES_PASSWORD": password,
        "DATABASE_URL": database_url or f"postgresql+psycopg://aimss:{password}@database/aimss",
    }


def main(argv: list[str] | None = None) -> int:
    """Write the file, or print the reason against it."""
    parser = argparse.ArgumentParser(
        prog="python -m config.secrets",
        description="Writes a complete .env for production, with new secrets; never changes an existing one.",
    )
    parser.add_argument("--public-url", required=True, help="address of the server for browsers: https://…")
    parser.add_argument(
        "--subject", required=True, help="contact of the operator for push services: mailto:… or https://…"
    )
    parser.add_argument("--database-url", help="without it: the PostgreSQL of compose.yaml")
    parser.add_argument("--file", type=Path, default=Path(".env"), help="where to write (default: .env)")
    options = parser.parse_args(argv)
    if not options.public_url.startswith("https://"):
        parser.error("--public-url: browsers give push and cookies only to https://")
    if not options.subject.startswith(("mailto:", "https://")):
        parser.error("--subject: a push service writes to mailto:… or https://…")
    values = new_values(
        public_url=options.public_url.rstrip("/"), subject=options.subject, database_url=options.database_url
    )
    text = fill(EXAMPLE.read_text(), values)
    try:
        handle = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(f"{options.file} exists and is not changed", file=sys.stderr)  # noqa: T201
        return 1
    with os.fdopen(handle, "w") as file:
        file.write(text)
    print(  # noqa: T201 - a command's answer
        f"wrote {options.file}, readable by you alone. Keep a safe copy: without SECRET_KEY and\n"
        "VAPID_PRIVATE_KEY staff must enrol one-time codes again, and every phone must subscribe again.\n"
        "Next: set SMTP_URL and MAIL_FROM in it, so that e-mail is sent."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
