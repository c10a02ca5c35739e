"""Command that measures every figure once, prints the table, and stores it in `bench-results/`."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from config.gateway import THREADS
from tests.bench import batch, late, pushes, replaying, rescoring, single
from tests.bench.figure import Figure, table, write
from tests.bench.rig import FULL, QUICK, Size
from tests.support.servers import ROOT

Measure = Callable[[str, Size, Path], Iterator[Figure]]

MEASURES: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "single": (single.figures, ("sqlite", "postgresql")),
    "batch": (batch.figures, ("sqlite", "postgresql")),
    "fanout": (pushes.fan_out, ("sqlite", "postgresql")),
    "latency": (pushes.latency, ("sqlite", "postgresql")),
    "late": (late.figures, ("sqlite", "postgresql")),
    "replay": (replaying.figures, ("files",)),
    "rescore": (rescoring.figures, ("memory",)),
}
"""Measurements by name, with the kinds of database they run on."""


def main() -> int:
    """Measure, print and store every figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="less of everything: under a minute, and noisier"
    )
    parser.add_argument("--only", choices=MEASURES, action="append", help="measure this; may be repeated")
    parser.add_argument("--results", type=Path, default=ROOT / "bench-results", help="where figures are kept")
    options = parser.parse_args()
    size = QUICK if options.quick else FULL
    figures: list[Figure] = []
    for name in options.only or MEASURES:
        measure, kinds = MEASURES[name]
        for kind in kinds:
            print(f"measuring {name} on {kind} …", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="aimss-bench-") as folder:
                figures += measure(kind, size, Path(folder))
    write(figures, options.results, _about(quick=options.quick))
    print(table(figures))
    missed = [figure.name for figure in figures if figure.is_met is False]
    if missed:
        print(f"\nnot met: {'; '.join(missed)}")
    return 0


def _about(*, quick: bool) -> dict[str, str]:
    return {
        "measured at": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": "quick" if quick else "full",
        "processors": str(os.cpu_count()),
        "load before": f"{os.getloadavg()[0]:.2f}",
        "python": platform.python_version(),
        "blocking threads": str(THREADS),
        "machine": f"{platform.system()} {platform.machine()}",
    }


if __name__ == "__main__":
    raise SystemExit(main())
