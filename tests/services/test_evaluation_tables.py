"""Tables as page, CSV and JSON: unknown figures are blank, infinite ones are "never"."""

import json
from functools import partial

import pytest

from api.services.evaluation.curves import SWEEPS, operating_points
from api.services.evaluation.detection import NEVER
from api.services.evaluation.intervals import UNKNOWN, Estimate
from api.services.evaluation.page import render_page
from api.services.evaluation.rules import cusum, weekly_mean
from api.services.evaluation.tables import Column, ReportTable, format_cell
from tests.support.evaluation_records import a_record

TABLE = ReportTable(
    "delays",
    "Delays <of all>",
    "How & why",
    (Column("rule", "Rule"), Column("alerts", "Alerts"), Column("delay", "Delay, days", "days")),
    (("any_4", 1200, Estimate(12.0, 11.0, NEVER)), ("<b>", 0, UNKNOWN), ("cusum", 3, Estimate(NEVER))),
)


@pytest.mark.parametrize(
    ("cell", "form", "words"),
    [
        (Estimate(0.974, 0.961, 0.985), "percent", "97.4% (96.1 to 98.5)"),
        (Estimate(12.0, 11.0, NEVER), "days", "12 (11 to never)"),
        (Estimate(NEVER), "days", "never"),
        (Estimate(0.333), "rate", "0.33"),
        (Estimate(0.71234), "figure", "0.712"),
        (UNKNOWN, "rate", "not enough data"),
        (1200, "", "1,200"),
        ("any_4", "", "any_4"),
    ],
)
def test_a_cell_is_shown_as_a_person_reads_it(cell, form, words):
    assert format_cell(cell, form) == words


def test_a_figure_takes_three_columns_of_a_csv_file_and_is_blank_where_not_known():
    assert [TABLE.file_names, *TABLE.csv_rows()] == [
        ("rule", "alerts", "delay", "delay_low", "delay_high"),
        ("any_4", 1200, 12.0, 11.0, "never"),
        ("<b>", 0, "", "", ""),
        ("cusum", 3, "never", "", ""),
    ]


def test_a_figure_is_an_object_in_json_and_null_where_not_known():
    rows = json.loads(json.dumps(TABLE.json_value(), allow_nan=False))["rows"]

    assert [row["delay"] for row in rows] == [
        {"value": 12.0, "low": 11.0, "high": "never"},
        {"value": None, "low": None, "high": None},
        {"value": "never", "low": None, "high": None},
    ]


def test_the_page_escapes_its_content_and_marks_empty_tables():
    empty = ReportTable("empty", "Nothing", "Note", TABLE.columns, ())

    text = render_page({"Patients": 2000, "<i>": "x"}, ["Beware <script>"], [TABLE, empty], [])

    assert "<b>" not in text
    assert "&lt;b&gt;" in text
    assert "Beware &lt;script&gt;" in text
    assert "&lt;i&gt;" in text
    assert "2,000" in text
    assert "Not enough data." in text


def test_a_higher_threshold_finds_less_and_is_false_less_often():
    calm = [2.0, 3.0, 1.0, 2.0] * 7
    flare = [*calm, *[6.0] * 3, *[2.0] * 100]
    worse = [*calm, *[2.0] * 12, *[5.0] * 80]
    records = [a_record(flare), a_record(worse, onset=40)]

    points = list(operating_points(records))

    assert len(points) == sum(len(sweep.thresholds) for sweep in SWEEPS)
    for sweep in SWEEPS:
        own = [point for point in points if point.sweep is sweep]
        assert own == sorted(own, key=lambda point: -point.sensitivity_60d)
        assert own == sorted(own, key=lambda point: -point.false_alerts_per_year)
    assert list(operating_points([a_record(flare)])) == []


def test_the_rules_own_thresholds_are_among_those_swept():
    record = a_record([1.0, 3.0] * 14 + [5.0] * 40)
    moved = {sweep.name: partial(sweep.alerts, record) for sweep in SWEEPS}

    assert {2.0} < set(SWEEPS[1].thresholds)
    assert {10.0} < set(SWEEPS[2].thresholds)
    assert moved["weekly_mean"](2.0) == weekly_mean(record) != []
    assert moved["cusum"](10.0) == cusum(record) != []
