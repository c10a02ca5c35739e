"""Plots of the report, as SVG with the colours of the page: light, dark or print."""

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from api.services.evaluation import detection
from api.services.evaluation.curves import SWEEPS, OperatingPoint
from api.services.evaluation.detection import Detection
from api.services.evaluation.intervals import Estimate
from api.services.evaluation.report import Row
from api.services.evaluation.rules import RULES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _SOFT = "#010101", "#020202"
_SERIES = ("#0a0a01", "#0a0a02", "#0a0a03", "#0a0a04", "#0a0a05")
_PAGE_COLOURS = {_INK: "var(--ink)", _SOFT: "var(--line)"} | {
    colour: f"var(--s{number})" for number, colour in enumerate(_SERIES)
}
"""Placeholder colours, replaced after drawing by variables of the page."""

_MARKERS, _DASHES = "osD^v", ("-", "--", ":", "-.", (0, (1, 1)))
_ONSET_HORIZON, _CURVE_DAYS = 60, 90
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _SOFT,
    "legend.frameon": False,
}


def plot_sensitivity(detections: Sequence[Detection]) -> str:
    """Draw the sensitivity by each day after onset, a line for each rule."""
    days = range(_CURVE_DAYS + 1)

    def draw(axes: "Axes") -> None:
        for at, (rule, found) in enumerate(zip(RULES, detections, strict=True)):
            share = [100 * detection.sensitivity(found, day) for day in days]
            axes.plot(days, share, color=_SERIES[at], ls=_DASHES[at], label=rule.description)
        axes.set(xlabel="days since true onset", ylabel="found, %", ylim=(0, 102), xlim=(0, _CURVE_DAYS))

    return _svg("found", draw)


def plot_trade_off(detections: Sequence[Detection], points: Sequence[OperatingPoint]) -> str:
    """Draw median delay and sensitivity against false alerts: lines for thresholds, marks for rules."""

    def delay(axes: "Axes") -> None:
        _sweeps(axes, points, lambda point: point.median_delay)
        _marks(axes, detections, lambda found: detection.time_to_detection(found, 0.5))
        axes.set(ylabel="median delay, days", ylim=(0, None))

    def share(axes: "Axes") -> None:
        _sweeps(axes, points, lambda point: 100 * point.sensitivity_60d)
        _marks(axes, detections, lambda found: 100 * detection.sensitivity(found, _ONSET_HORIZON))
        axes.set(xlabel="false alerts per patient-year", ylabel="found within 60 days, %", ylim=(0, 102))

    return _svg("trade-off", delay, share)


def plot_calibration(bins: Sequence[Row]) -> str:
    """Draw observed against predicted risk by tenths, with 95% intervals, a panel for each day.

    Each axis is as long as its figures need. The dotted line is perfect calibration.
    """
    days = list(dict.fromkeys(row[0] for row in bins))
    rows = [[row for row in bins if row[0] == day] for day in days]
    widest = max(100 * (_of(row[3]).value or 0.0) for row in bins) * 1.06

    def panel(at: int) -> Callable[["Axes"], None]:
        def draw(axes: "Axes") -> None:
            x, y, reach = _observed(rows[at])
            axes.errorbar(
                x, y, yerr=reach, color=_SERIES[at % len(_SERIES)], marker=_MARKERS[at % len(_MARKERS)],
                ms=6, lw=1, ls="none", capsize=3,
            )  # fmt: skip
            axes.plot([0, widest], [0, widest], color=_INK, lw=1, ls=":")
            axes.set_title(f"on day {days[at]} of the diary", fontsize=11, loc="left")
            axes.set(xlabel="predicted, %", ylabel="stopped within 90 days, %")
            axes.set(xlim=(0, widest), ylim=(0, None))

        return draw

    return _svg("calibration", *(panel(at) for at in range(len(days))))


def _observed(rows: Sequence[Row]) -> tuple[list[float], list[float], list[list[float]]]:
    """Return predicted and observed risks in percent, and the lower and upper error of the observed."""
    predicted, observed = ([_of(row[column]) for row in rows] for column in (3, 4))
    x, y = ([100 * (one.value or 0.0) for one in column] for column in (predicted, observed))
    down = [max(0.0, value - 100 * (one.low or 0.0)) for value, one in zip(y, observed, strict=True)]
    up = [max(0.0, 100 * (one.high or 0.0) - value) for value, one in zip(y, observed, strict=True)]
    return x, y, [down, up]


def _of(cell: object) -> Estimate:
    assert isinstance(cell, Estimate)  # noqa: S101 - the layout of the table
    return cell


def _sweeps(
    axes: "Axes", points: Sequence[OperatingPoint], height: Callable[[OperatingPoint], float]
) -> None:
    colours = {"p_worsening": 0, "weekly_mean": 3, "cusum": 4}
    for sweep in SWEEPS:
        known = [point for point in points if point.sweep is sweep and point.median_delay < detection.NEVER]
        x, y = [point.false_alerts_per_year for point in known], [height(point) for point in known]
        at = colours[sweep.name]
        axes.plot(
            x, y, color=_SERIES[at], ls=_DASHES[at], lw=1, marker=".", label=f"{sweep.description} (moved)"
        )


def _marks(axes: "Axes", detections: Sequence[Detection], height: Callable[[Detection], float]) -> None:
    for at, (rule, found) in enumerate(zip(RULES, detections, strict=True)):
        x, y = detection.false_alerts_per_year(found), height(found)
        if y < float("inf"):
            axes.plot(
                [x], [y], color=_SERIES[at], marker=_MARKERS[at], ms=8, ls="none", label=rule.description
            )
    axes.set_xscale("symlog", linthresh=0.1)
    axes.set_xlim(0, None)
    axes.xaxis.set_major_formatter("{x:g}")


def _svg(name: str, *draws: Callable[["Axes"], None]) -> str:
    """Draw one panel below the other, with the legend last; return the SVG without its prologue."""
    from matplotlib import rc_context  # noqa: PLC0415 - heavy, and only a report draws
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(6.4, 3.6 * len(draws) + 1.4), layout="constrained")
        for number, draw in enumerate(draws, 1):
            axes = figure.add_subplot(len(draws), 1, number)
            draw(axes)
            axes.grid(visible=True, lw=0.5)
        handles, labels = figure.axes[-1].get_legend_handles_labels()
        if handles:
            figure.legend(handles, labels, loc="outside lower left", fontsize=9)
        return _inline(figure, name)


def _inline(figure: "Figure", name: str) -> str:
    metadata: dict[str, Any] = {"Date": None, "Creator": None}
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    for colour, variable in _PAGE_COLOURS.items():
        drawn = drawn.replace(colour, variable)
    drawn = re.sub(r"<metadata>.*?</metadata>\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r' height="[\d.]+pt"', "", drawn, count=1), count=1
    )
    drawn = re.sub(r'\bid="', f'id="{name}-', drawn)
    return re.sub(r"(url\(#|href=\"#)", rf"\1{name}-", drawn)
