"""`make run`: from a fresh clone to a running server with a demo clinic; Ctrl-C stops all of it."""

import argparse
import base64
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from config.server import web_command

SECRETS = Path("var/development.env")
SIGN_INS = Path("var/demo-sign-ins.txt")
GRACE_S = 10


def main() -> int:
    """Migrate, seed, start web and notifications, and wait."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    url = f"http://{options.host}:{options.port}"
    env = _environment(url)
    _once(env, "-m", "alembic", "upgrade", "head")
    _once(env, "-m", "flask", "--app", "wsgi", "seed", "--sign-ins", str(SIGN_INS))
    print(  # noqa: T201 - this is what a newcomer reads
        f"\nAPI and documentation  {url}/docs\nHealth                 {url}/health/ready\nCtrl-C stops all.",
        flush=True,
    )
    web = web_command(host=options.host, port=options.port, database_url=env["DATABASE_URL"])
    return _both(env, web, [sys.executable, "-m", "notifications"])


def _environment(url: str) -> dict[str, str]:
    """Return the environment with development secrets, made once and kept in var/."""
    if not SECRETS.exists():
        SECRETS.parent.mkdir(parents=True, exist_ok=True)
        SECRETS.touch(mode=0o600)
        SECRETS.write_text(
            f"SECRET_KEY={secrets.token_urlsafe(32)}\n"
            f"VAPID_PRIVATE_KEY={_new_vapid_key()}\n"
            "VAPID_SUBJECT=mailto:operator@example.org\n"
        )
    kept = dict(line.split("=", 1) for line in SECRETS.read_text().splitlines() if "=" in line)
    defaults = {"DATABASE_URL": "sqlite:///var/aimss.db", "PUBLIC_URL": url, "PUSH_LOOPBACK": "true"}
    if os.environ.get("AIMSS_ENV") == "production":
        raise SystemExit("make run is for development; docs/operators.md says how to run in production")
    return kept | defaults | os.environ


def _new_vapid_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")


def _once(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], env=env, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed; see above")


def _both(env: dict[str, str], *commands: list[str]) -> int:
    """Run until Ctrl-C, a signal, or until one of them ends; then stop the others."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have told us to ignore Ctrl-C
        signal.signal(number, signal.default_int_handler)
    running = [subprocess.Popen(command, env=env) for command in commands]  # noqa: S603 - our own
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    ended = [process.returncode for process in running if process.returncode is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
    return next((code for code in ended if code), 0)


if __name__ == "__main__":
    raise SystemExit(main())
