"""HTML page of the evaluation report: self-contained, for telephones, dark mode and print."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.services.evaluation.tables import Cell, ReportTable, format_cell


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot: the name of its table, its description in words, and the SVG, which is trusted."""

    table: str
    description: str
    svg: str


class CellText(NamedTuple):
    """Text of a table cell, with its interval apart; None without one."""

    text: str
    interval: str | None = None


def render_page(
    about: Mapping[str, object], warnings: Sequence[str], tables: Sequence[ReportTable], plots: Sequence[Plot]
) -> str:
    """Return the page.

    Args:
        about: Facts about the evaluation, by name.
        warnings: Limitations that the reader must know first.
        tables: In order.
        plots: Each is shown above its table.
    """
    environment = Environment(
        loader=PackageLoader("api.services.evaluation"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(cells=_cells, labelled=_labelled)
    template = environment.get_template("report.html")
    return template.render(about=about, warnings=warnings, tables=tables, plots=plots) + "\n"


def _labelled(plot: Plot) -> Markup:
    """Return the SVG with its description as the label that screen readers use."""
    label = Markup('<svg role="img" aria-label="{}"').format(plot.description)
    return Markup(plot.svg.replace("<svg", label, 1))  # noqa: S704 - drawn by this package


def _cells(row: Sequence[Cell], table: ReportTable) -> Iterator[CellText]:
    for index, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        text = format_cell(cell, column.form)
        value, bracket, interval = text.partition(" (")
        if index == 0:
            yield CellText(text.replace("_", " "))
        elif bracket and column.form:
            yield CellText(value, interval.removesuffix(")"))
        else:
            yield CellText(text)
