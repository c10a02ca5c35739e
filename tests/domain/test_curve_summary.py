"""The curve in one sentence: said in every language, and never calm where nothing is known."""

import pytest

from api.domain.enrolment import Language
from api.domain.trajectory.outcome import ScoreStatus
from api.domain.trajectory.summary import summarise
from api.words.catalogue import translate_all

STATUSES = [*map(str, ScoreStatus), "empty", "not_scored", "a status of tomorrow"]
LEVELS = [(None, None), (4.4, None), (4.4, 2.0), (None, 2.0)]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("level", "usual"), LEVELS)
def test_every_sentence_is_in_every_language(status: str, level: float | None, usual: float | None) -> None:
    text = summarise(status, level=level, usual=usual).text
    sentences = text.count(".")
    for language in set(Language) - {Language.ENGLISH}:
        said = translate_all(text, language)
        assert said.count(".") == sentences
        assert not {"your", "entry", "pain"} & set(said.split())


@pytest.mark.parametrize("status", [each for each in STATUSES if each not in {"scored", "no_baseline"}])
def test_a_level_is_stated_only_where_the_day_was_scored(status: str) -> None:
    found = summarise(status, level=1.0, usual=1.0)
    assert (found.numbers, "1 of 10" in found.text) == ({}, False)


def test_a_level_without_what_is_usual_is_said_to_be_too_early_to_compare() -> None:
    found = summarise("no_baseline", level=4.5, usual=None)
    assert (found.key, found.numbers) == ("level_only", {"level": 4.5})
    assert "about 5 of 10. It is too early" in found.text
