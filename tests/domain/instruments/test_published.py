"""Published versions never change: the hashes of their scores of fixed answers are on record."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from api.domain.instruments.definition import Instrument, Item
from api.domain.instruments.fingerprint import fingerprint
from api.domain.instruments.registry import INSTRUMENTS
from api.domain.instruments.scoring import score

RECORD = Path(__file__).parents[2] / "data" / "published-instruments.csv"
FORMS = 900


def on_record() -> dict[tuple[str, str], tuple[str, str]]:
    with RECORD.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {(row["code"], row["version"]): (row["fingerprint"], row["scores"]) for row in rows}


def forms(instrument: Instrument) -> Iterator[dict[str, Any]]:
    """Return the same forms every time, from the best to the worst, with more and more left blank."""
    random = Random(instrument.code)
    for number in range(FORMS):
        blank = number / FORMS * 0.6
        about, spread = random.uniform(-0.2, 1.2), (0.25, 2.0)[number % 3 == 0]
        turned = number % 3 == 1  # some questions are worded the other way round
        places = [1 - about if turned and random.random() < 0.5 else about for _ in instrument.items]
        answers = {
            item.id: an_answer(random, item, place + random.uniform(-spread, spread))
            for item, place in zip(instrument.items, places, strict=True)
        }
        yield {name: answer for name, answer in answers.items() if random.random() >= blank}


def an_answer(random: Random, item: Item, place: float) -> Any:
    if item.choices:
        return [choice for choice in item.choices if random.random() < 0.2]
    return round(item.lowest + min(1.0, max(0.0, place)) * (item.highest - item.lowest))


def scores_of(instrument: Instrument) -> str:
    """Return the content hash of the scores of those forms, for every setting of an option."""
    settings: list[dict[str, Any]] = [{}]
    for option in instrument.options:
        settings += [{option.name: value} for value in (option.lowest, option.highest)]
        if isinstance(option.default, bool):
            settings[-2:] = [{option.name: value} for value in (False, True)]
    made = [
        {name: None if value is None else round(value, 9) for name, value in found.scores.items()}
        for options in settings
        for found in (score(instrument, answers, options) for answers in forms(instrument))
    ]
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:12]


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: f"{each.code} {each.version}")
def test_a_published_version_scores_as_it_did(instrument: Instrument) -> None:
    now = (fingerprint(instrument), scores_of(instrument))
    assert on_record().get((instrument.code, instrument.version)) == now, (
        "stored scores name this version: a change is a new version in addition, with a new line in "
        f"{RECORD.name}: {instrument.code},{instrument.version},{','.join(now)}"
    )


def test_no_published_version_is_gone() -> None:
    assert set(on_record()) == {(each.code, each.version) for each in INSTRUMENTS}
