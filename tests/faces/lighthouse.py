"""Lighthouse on the phone app: full marks for accessibility and best practices (needs Node.js and Chromium).

`python -m tests.faces.lighthouse` fails where one is not full. The screens are those of a phone, but tall: on
a short one the bar at the lower edge may hide a part of a button not scrolled to yet, which Lighthouse
takes for a small one. `tests.faces.figures` prints the marks for speed, on a screen of the usual height.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.faces.conftest import BROWSERS, Phone
from tests.faces.serving import face_server
from tests.support.servers import free_port

LIGHTHOUSE = ("npx", "--yes", "lighthouse@12.8.2")  # the last that runs with Debian's Node.js
PAGES = ("/activate", "/app/")
JUDGED = ("accessibility", "best-practices")
TALL = ("--screenEmulation.mobile", "--screenEmulation.width=412", "--screenEmulation.height=1800")


@contextmanager
def signed_in_phone(folder: Path) -> Iterator[tuple[Phone, int]]:
    """Activate the app in a browser that DevTools can reach, and return the port for them."""
    program, port = next(filter(None, map(shutil.which, BROWSERS))), free_port()
    with face_server(folder) as server, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=program,
            args=["--no-sandbox", f"--remote-debugging-port={port}"],
            locale="en-GB",
        )
        phone = Phone(context, context.pages[0], server, server.new_patient())
        phone.activate().wait_for_worker()
        yield phone, port
        context.close()


def judge(address: str, port: int, *options: str, of: tuple[str, ...]) -> dict[str, Any]:
    """Return what Lighthouse says of a page, as a phone of the middle class shows it."""
    done = subprocess.run(
        [
            *LIGHTHOUSE, address, f"--port={port}", "--output=json", "--quiet", "--disable-storage-reset",
            "--no-enable-error-reporting", f"--only-categories={','.join(of)}", *options,
        ],
        check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def marks(said: dict[str, Any]) -> dict[str, int]:
    """Return the marks by category, of 100."""
    return {name: round(100 * each["score"]) for name, each in said["categories"].items()}


def faults(said: dict[str, Any]) -> list[str]:
    """Return what cost marks, a line for each."""
    return [
        f"{each['id']}: {each['title']} {json.dumps(each.get('details', {}).get('items', []))[:400]}"
        for each in said["audits"].values()
        if each["scoreDisplayMode"] == "binary" and each["score"] == 0
    ]


def main() -> int:
    """Judge the pages, print the marks, and say whether all are full."""
    if not any(map(shutil.which, BROWSERS)):
        sys.stdout.write("Lighthouse was not run: there is no Chromium here (apt-get install chromium)\n")
        return 1 if os.environ.get("CI") else 0
    is_full = True
    with tempfile.TemporaryDirectory() as folder, signed_in_phone(Path(folder)) as (phone, port):
        for path in PAGES:
            said = judge(f"{phone.server.address}{path}", port, *TALL, of=JUDGED)
            sys.stdout.write("\n  ".join([f"{path} {marks(said)}", *faults(said)]) + "\n")
            is_full &= set(marks(said).values()) == {100}
    return 0 if is_full else 1


if __name__ == "__main__":
    sys.exit(main())
