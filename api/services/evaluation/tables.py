"""Tables of a report: the common form of the page, the JSON and the CSV files."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.services.evaluation.intervals import Estimate

Cell = str | int | Estimate

NEVER = "never"
NOT_KNOWN = "not enough data"
_FORMS = {"percent": (100, 1, "%"), "days": (1, 0, ""), "rate": (1, 2, ""), "figure": (1, 3, "")}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name in files, title on the page, and format of its figures there.

    A column without a format holds words and counts only.
    """

    name: str
    title: str
    form: str = ""

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names in a CSV file, where a figure takes three columns."""
        return (self.name, f"{self.name}_low", f"{self.name}_high") if self.form else (self.name,)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table: name in files, title, explanation, columns and rows."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def file_names(self) -> tuple[str, ...]:
        """Header of a CSV file."""
        return tuple(name for column in self.columns for name in column.file_names)

    def csv_rows(self) -> list[tuple[Any, ...]]:
        """Return the rows of a CSV file; unknown figures are blank."""
        return [tuple(value for cell in row for value in _values(cell)) for row in self.rows]

    def json_value(self) -> dict[str, Any]:
        """Return the table for a JSON file; unknown figures are null."""
        names = [column.name for column in self.columns]
        rows = [dict(zip(names, map(json_cell, row), strict=True)) for row in self.rows]
        return {"title": self.title, "note": self.note, "rows": rows}


def json_cell(cell: Cell) -> Any:
    """Return a cell for JSON; infinity, which JSON lacks, is the text "never"."""
    if not isinstance(cell, Estimate):
        return cell
    value, low, high = _values(cell)
    return {"value": _null(value), "low": _null(low), "high": _null(high)}


def format_cell(cell: Cell, form: str) -> str:
    """Return a cell as text for the page.

    >>> format_cell(Estimate(0.974, 0.961, 0.985), "percent"), format_cell(Estimate(None), "percent")
    ('97.4% (96.1 to 98.5)', 'not enough data')
    """
    if not isinstance(cell, Estimate):
        return f"{cell:,}" if isinstance(cell, int) else cell
    if cell.value is None:
        return NOT_KNOWN
    times, digits, unit = _FORMS[form]
    number = _number(cell.value, times, digits)
    with_unit = number + (unit if number != NEVER else "")
    if cell.low is None or cell.high is None:
        return with_unit
    return f"{with_unit} ({_number(cell.low, times, digits)} to {_number(cell.high, times, digits)})"


def figures(names: Sequence[str], estimates: Sequence[Estimate]) -> dict[str, Any]:
    """Return figures by name, as JSON holds them."""
    return {name: json_cell(estimate) for name, estimate in zip(names, estimates, strict=True)}


def _values(cell: Cell) -> tuple[Any, ...]:
    if not isinstance(cell, Estimate):
        return (cell,)
    return tuple(_plain(number) for number in (cell.value, cell.low, cell.high))


def _plain(number: float | None) -> float | str:
    if number is None:
        return ""
    return NEVER if math.isinf(number) else round(number, 6)


def _null(value: float | str) -> float | str | None:
    return None if value == "" else value


def _number(value: float, times: int, digits: int) -> str:
    return NEVER if math.isinf(value) else f"{value * times:,.{digits}f}"
