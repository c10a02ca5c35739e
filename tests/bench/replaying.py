"""Throughput of replay from a file, against reading the same file."""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import Size
from tests.support.servers import ROOT

DAYS = 365
COLUMNS = (
    "patient", "recorded_at", "pain_worst", "pain_average", "stiffness",
    "morning_stiffness_minutes", "interference", "dose_taken", "confidence",
)  # fmt: skip


def figures(_: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure the whole command, its start included."""
    entries = folder / "entries.csv"
    rows = _write(entries, size.replayed_patients)
    plain_s = _read_plainly(entries)
    command = ["flask", "--app", "wsgi", "replay", "--entries", str(entries)]
    outputs = ["--alerts", str(folder / "alerts.csv"), "--scores", str(folder / "scores.csv")]
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", *command, *outputs], cwd=ROOT, check=True, capture_output=True, timeout=180
    )
    took_s = time.perf_counter() - began
    with (folder / "scores.csv").open() as scored:
        days = sum(1 for _ in csv.DictReader(scored))
    name = f"replay of {rows:,} rows, {size.replayed_patients} patients"
    yield Figure(f"{name}: rows", rows / took_s, "rows/s", rows / plain_s, "rows/s of csv.DictReader")
    yield Figure(f"{name}: days scored", days / took_s, "patient-days/s")


def _write(path: Path, patients: int) -> int:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        for number in range(patients):
            for entry in islice(ward.diary(number), DAYS):
                taken = entry["dose"] == "taken"
                writer.writerow(entry | {"patient": f"P{number:05}", "dose_taken": str(taken).lower()})
    return patients * DAYS


def _read_plainly(path: Path) -> float:
    began = time.perf_counter()
    with path.open(newline="") as file:
        for _ in csv.DictReader(file):
            pass
    return time.perf_counter() - began
