"""Figure with its comparator, and the table of figures."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HEADINGS = ("figure", "measured", "comparator", "ratio", "aim", "met")


@dataclass(frozen=True)
class Figure:
    """Measured figure, its comparator of the same run, and its aim."""

    name: str
    value: float
    unit: str
    comparator: float | None = None
    comparator_unit: str = ""
    aim: float | None = None
    aim_is: str = ""
    """``value >=``, ``value <``, ``ratio >=`` or ``ratio <``; blank where there is no aim."""

    @property
    def ratio(self) -> float | None:
        """Return the ratio to the comparator."""
        return self.value / self.comparator if self.comparator else None

    @property
    def is_met(self) -> bool | None:
        """Return whether the aim is met; None where there is none."""
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
        beside = (
            f"{_short(self.comparator)} {self.comparator_unit}"
            if self.comparator is not None
            else self.comparator_unit
        )
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
    """Store the figures as JSON and as a Markdown table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [asdict(figure) | {"ratio": figure.ratio, "met": figure.is_met} for figure in figures]
    (folder / "bench.json").write_text(json.dumps({"about": about, "figures": rows}, indent=2) + "\n")
    facts = "\n".join(f"- {name}: {value}" for name, value in about.items())
    (folder / "bench.md").write_text(f"{facts}\n\n{table(figures)}\n")


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
