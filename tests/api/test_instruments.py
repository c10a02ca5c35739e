"""Instruments over HTTP: definitions, and only wording that may be shown at the site."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from api.domain.enrolment import Language
from api.domain.instruments import registry
from api.domain.instruments.definition import Wording
from api.domain.instruments.wording import read_wording
from api.models.patient import Patient
from api.models.site import Site
from api.services.instruments.wordings import load_wording
from tests.support.builders import Clinic, a_clinic

NONE = "wording not licensed at this site"


def get(client: FlaskClient, clinic: Clinic, path: str, who: str = "nurse") -> Any:
    return client.get(f"/v1/instruments{path}", headers=getattr(clinic, who).headers)


def a_text(code: str, language: str = "de", **changes: Any) -> Any:
    instrument = registry.find(code)
    items = {item.id: f"{language} {item.id}" for item in instrument.items}
    document = {"language": language, "licence": "The owner, 1 March 2026", "items": items}
    return read_wording(instrument, document | changes)


def load(database: Database, site: Site, code: str, language: str = "de", **changes: Any) -> None:
    with database.begin() as session:
        wording = a_text(code, language, **changes)
        assert load_wording(session, site, registry.find(code), wording, now=datetime.now(UTC))


def test_every_instrument_is_listed_once_with_its_licence(client: FlaskClient, clinic: Clinic) -> None:
    found = get(client, clinic, "").json["items"]
    assert [item["code"] for item in found] == list(
        dict.fromkeys(instrument.code for instrument in registry.INSTRUMENTS)
    )
    assert all(item["titles"].keys() == {*Language} and all(item["titles"].values()) for item in found)
    bpi = found[0]
    assert (bpi["code"], bpi["licence"]["wording"]) == ("bpi-sf", "not shipped")
    assert bpi["wording"] == {
        "language": "en",
        "available": False,
        "notice": NONE,
        "languages": [],
        "licence": None,
    }


def test_one_instrument_shows_everything_needed_to_check_it_by_hand(
    client: FlaskClient, clinic: Clinic
) -> None:
    found = get(client, clinic, "/bpi-sf").json
    assert found["items"][0] == {
        "id": "worst",
        "lowest": 0.0,
        "highest": 10.0,
        "integers_only": True,
        "choices": [],
        "asked": True,
        "text": None,
        "answer_texts": {},
    }
    worst = found["scores"][2]
    assert (
        worst["minimal_important_difference"]["value"],
        worst["minimal_important_difference"]["verified"],
    ) == (2.0, True)
    assert [(band["lowest"], band["label"]) for band in worst["bands"]][-1] == (7.0, "severe")
    assert {band["verified"] for band in worst["bands"]} == {False}
    assert found["scores"][1]["loinc"] == "77565-0"
    assert worst["direction"] == "higher is worse"
    assert all(found[name] for name in ("missing_rule", "algorithm", "sources", "cautions", "scorer"))
    haq = get(client, clinic, "/haq-di").json
    assert [(option["name"], option["default"]) for option in haq["options"]] == [("min_categories", 6)]


@pytest.mark.parametrize("code", [instrument.code for instrument in registry.INSTRUMENTS])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_word_of_an_instrument_is_shown_that_its_licence_keeps(
    client: FlaskClient, clinic: Clinic, code: str
) -> None:
    found = get(client, clinic, f"/{code}")
    assert found.status_code == 200
    shown = [item["text"] for item in found.json["items"] if item["text"] is not None]
    shipped = found.json["licence"]["wording"] != Wording.NOT_SHIPPED
    assert bool(shown) == shipped
    assert found.json["wording"]["available"] == (len(shown) == len(found.json["items"]))
    assert found.json["wording"]["available"] or found.json["wording"]["notice"]


def test_a_loaded_text_is_shown_at_its_site_only_in_its_language(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    load(database, clinic.site, "bpi-sf", answers={"*": {"0": "gar nicht"}, "sleep": {"10": "völlig"}})
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Another site")
    german = get(client, clinic, "/bpi-sf?language=de").json
    items = {item["id"]: item for item in german["items"]}
    assert items["worst"]["text"] == "de worst"
    assert (items["worst"]["answer_texts"], items["sleep"]["answer_texts"]) == (
        {"0": "gar nicht"},
        {"10": "völlig"},
    )
    assert (german["wording"]["available"], german["wording"]["licence"]) == (True, "The owner, 1 March 2026")
    english = get(client, clinic, "/bpi-sf").json
    assert (english["items"][0]["text"], english["wording"]["languages"]) == (None, ["de"])
    assert english["wording"]["notice"] == "there is no wording in 'en'; there is de"
    elsewhere = get(client, other, "/bpi-sf?language=de").json
    assert (elsewhere["items"][0]["text"], elsewhere["wording"]["notice"]) == (None, NONE)


def test_a_patient_gets_the_language_on_record(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    load(database, clinic.site, "bpi-sf")
    assert get(client, clinic, "/bpi-sf", "patient").json["items"][0]["text"] is None
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).language = "de"
    assert get(client, clinic, "/bpi-sf", "patient").json["items"][0]["text"] == "de worst"
    assert get(client, clinic, "/bpi-sf?language=en", "patient").json["items"][0]["text"] is None


def test_the_newest_text_is_shown(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    for words in ("zuerst", "dann"):
        items = {item.id: words for item in registry.find("bpi-sf").items}
        load(database, clinic.site, "bpi-sf", items=items)
    assert get(client, clinic, "/bpi-sf?language=de").json["items"][0]["text"] == "dann"
    with database.begin() as session:
        before = a_text("bpi-sf", items=items)
        assert not load_wording(session, clinic.site, registry.find("bpi-sf"), before, now=datetime.now(UTC))


def test_any_signed_in_caller_may_read_and_an_unknown_instrument_is_404(
    client: FlaskClient, clinic: Clinic
) -> None:
    for who in clinic.everybody():
        assert get(client, clinic, "/bpi-sf", who).status_code == 200
    assert get(client, clinic, "/nothing").json["type"] == "/problems/unknown-instrument"
    assert get(client, clinic, "/bpi-sf?version=0").status_code == 404
    assert get(client, clinic, "/bpi-sf?version=1").status_code == 200
    assert get(client, clinic, "/bpi-sf?language=Deutsch").status_code == 422


@pytest.mark.parametrize(("code", "worded"), [("siqr", 9), ("fiqr", 11)])
def test_a_partly_shipped_text_is_shown_with_a_notice(
    client: FlaskClient, clinic: Clinic, code: str, worded: int
) -> None:
    found = get(client, clinic, f"/{code}").json
    assert sum(item["text"] is not None for item in found["items"]) == worded
    assert found["items"][0]["text"].startswith("Brush or comb your hair")
    assert found["wording"]["available"] is False
    assert found["wording"]["notice"].startswith(f"{worded} of 21 items have words here; load your own")
    german = get(client, clinic, f"/{code}?language=de").json
    assert {item["text"] for item in german["items"]} == {None}
    assert german["wording"]["notice"] == NONE
