"""Loading the wording of a questionnaire at a site."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from api.app import create_app
from api.cli.accounts import create_site
from api.cli.commands import COMMANDS
from api.cli.wording import load_wording
from api.db.database import Database
from api.domain.instruments import registry
from api.domain.instruments.definition import Item
from api.models.audit import AuditRow
from api.models.wording import InstrumentWording
from config.settings import Settings

ITEMS = [item.id for item in registry.find("bpi-sf").items]
GOOD = {
    "language": "de",
    "licence": "The owner, 1 March 2026",
    "items": {name: f"? {name}" for name in ITEMS},
}
Load = Callable[..., Result]


@pytest.fixture
def shell(sqlite: Database) -> FlaskCliRunner:
    """A shell of the operator; the site exists."""
    assert load_wording in COMMANDS
    app: Flask = create_app(Settings(secret_key="-" * 32), database=sqlite)
    shell = app.test_cli_runner()
    made = shell.invoke(create_site, ["St. Example", "--timezone", "Europe/Berlin", "--contact", "Call."])
    assert made.exit_code == 0
    return shell


@pytest.fixture
def load(shell: FlaskCliRunner, tmp_path: Path) -> Load:
    """Function that loads a document, or bytes as they are."""

    def run(document: Any, *options: str, code: str = "bpi-sf") -> Result:
        path = tmp_path / "text.json"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return shell.invoke(load_wording, [code, str(path), *options])

    return run


def test_a_text_is_loaded_for_the_only_site_and_audited(load: Load, sqlite: Database) -> None:
    done = load(GOOD)
    assert (done.exit_code, done.output) == (0, "bpi-sf 1 in 'de' at 'St. Example': 11 items\n")
    again = load(GOOD)
    assert (again.exit_code, again.output) == (0, "bpi-sf 1 in 'de' at 'St. Example' is unchanged\n")
    assert load({**GOOD, "licence": "The owner, 2 March 2026"}).exit_code == 0
    with sqlite.read() as session:
        rows = session.scalars(select(InstrumentWording).order_by(InstrumentWording.loaded_at)).all()
        assert [row.licence for row in rows] == ["The owner, 1 March 2026", "The owner, 2 March 2026"]
        assert rows[0].items == GOOD["items"]
        acts = session.scalars(select(AuditRow).where(AuditRow.action == "wording.loaded")).all()
        assert [(act.site_id, act.detail) for act in acts] == [
            (rows[0].site_id, {"instrument": "bpi-sf", "language": "de"})
        ] * 2


def test_a_site_is_named_where_there_are_two(load: Load, shell: FlaskCliRunner) -> None:
    shell.invoke(create_site, ["St. Other", "--timezone", "Europe/Berlin", "--contact", "Call."])
    unnamed = load(GOOD)
    assert (unnamed.exit_code, "--site; there are: 'St. Example', 'St. Other'" in unnamed.output) == (1, True)
    assert "at 'St. Other'" in load(GOOD, "--site", "St. Other").output
    assert "there is no site 'Nowhere'" in load(GOOD, "--site", "Nowhere").output


def test_every_unknown_and_missing_item_is_named_at_once(load: Load, sqlite: Database) -> None:
    items = {name: "…" for name in ITEMS if name not in {"worst", "sleep"}} | {"pain": "…", "mood": " "}
    done = load(
        {
            **GOOD,
            "items": items,
            "answers": {"*": {"11": "x", "07": "x", "٣": "x"}, "moods": {}, "now": {"a": "x"}},
        }
    )
    assert done.exit_code == 1
    message = [line.split(": ", 1)[1] for line in done.stderr.splitlines()]
    assert sorted(message) == [
        "answers.*.07: is not an answer it takes",
        "answers.*.11: is not an answer it takes",
        "answers.*.٣: is not an answer it takes",
        "answers.moods: bpi-sf 1 has no such item",
        "answers.now.a: is not an answer it takes",
        "items.mood: text is needed",
        "items.pain: bpi-sf 1 has no such item",
        "items.sleep: is missing: every item needs its text",
        "items.worst: is missing: every item needs its text",
    ]
    with sqlite.read() as session:
        assert session.scalars(select(InstrumentWording)).all() == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"{nope", "is not JSON"),
        (b'{"language": "de", "language": "en"}', "'language' is repeated in one object"),
        ([], "document: an object with language, licence, items, answers"),
        ({**GOOD, "language": "German"}, "language: a language such as en, de or pt-BR is needed"),
        ({**GOOD, "language": None}, "language: a language such as en, de or pt-BR is needed"),
        ({**GOOD, "licence": ""}, "licence: text is needed: who granted its use, and when"),
        ({**GOOD, "licence": "x" * 501}, "licence: is longer than 500 characters"),
        ({**GOOD, "item": {}}, "'item': is not known; a wording has language, licence, items, answers"),
        ({**GOOD, "items": ["a"]}, "items: an object with the text of every item is needed"),
        ({**GOOD, "items": {**GOOD["items"], "worst": 7}}, "items.worst: text is needed"),
        ({**GOOD, "items": {**GOOD["items"], "worst": "a\0b"}}, "items.worst: contains a control character"),
        ({**GOOD, "answers": ["a"]}, "answers: an object of objects"),
        ({**GOOD, "answers": {"worst": "a"}}, "answers.worst: an object of texts by answer is needed"),
        ({**GOOD, "answers": {"worst": {"3": ""}}}, "answers.worst.3: text is needed"),
    ],
)
def test_an_invalid_wording_is_rejected_with_the_valid_form(load: Load, document: Any, message: str) -> None:
    done = load(document)
    assert (done.exit_code, message in done.stderr) == (1, True), done.stderr


def test_an_unknown_instrument_and_a_missing_or_endless_file_are_reported(
    load: Load, shell: FlaskCliRunner
) -> None:
    assert "there is no instrument 'bpi'" in load(GOOD, code="bpi").output
    assert "has no version '0'" in load(GOOD, "--version", "0").output
    assert shell.invoke(load_wording, ["bpi-sf", "/nowhere.json"]).exit_code == 2
    endless = load(b" " * 1_000_001)
    assert (endless.exit_code, "larger than 1,000,000 bytes" in endless.output) == (2, True)


def test_a_shipped_wording_accepts_more_languages_only(load: Load) -> None:
    shipped = [
        one for one in registry.INSTRUMENTS if all(item.texts for item in one.items if item.is_on_form)
    ]
    for instrument in shipped:
        items = {item.id: "…" for item in instrument.items}
        [language] = set.intersection(*(set(item.texts) for item in instrument.items if item.is_on_form))
        refused = load({**GOOD, "language": language, "items": items}, code=instrument.code)
        assert refused.exit_code == 1
        assert f"comes with its wording in '{language}', whose licence allows it" in refused.stderr
        assert load({**GOOD, "language": "fr", "items": items}, code=instrument.code).exit_code == 0


def test_choices_take_a_text_each(load: Load) -> None:
    haq = registry.find("haq-di")
    chosen: Item = next(item for item in haq.items if item.choices)
    items = {item.id: "…" for item in haq.items}
    good = {**GOOD, "items": items, "answers": {chosen.id: {chosen.choices[0]: "…"}}}
    assert load(good, code="haq-di").exit_code == 0
    refused = load({**good, "answers": {chosen.id: {"1": "…"}}}, code="haq-di")
    assert f"answers.{chosen.id}.1: is not an answer it takes" in refused.stderr
