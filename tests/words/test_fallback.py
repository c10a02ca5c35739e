"""Words that the app says by itself until those of the API are there: the same in every language."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.words.face_words import LANGUAGES, STATIC, read

SAID = re.findall(r'\bt\("([^"]+)"\)', (STATIC / "app/fallback.js").read_text())
OF_API = tomllib.loads((Path(__file__).parents[2] / "api/words/check_in.toml").read_text())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_asks_in_the_words_of_the_api_before_it_has_them(language: str) -> None:
    catalogue, place = read(language), LANGUAGES.index(language)
    assert len(SAID) > 20
    said = {text: catalogue.get(text).string for text in SAID}
    assert said == {text: OF_API[text][place] for text in SAID}
