"""Command `make run`: addresses and sign-ins are last on the screen."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.support.servers import free_port, wait_until

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A running demo in a folder with the program only; yields folder and port."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("pyproject.toml", "migrations", "wsgi.py"):
        (folder / name).symlink_to(ROOT / name)
    port = free_port()
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "config.run", "--port", str(port)]
    with (folder / "screen").open("wb") as screen:
        running = subprocess.Popen(command, cwd=folder, env=env, stdout=screen, stderr=screen)
    try:
        wait_until(
            lambda: "Ctrl-C stops all of it" in (folder / "screen").read_text() or running.poll() is not None,
            within_s=180,
            what="the demo runs",
            every_s=0.2,
        )
        yield folder, port
    finally:
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0


def test_addresses_and_sign_ins_are_last_on_the_screen_and_true(demo: tuple[Path, int]) -> None:
    folder, port = demo
    screen = (folder / "screen").read_text()
    assert screen.rstrip().endswith("Running. Ctrl-C stops all of it.")
    assert (folder / "var/demo-sign-ins.txt").read_text().strip() in screen
    with urlopen(f"http://127.0.0.1:{port}/health/ready") as answer:
        assert answer.status == 200
    email, password = re.search(r"^  nurse +(\S+) +(\S+)$", screen, re.M).groups()  # type: ignore[union-attr]
    body = json.dumps({"email": email, "password": password}).encode()
    sign_in = Request(
        f"http://127.0.0.1:{port}/v1/sessions", body, headers={"Content-Type": "application/json"}
    )
    with urlopen(sign_in) as answer:  # noqa: S310 - our own server
        assert json.load(answer)["access_token"]


def test_the_link_on_the_screen_leads_into_the_app(demo: tuple[Path, int]) -> None:
    folder, port = demo
    screen = (folder / "screen").read_text()
    assert f"http://localhost:{port}/app/" in screen
    assert "█" in screen, "the link is a QR code, too"
    link, code = re.search(rf"(http://localhost:{port}/activate)#(\S{{11}})$", screen, re.M).groups()  # type: ignore[union-attr]
    with urlopen(link) as page:  # noqa: S310 - our own server
        assert b'<script type="module"' in page.read()
    body = json.dumps({"code": code, "label": "phone"}).encode()
    activation = Request(
        f"http://localhost:{port}/v1/activations", body, headers={"Content-Type": "application/json"}
    )
    with urlopen(activation) as answer:  # noqa: S310 - our own server
        assert answer.status == 201


def test_the_demo_delivers_into_files(demo: tuple[Path, int]) -> None:
    folder, _ = demo
    mails = folder / "var/demo-mail"
    wait_until(lambda: any(mails.glob("*.eml")), within_s=60, what="a message is sent", every_s=0.2)
    first = message_from_bytes(min(mails.glob("*.eml")).read_bytes())
    assert first["To"].endswith("@demo.example")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite:///{folder}/var/aimss.db",
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "outbox"]
    done = subprocess.run([*flask, "sent"], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "\temail\t" in done.stdout
    time.sleep(1)
    counts = subprocess.run(flask, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    assert "dead 0" in counts


def test_a_port_in_use_is_reported_before_anything_is_created(demo: tuple[Path, int], tmp_path: Path) -> None:
    _, port = demo
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "config.run", "--port", str(port)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "PORT=8080 make run" in done.stderr
    assert list(tmp_path.iterdir()) == []
