"""Pages made from definitions: they equal the definitions, and their figures are computed."""

import json
import re

import pytest
from click.testing import CliRunner

from api.cli.score import score_command
from api.domain.instruments.definition import Wording
from api.domain.instruments.registry import INSTRUMENTS
from tests.pages import DOCS, INDEX, WITH_FIGURES, engine_measured, figures, generated

MADE = generated()
FOLDER = DOCS / "reference/instruments"
each_instrument = pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: each.code)


@pytest.mark.parametrize("file", MADE, ids=lambda file: file.name)
def test_the_committed_page_is_the_one_that_is_made(file):
    assert file.read_text(encoding="utf-8") == MADE[file], "run make pages"


@pytest.mark.parametrize("page", WITH_FIGURES, ids=lambda file: file.name)
def test_every_mark_of_a_measured_figure_is_known_filled_and_within_its_paragraph(page):
    text, values = page.read_text(encoding="utf-8"), figures()
    marks = re.findall(r"<!--=([\w.]+)-->(.*?)<!--/-->", text, re.DOTALL)
    assert marks
    assert text.count("<!--=") == text.count("<!--/-->") == len(marks)
    assert [name for name, printed in marks if values[name] != printed] == []
    at_line_starts = re.findall(r"^\s*<!--=[\w.]+-->(?=.)", text, re.M)
    assert at_line_starts == [], "Markdown reads such a line as HTML, outside its paragraph"


def test_pages_with_the_same_figure_agree():
    measured = json.loads((DOCS / "figures.json").read_text(encoding="utf-8"))["main"]
    clinicians = (DOCS / "explanation/clinicians.md").read_text(encoding="utf-8")
    curves = (DOCS / "explanation/engine.md").read_text(encoding="utf-8")
    for cadence in ("daily", "weekly"):
        engine = {name: figure["value"] for name, figure in measured[cadence]["engine"].items()}
        assert f"{engine['median_delay_days']:g} d | {engine['p90_delay_days']:g} d" in curves
        assert f"-->{engine['median_delay_days']:g}<!--" in clinicians
        assert f"-->{1 / engine['false_per_patient_year']:.1f}<!--" in clinicians


def test_a_page_says_where_the_engine_that_was_measured_is_no_longer_the_built_in_one():
    measured = json.loads((DOCS / "figures.json").read_text(encoding="utf-8"))["engine"]

    assert figures()["engine"].startswith(measured)
    assert engine_measured("a1", "a1") == "a1"
    assert engine_measured("a1", "b2") == "a1 (the built-in engine is now b2)"


def test_there_is_a_page_for_every_instrument_and_none_for_anything_else():
    pages = {file.name for file in FOLDER.iterdir()}
    assert pages == {f"{each.code}.md" for each in INSTRUMENTS} | {INDEX.name}


@each_instrument
def test_the_example_of_a_page_is_the_output_of_the_command(instrument):
    text = (FOLDER / f"{instrument.code}.md").read_text(encoding="utf-8")
    line, answer = [line.strip() for line in text.splitlines() if line.startswith("    {")]
    done = CliRunner().invoke(score_command, input=line + "\n")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == json.loads(answer)
    assert any(value is not None for value in json.loads(answer)["scores"].values())


@each_instrument
def test_a_page_names_every_item_score_source_and_caution(instrument):
    text = MADE[FOLDER / f"{instrument.code}.md"]
    for of in instrument.scores:
        assert f"| `{of.id}` | {of.name} |" in text
    unwrapped = " ".join(text.split())
    for part in (*instrument.sources, *instrument.cautions, instrument.algorithm, instrument.licence.terms):
        assert part in unwrapped
    runs = text.partition("## Scores")[0].count("` to `")
    assert runs or all(f"`{item.id}`" in text for item in instrument.items)


@each_instrument
def test_a_page_has_a_column_of_words_only_where_the_licence_allows_it(instrument):
    text = MADE[FOLDER / f"{instrument.code}.md"]
    allowed = instrument.licence.wording is not Wording.NOT_SHIPPED
    assert ("| wording |" in text) is allowed
    assert ("The wording is not here" in text) is not allowed
