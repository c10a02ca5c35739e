"""One figure beside its comparator, and the table of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HEADINGS = ("figure", "measured", "beside it", "ratio", "aim", "met")


@dataclass(frozen=True)
class Figure:
    """What was measured, what it was measured against in the same run, and what is aimed at."""

    name: str
    value: float
    unit: str
    beside: float | None = None
    beside_what: str = ""
    aim: float | None = None
    aim_is: str = ""
    """``value >=``, ``value <``, ``ratio >=`` or ``ratio <``; blank where nothing is aimed at."""

    @property
    def ratio(self) -> float | None:
        """Return how much of the comparator it is."""
        return self.value / self.beside if self.beside else None

    @property
    def is_met(self) -> bool | None:
        """Say whether the aim is met; None where there is none."""
        match self.aim_is, self.aim, self.ratio:
            case "value >=", float(aim), _:
                return self.value >= aim
            case "value <", float(aim), _:
                return self.value < aim
            case "ratio >=", float(aim), float(ratio):
                return ratio >= aim
            case "ratio <", float(aim), float(ratio):
                return ratio < aim
        return None

    def cells(self) -> tuple[str, ...]:
        """Return one line of the table."""
        beside = f"{_short(self.beside)} {self.beside_what}" if self.beside is not None else self.beside_what
        aim = f"{self.aim_is.removeprefix('value ')} {_short(self.aim)}" if self.aim is not None else ""
        met = {True: "yes", False: "NO", None: ""}[self.is_met]
        ratio = f"{self.ratio:.3g}" if self.ratio is not None else ""
        return self.name, f"{_short(self.value)} {self.unit}", beside, ratio, aim, met


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as an aligned table, which is Markdown too."""
    lines = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([written[0], rule, *written[1:]])


def write(figures: Sequence[Figure], folder: Path, about: dict[str, Any]) -> None:
    """Keep the figures as JSON, and as the table a person reads."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [asdict(figure) | {"ratio": figure.ratio, "met": figure.is_met} for figure in figures]
    (folder / "bench.json").write_text(json.dumps({"about": about, "figures": rows}, indent=2) + "\n")
    facts = "\n".join(f"- {name}: {value}" for name, value in about.items())
    (folder / "bench.md").write_text(f"{facts}\n\n{table(figures)}\n")


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
