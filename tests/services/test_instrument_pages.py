"""Reference page of a questionnaire: its definition, with unverified numbers marked."""

import re
from dataclasses import replace

import pytest

from api.domain.instruments.definition import Item, Option
from api.domain.instruments.registry import find
from api.domain.instruments.scores import Band, Cited, Direction, ScoreDefinition
from api.services.instruments.instrument_pages import WorkedExample, index, page

BPI = find("bpi-sf")
EXAMPLE = WorkedExample(
    "a day", {"worst": 7, "least": 2, "average": 5, "now": 4}, {}, ("severity", "interference")
)


def printed(**changes: object) -> str:
    return unwrapped(page(replace(BPI, **changes), "by hand", [EXAMPLE]))


def unwrapped(text: str) -> str:
    """Return the text with each paragraph and list item in one line."""
    return re.sub(r"(?<=\S)\n {0,2}(?=[^\s|#-])", " ", text)


def a_score(**changes: object) -> ScoreDefinition:
    return replace(ScoreDefinition("severity", "pain severity", 0, 10, Direction.HIGHER_IS_WORSE), **changes)


def test_a_number_that_was_not_read_in_its_source_is_marked_everywhere():
    yardsticks = {
        "minimal_important_difference": Cited(2, "Author 1990", verified=False),
        "sem": Cited(1.6, "Author 1991", verified=False),
        "bands": (
            Band(0, "calm", "Author 1992", verified=False),
            Band(5, "bad", "Author 1992", verified=False),
        ),
    }
    text = printed(scores=(a_score(**yardsticks), *BPI.scores[1:]))
    assert "| **higher is worse** | 2, *unverified* | 1.6, *unverified* | – |" in text
    assert "- Bands of `severity`: calm from 0, bad from 5 (Author 1992, *unverified*)." in text
    assert "- Change that matters in `severity`: 2, *unverified* (Author 1990)." in text
    assert "SEM 1.6, *unverified*; a change of up to 1.96·√2·1.6 = 4.43 may be noise (Author 1991)." in text


def test_an_unknown_number_is_a_dash_and_a_verified_one_has_no_mark():
    text = printed(scores=(a_score(minimal_important_difference=Cited(2, "Author 1990")), *BPI.scores[1:]))
    assert "| **higher is worse** | 2 | – | – |" in text
    assert "- Change that matters in `severity`: 2 (Author 1990)." in text


def test_scores_that_share_a_yardstick_share_its_line():
    same = {"minimal_important_difference": Cited(2, "Author 1990"), "sem": None, "bands": ()}
    text = printed(scores=tuple(replace(score, **same) for score in BPI.scores))
    assert "- Change that matters in `severity`, `interference`, `worst`: 2 (Author 1990)." in text


def test_a_standard_error_is_no_level_of_health():
    sums = WorkedExample(
        "raw sum 4", dict.fromkeys(("PAININ9", "PAININ22", "PAININ31", "PAININ34"), 1), {}, ()
    )
    text = unwrapped(page(find("promis-pi-4a"), "by hand", [sums]))
    row = next(line for line in text.splitlines() if line.startswith("| `pain_interference_se`"))
    assert "precision of `pain_interference`" in row
    assert "higher is worse" not in row
    assert "goes with each reading of `pain_interference`" in text


def test_the_example_shows_answers_scores_and_reasons():
    text = printed()
    assert "- a day: `worst=7 least=2 average=5 now=4` gives `severity=4.5 interference=-`" in text, (
        "only its own scores"
    )
    assert '"unscored": {"interference": "0 of 7 items answered, 4 are needed"}' in text


def test_an_example_without_answers_has_a_note():
    nothing = WorkedExample("nothing", {}, {}, ("worst",))
    assert "- nothing: no answer gives `worst=-`" in unwrapped(page(BPI, "by hand", [EXAMPLE, nothing]))


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (
            Option("strict", default=False, description="take no blank"),
            "take no blank; true or false, false by default.",
        ),
        (Option("least", 6, "how many", lowest=1, highest=8), "how many; 1 to 8, 6 by default."),
    ],
)
def test_an_option_shows_range_and_default(option, words):
    assert f"**Option `{option.name}`**: {words}" in printed(
        options=(option,), score=lambda answers, **_: BPI.score(answers)
    )


def test_items_show_their_answers_and_runs_of_them_are_merged():
    items = (
        *(Item(f"q{n}", 1, 4) for n in range(1, 6)),
        Item("when", 0, 7, is_integer=False),
        Item("aids", choices=("CANE", "CHAIR")),
        Item("extra", 0, 1, is_on_form=False),
        Item("pain", 0, 10, texts={"en": "How bad was it?"}),
    )
    text = printed(items=(*items, *BPI.items))
    for row in (
        "| `q1` to `q5` | whole number, 1 to 4 | – |",
        "| `when` | number, 0 to 7 | – |",
        "| `aids` | a list of some of `CANE`, `CHAIR` | – |",
        "| `extra` | whole number, 0 to 1; accepted, not on this form | – |",
        "| `pain` | whole number, 0 to 10 | How bad was it? |",
    ):
        assert row in text


def test_the_index_counts_items_and_those_with_wording():
    rows = index([find("haq-di"), find("siqr"), find("fact-es"), find("promis-pi-4a")]).splitlines()[2:]
    assert "| 20 and 2 lists |" in rows[0]
    assert "| 9 of 21 items shipped, with attribution |" in rows[1]
    assert "| 46 |" in rows[2]
    assert "| `pain_interference` | not shipped |" in rows[3]
