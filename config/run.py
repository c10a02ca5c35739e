"""Command of `make run`: starts a server with a demo clinic; Ctrl-C stops it."""

import argparse
import contextlib
import io
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import segno

from config.private_files import make_private
from config.secrets import new_vapid_key
from config.server import is_taken, web_command

VAR = Path("var")
SECRETS = VAR / "development.env"
SIGN_INS = VAR / "demo-sign-ins.txt"
MAIL = VAR / "demo-mail"
GRACE_S = 10
START_WITHIN_S = 180
LOG_LINES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DemoProcess:
    """Process of the demo, with its log file."""

    name: str
    command: Sequence[str]

    @property
    def log(self) -> Path:
        """Return the file with the output of the process."""
        return VAR / f"{self.name}.log"


def main() -> int:
    """Migrate, load the demo clinic, start all parts, show addresses and sign-ins, and wait."""
    parser = argparse.ArgumentParser(prog="python -m config.run", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    if is_taken(options.host, options.port):
        raise SystemExit(f"port {options.port} is in use; PORT=8080 make run takes another one")
    mail_port = _free_port()
    env = _environment(_address(options.host, options.port), mail_port)
    _print("Preparing the database and the demo clinic …")
    _once(env, "alembic", "-m", "alembic", "upgrade", "head")
    _once(env, "seed", "-m", "flask", "--app", "wsgi", "seed", "--sign-ins", str(SIGN_INS))
    mail = [sys.executable, "-m", "config.demo_mail", "--port", str(mail_port), "--folder", str(MAIL)]
    parts = [
        DemoProcess("mail", mail),
        DemoProcess(
            "web", web_command(host=options.host, port=options.port, database_url=env["DATABASE_URL"])
        ),
        DemoProcess("notifications", [sys.executable, "-m", "notifications"]),
    ]
    _print("Starting web server, notifications and demo mail …")
    return _run(parts, env)


def _address(host: str, port: int) -> str:
    """Return the address to open; on plain http, browsers allow notifications for *localhost* only."""
    return f"http://{'localhost' if host in {'127.0.0.1', '::1'} else host}:{port}"


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - output for the user


def _environment(url: str, mail_port: int) -> dict[str, str]:
    """Return the environment with development secrets, made once and kept in var/."""
    if os.environ.get("AIMSS_ENV") == "production":
        raise SystemExit("make run is for development; docs/how-to/operators.md describes production")
    if not SECRETS.exists():
        make_private(SECRETS)
        SECRETS.write_text(
            f"SECRET_KEY={secrets.token_urlsafe(48)}\n"
            f"VAPID_PRIVATE_KEY={new_vapid_key()}\n"
            "VAPID_SUBJECT=mailto:operator@example.org\n"
        )
    kept = dict(line.split("=", 1) for line in SECRETS.read_text().splitlines() if "=" in line)
    defaults = {
        "AIMSS_ENV": "development",
        "DATABASE_URL": "sqlite:///var/aimss.db",
        "PUBLIC_URL": url,
        "PUSH_LOOPBACK": "true",
        "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "MAIL_FROM": "Demo breast clinic <clinic@demo.example>",
    }
    env = kept | defaults | os.environ
    plain = env["PUBLIC_URL"].startswith(("http://127.0.0.1", "http://localhost"))
    return {"PLAIN_COOKIES": str(plain).lower()} | env


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _once(env: Mapping[str, str], name: str, *arguments: str) -> None:
    part = DemoProcess(name, [sys.executable, *arguments])
    with part.log.open("wb") as log:
        done = subprocess.run(part.command, env=env, stdout=log, stderr=log, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise SystemExit(
            f"{_tail(part.log)}\n{' '.join(arguments)} failed; the lines above are from {part.log}"
        )


def _run(parts: Sequence[DemoProcess], env: Mapping[str, str]) -> int:
    """Run until Ctrl-C, a signal, or until one part ends; then stop the others."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have asked us to ignore Ctrl-C
        signal.signal(number, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        running = [(part, stack.enter_context(_started(part, env))) for part in parts]
        try:
            _wait_until_it_answers(env["PUBLIC_URL"], running)
            _print(_banner(env["PUBLIC_URL"]))
            while all(process.poll() is None for _, process in running):
                time.sleep(0.5)
        except KeyboardInterrupt:
            _print("\nStopping …")
            return 0
        for part, process in running:
            if process.poll() is not None:
                _print(f"{_tail(part.log)}\n{part.name} ended; the lines above are from {part.log}")
    return 1


@contextlib.contextmanager
def _started(part: DemoProcess, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with part.log.open("wb") as log:
        process = subprocess.Popen(part.command, env=env, stdout=log, stderr=log)  # noqa: S603 - our own
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_it_answers(url: str, running: Sequence[tuple[DemoProcess, subprocess.Popen[bytes]]]) -> None:
    """Return once readiness answers 200 or a part has ended; the caller checks which."""
    deadline = time.monotonic() + START_WITHIN_S
    while all(process.poll() is None for _, process in running):
        with contextlib.suppress(OSError), urlopen(f"{url}/health/ready", timeout=2):  # noqa: S310 - our own
            return
        if time.monotonic() > deadline:
            raise SystemExit(f"the server is not ready after {START_WITHIN_S} s; see {VAR}/web.log")
        time.sleep(0.1)


def _banner(url: str) -> str:
    """Return addresses, a way into the app, and sign-ins, printed last."""
    sign_ins = SIGN_INS.read_text().strip()
    return f"""
{sign_ins}
  (kept in {SIGN_INS})
{_way_in(url, sign_ins)}
The app of a patient    {url}/app/
The care team           {url}/team/{_nurse(sign_ins)}
API and documentation   {url}/docs
Health                  {url}/health/ready
Messages sent by e-mail {MAIL}/*.eml       (all messages: .venv/bin/flask --app wsgi outbox sent)
Logs                    {", ".join(f"{VAR}/{name}.log" for name in ("web", "notifications", "mail"))}

Running. Ctrl-C stops all of it."""


def _way_in(url: str, sign_ins: str) -> str:
    """Return the activation link of the demo's patient with its QR code; nothing if there is no code."""
    code = re.search(r"^Activation code.*: (\S+)$", sign_ins, re.M)
    if code is None:
        return ""
    link, picture = f"{url}/activate#{code[1]}", io.StringIO()
    segno.make(link, error="l").terminal(picture, compact=True)
    return f"\n{picture.getvalue()}\nActivate the app, once   {link}"


def _nurse(sign_ins: str) -> str:
    """Return how the demo's nurse signs in; nothing if that is not among the sign-ins."""
    nurse = re.search(r"^ *nurse +(\S+) +(\S+)$", sign_ins, re.M)
    return f"       sign in as {nurse[1]} with {nurse[2]}" if nurse else ""


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])


if __name__ == "__main__":
    raise SystemExit(main())
