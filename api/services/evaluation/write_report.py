"""Export of the report: an HTML page, the same as JSON, and a CSV file for each table."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from api.services.evaluation import plots as drawing
from api.services.evaluation.intervals import Estimate
from api.services.evaluation.page import Plot, render_page
from api.services.evaluation.report import EvaluatedEngine
from api.services.evaluation.tables import ReportTable, json_cell
from api.services.files.atomic_output import write_whole
from api.services.replay.replay_files import REJECT_COLUMNS, RejectedRow, open_writer


def write_report(
    folder: Path,
    *,
    about: Mapping[str, Any],
    warnings: Sequence[str],
    tables: Sequence[ReportTable],
    rejects: Sequence[RejectedRow],
    plots: Sequence[Plot],
) -> None:
    """Write the page, the JSON, a CSV file for each table and the rejects; each appears when complete.

    ``about`` are facts about the evaluation.

    Raises:
        UnusableFile: One cannot be written.
    """
    for table in tables:
        with open_writer(folder / f"{table.name}.csv", table.file_names) as writer:
            writer.writerows(table.csv_rows())
    with open_writer(folder / "rejects.csv", REJECT_COLUMNS) as writer:
        writer.writerows(reject.csv_row() for reject in rejects)
    content = {
        "about": about,
        "warnings": warnings,
        "figures": _figures(tables),
        "tables": {table.name: table.json_value() for table in tables},
    }
    with write_whole(folder / "report.json") as file:
        json.dump(content, file, indent=2, allow_nan=False)
        file.write("\n")
    with write_whole(folder / "report.html") as file:
        file.write(render_page(about, warnings, tables, plots))


def _figures(made: Sequence[ReportTable]) -> dict[str, Any]:
    """Return the figures of the engine by name; those on discontinuation end in their day."""
    by_name = {table.name: table for table in made}
    rules, predictions, alerts = (by_name[name] for name in ("rules", "predictions", "alerts"))
    flat: dict[str, Any] = {}
    for column, cell in zip(rules.columns, rules.rows[0], strict=True):
        if isinstance(cell, Estimate):
            flat[column.name] = json_cell(cell)
    for row in predictions.rows:
        for column, cell in zip(predictions.columns[1:], row[1:], strict=True):
            flat[f"{column.name}_day{row[0]}"] = json_cell(cell)
    total = dict(zip([column.name for column in alerts.columns], alerts.rows[-1], strict=True))
    flat["share_of_patient_weeks_with_alert"] = json_cell(total["share_of_patient_weeks"])
    return flat


def draw_plots(found: EvaluatedEngine) -> list[Plot]:
    """Draw the plots for which there is enough data."""
    drawn = []
    bins = found.rows["calibration"]
    if found.points:
        over_time = "Share of true onsets found by each day after onset, for each rule."
        drawn.append(Plot("rules", over_time, drawing.plot_sensitivity(found.detections)))
        traded = (
            "Median delay, and share found within 60 days, against false alerts per patient-year: "
            "large marks are the rules, lines the same methods with other thresholds. "
            "Low and left is better above, high and left below."
        )
        drawn.append(Plot("operating_points", traded, drawing.plot_trade_off(found.detections, found.points)))
    if bins:
        calibrated = (
            "Observed against predicted risk of stopping, by tenths, with 95% intervals; the dotted line "
            "is perfect calibration. The two axes have different scales."
        )
        drawn.append(Plot("calibration", calibrated, drawing.plot_calibration(bins)))
    return drawn
