"""Figures of the phone app: size, taps and seconds of a check-in, opening when slow, speed by Lighthouse.

`python -m tests.faces.figures` measures them and prints them; it needs Node.js and Chromium.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faces.conftest import Phone
from tests.faces.lighthouse import PAGES, judge, marks, signed_in_phone
from tests.faces.speed import SLOWER, open_check_in

OPENINGS = 9
NAMED = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
TAPS = (
    ("link", "Check in"),
    ("radio", "4"), ("button", "Next"),
    ("radio", "0 not stiff"), ("button", "Next"),
    ("radio", "Taken"), ("button", "Send"),
)  # fmt: skip


def main() -> int:
    """Measure, and print a line for each figure."""
    with tempfile.TemporaryDirectory() as folder, signed_in_phone(Path(folder)) as (phone, port):
        for line in (*sizes(phone), *check_in(phone), *openings(phone), *speed(phone, port)):
            sys.stdout.write(f"{line}\n")
    return 0


def sizes(phone: Phone) -> Iterator[str]:
    """Tell what activation, *Today* and the files for opening without a network have taken."""
    worker = [each.path for each in phone.server.transfers].index("/app/sw.js")
    first, later = (
        sum(each.bytes for each in part) / 1000
        for part in (phone.server.transfers[:worker], phone.server.transfers[worker:])
    )
    yield f"first load, until *Today* is there: {first:.1f} kB compressed"
    yield f"afterwards, what the worker keeps for a time without a network: {later:.1f} kB"


def check_in(phone: Phone) -> Iterator[str]:
    """Tell how many taps the three questions take, and how long the app takes with them."""
    phone.open("/app/").page.get_by_role("heading", name="Today").wait_for()
    began = time.monotonic()
    for role, name in TAPS:
        phone.page.get_by_role(role, name=name, exact=role == "radio").click()  # type: ignore[arg-type]
    phone.page.get_by_role("status").filter(has_text="Sent").wait_for(state="attached")
    yield f"check-in: {len(TAPS)} taps, {time.monotonic() - began:.2f} s by a robot until it is sent"


def openings(phone: Phone) -> Iterator[str]:
    """Tell how long it takes until the check-in can be answered, from the second visit on."""
    found = sorted(open_check_in(phone).on_a_phone_s for _ in range(OPENINGS))
    yield (
        f"second visit, processor {SLOWER} times slower: check-in usable after "
        f"{statistics.median(found):.2f} s ({found[0]:.2f} to {found[-1]:.2f} s in {OPENINGS} openings)"
    )


def speed(phone: Phone, port: int) -> Iterator[str]:
    """Tell Lighthouse's marks for performance."""
    for path in PAGES:
        said = judge(f"{phone.server.address}{path}", port, of=("performance",))
        parts = ", ".join(f"{name} {said['audits'][name]['displayValue']}" for name in NAMED)
        yield f"Lighthouse, mobile, {path}: performance {marks(said)['performance']} ({parts})"


if __name__ == "__main__":
    sys.exit(main())
