"""Questionnaires scored from a stream of lines."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli.commands import COMMANDS
from api.cli.score import answer_to, score_command
from api.services.instruments.jsonl_scoring import LONGEST_LINE, lines_of

ROOT = Path(__file__).parents[2]
SEVERITY = {"worst": 7, "least": 2, "average": 5, "now": 4}
INTERFERENCE = {"activity": 3, "mood": 2, "walking": 5, "work": 4, "relations": 1, "sleep": 6}
GOOD = {"instrument": "bpi-sf", "answers": SEVERITY | INTERFERENCE}


def scored(*lines: Any) -> Result:
    """Score lines: JSON values, or bytes as they are."""
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return CliRunner().invoke(score_command, input=b"\n".join(raw) + b"\n")


def answers(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout_bytes.decode().splitlines()]


def test_answers_become_scores_in_full_precision() -> None:
    assert score_command in COMMANDS
    done = scored(GOOD)
    assert (done.exit_code, done.stderr) == (0, "")
    assert answers(done) == [
        {
            "instrument": "bpi-sf",
            "version": "1",
            "scores": {"severity": 4.5, "interference": 3.5, "worst": 7.0},
        }
    ]
    five = {name: INTERFERENCE.get(name) for name in ("activity", "mood", "walking", "work", "sleep")}
    sevenths = {"instrument": "bpi-sf", "answers": INTERFERENCE | {"enjoyment": 1}}
    third, fifth = (
        answer["scores"]["interference"] for answer in answers(scored(sevenths, {**GOOD, "answers": five}))
    )
    assert (third, fifth) == (22 / 7, 4.0)


def test_a_score_that_cannot_be_given_is_null_with_its_reason_and_no_problem() -> None:
    done = scored({"instrument": "bpi-sf", "answers": {"worst": None}})
    [answer] = answers(done)
    assert done.exit_code == 0
    assert answer["scores"] == {"severity": None, "interference": None, "worst": None}
    assert answer["unscored"]["severity"] == "0 of 4 items answered, 4 are needed"


def test_every_line_gives_one_line_in_the_same_order() -> None:
    done = scored(GOOD, b"{nope", GOOD, b"", b" \t", {"instrument": "bpi-sf"}, GOOD)
    assert done.exit_code == 1
    assert "4 lines have a problem" in done.stderr
    found = answers(done)
    assert ["scores" in answer for answer in found] == [True, False, True, False, False, False, True]
    assert [answer["problem"]["line"] for answer in found if "problem" in answer] == [2, 4, 5, 6]


@pytest.mark.parametrize(
    ("line", "kind", "named"),
    [
        (b"nope", "unreadable-line", "column 1"),
        (b'{"instrument": "bpi-sf", "answers": {"worst": NaN}}', "unreadable-line", "not JSON"),
        (b'{"instrument": "bpi-sf", "answers": {"worst": Infinity}}', "unreadable-line", "not JSON"),
        (b'{"instrument": "bpi-sf", "answers": {"worst": 1e999}}', "unreadable-line", "infinity"),
        (b"[" * 100_000 + b"]" * 100_000, "unreadable-line", "not JSON"),
        (b'{"a": ' * 990 + b"1" + b"}" * 990, "unreadable-line", "nested too deeply"),
        (b'{"a": ' * 90 + b"1" + b"}" * 90, "unreadable-line", "an object of answers"),
        (b'{"instrument": "bpi-sf\xff"}', "unreadable-line", "not JSON"),
        (b'{"instrument": "\\ud800", "answers": {}}', "unreadable-line", "not JSON"),
        (b'{"answers": {"worst": 1, "worst": 2}, "instrument": "bpi-sf"}', "unreadable-line", "is repeated"),
        (b'{"instrument": "bpi-sf", "answers": {"a": ' + b"9" * 5000 + b"}}", "unreadable-line", "infinity"),
        (b'"' + b"x" * LONGEST_LINE + b'"', "unreadable-line", "longer than 1,000,000 bytes"),
        (b"\x1f\x8b\x08\x00", "unreadable-line", "compressed with gzip"),
        ('{"instrument": "bpi-sf"}'.encode("utf-16")[:-1], "unreadable-line", "UTF-16"),
        (b"PK\x03\x04", "unreadable-line", "a workbook or zip archive"),
        ([1], "unreadable-line", "no JSON object"),
        (None, "unreadable-line", "no JSON object"),
        ({"answers": {}}, "unreadable-line", "instrument: the code"),
        ({"instrument": None, "answers": {}}, "unreadable-line", "instrument: the code"),
        ({"instrument": ["bpi-sf"], "answers": {}}, "unreadable-line", "instrument: the code"),
        ({"instrument": "bpi-sf"}, "unreadable-line", "answers: an object"),
        ({"instrument": "bpi-sf", "answers": [7]}, "unreadable-line", "answers: an object"),
        ({"instrument": "bpi-sf", "answers": None}, "unreadable-line", "answers: an object"),
        ({"instrument": "bpi-sf", "answers": {}, "options": 3}, "unreadable-line", "options: is an object"),
        ({"instrument": "bpi-sf", "answers": {}, "version": 1}, "unreadable-line", "version: is text"),
        ({"instrument": "bpi-sf", "answers": {}, "version": "0"}, "unknown-instrument", "it has 1"),
        ({"instrument": "BPI", "answers": {}}, "unknown-instrument", "there are bpi-sf"),
        ({"instrument": "bpi-sf", "answers": {"worst": 11}}, "invalid-answers", "whole number in 0..10"),
        ({"instrument": "bpi-sf", "answers": {"worst": "7"}}, "invalid-answers", "whole number in 0..10"),
        ({"instrument": "bpi-sf", "answers": {"worst": True}}, "invalid-answers", "whole number in 0..10"),
        ({"instrument": "bpi-sf", "answers": {"worst": [[]]}}, "invalid-answers", "whole number in 0..10"),
        ({"instrument": "bpi-sf", "answers": {"pain": 7}}, "invalid-answers", "no item 'pain'"),
        ({"instrument": "bpi-sf", "answers": {}, "options": {"x": 1}}, "invalid-answers", "no option 'x'"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_the_valid_values(line: Any, kind: str, named: str) -> None:
    before, wrong, after = answers(scored(GOOD, line, GOOD))
    assert before == after
    assert wrong["problem"]["type"] == f"/problems/{kind}"
    assert set(wrong["problem"]) >= {"type", "title", "status", "detail", "line"}
    assert named in wrong["problem"]["detail"]


def test_a_wrong_answer_is_named_by_its_item() -> None:
    [answer] = answers(scored({"instrument": "bpi-sf", "answers": {"worst": -1, "pain": 1}}))
    assert answer["problem"]["errors"]["worst"] == "-1 is not a whole number in 0..10"
    assert set(answer["problem"]["errors"]) == {"worst", "pain"}


def test_other_members_of_a_line_are_repeated_with_scores_and_problem() -> None:
    own = {"id": 7, "day": "2026-03-01", "nested": {"a": 1}, "scores": 3}
    good, bad = answers(scored({**GOOD, **own}, {"instrument": "?", "answers": {}, **own}))
    assert (good["id"], good["day"], "nested" in good) == (7, "2026-03-01", False)
    assert good["scores"]["worst"] == 7
    assert (bad["id"], bad["day"], "problem" in bad) == (7, "2026-03-01", True)


def test_members_of_a_line_never_replace_those_of_the_output() -> None:
    own = {"scores": 5, "unscored": "x", "problem": None}
    full = {"instrument": "bpi-sf", "answers": {**SEVERITY, **INTERFERENCE}, **own}
    good, bad = answers(scored(full, {"instrument": "bpi-sf", "answers": {"worst": 11}, **own}))
    assert set(good) == {"instrument", "version", "scores"}
    assert set(bad) == {"problem"}


@pytest.mark.parametrize(
    "line",
    [
        {"instrument": "bpi-sf", "answers": {f"i{n}": 1 for n in range(5000)}},
        {"instrument": "bpi-sf", "answers": {"x" * 50_000: 1}},
        {"instrument": "x" * 50_000, "answers": {}},
        {"instrument": "bpi-sf", "version": "x" * 50_000, "answers": {}},
        {"instrument": "haq-di", "answers": {}, "options": {"min_categories": "x" * 50_000}},
        {"instrument": "haq-di", "answers": {}, "options": {"x" * 50_000: 1}},
    ],
)
def test_nonsense_gets_a_short_answer(line: Any) -> None:
    [answer] = answers(scored(line))
    assert len(json.dumps(answer)) < 6000


JOINTS = {0: {"51A": 0}, 1: {"51A": 1, "51B": 1, "51C": 0}, 3: {"51A": 4, "51B": 3, "51C": 3}}


def a_series(*grades: int, **more: Any) -> dict[str, Any]:
    return {"instrument": "pro-ctcae", "series": [{"answers": JOINTS[grade]} for grade in grades], **more}


def test_a_series_has_the_worst_grade_and_the_one_that_is_worse_than_before() -> None:
    worse, same, no_baseline, nothing = answers(
        scored(
            a_series(0, 3, 1, baseline={"answers": JOINTS[1]}, id=7),
            a_series(3, 3, baseline={"answers": JOINTS[3]}),
            a_series(0, 1),
            a_series(),
        )
    )
    assert (worse["id"], worse["scores"]["51_worst"], worse["scores"]["51_baseline_adjusted"]) == (
        7,
        3.0,
        3.0,
    )
    assert [report["scores"]["51_composite"] for report in worse["series"]] == [0.0, 3.0, 1.0]
    assert worse["baseline"]["scores"]["51_composite"] == 1.0
    assert (worse["version"], worse["options"]) == ("1", {"zero_impute": True})
    assert (same["scores"]["51_worst"], same["scores"]["51_baseline_adjusted"]) == (3.0, 0.0)
    assert (no_baseline["scores"]["51_worst"], no_baseline["scores"]["51_baseline_adjusted"]) == (1.0, None)
    reason = "there is no grade at baseline to compare with"
    assert no_baseline["unscored"]["51_baseline_adjusted"] == reason
    assert nothing["unscored"]["51_worst"] == "no report has a grade"


def test_a_blank_in_a_series_is_never_0_and_a_report_keeps_what_names_it() -> None:
    reports = [{"day": "2026-03-01", "answers": {"51A": 3}}, {"day": "2026-04-01", "answers": JOINTS[1]}]
    [answer] = answers(scored({"instrument": "pro-ctcae", "series": reports, "baseline": reports[0]}))
    first = answer["series"][0]
    assert (first["day"], first["scores"]["51_composite"]) == ("2026-03-01", None)
    assert first["unscored"]["51_composite"].endswith("are not answered")
    assert (answer["scores"]["51_worst"], answer["scores"]["51_baseline_adjusted"]) == (1.0, None)
    option = {"options": {"zero_impute": False}}
    [strict] = answers(scored(a_series(0, **option)))
    assert strict["scores"]["51_worst"] is None


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ({"instrument": "bpi-sf", "series": []}, "series"),
        (a_series(1, baseline=[1]), "baseline"),
        ({"instrument": "pro-ctcae", "series": [{"answers": {}}, 3]}, "series.1"),
        ({"instrument": "pro-ctcae", "series": [{"answers": {}}, {"answers": {"51A": 5}}]}, "series.1.51A"),
        (a_series(1, baseline={"answers": {"99A": 1}}), "baseline.99A"),
        (a_series(1, options={"nope": True}), "options.nope"),
        ({"instrument": "pro-ctcae", "series": 3}, "answers"),
    ],
)
def test_an_error_in_a_series_is_named_by_its_path(line: Any, named: str) -> None:
    [answer] = answers(scored(line))
    assert list(answer["problem"]["errors"]) == [named]


def test_a_line_with_answers_may_carry_a_series_of_its_own() -> None:
    [answer] = answers(scored({**GOOD, "series": 4, "baseline": "A"}))
    assert (answer["series"], answer["baseline"], answer["scores"]["worst"]) == (4, "A", 7.0)


def test_a_byte_order_mark_windows_line_ends_and_a_missing_last_newline_are_accepted() -> None:
    line = json.dumps(GOOD).encode()
    done = CliRunner().invoke(score_command, input=b"\xef\xbb\xbf" + line + b"\r\n" + line)
    assert (done.exit_code, len(answers(done))) == (0, 2)
    nothing = CliRunner().invoke(score_command, input=b"")
    assert (nothing.exit_code, nothing.stdout_bytes) == (0, b"")


def test_an_endless_line_is_never_held_whole() -> None:
    class Endless(io.RawIOBase):
        """Stream of ten million letters x, then a line."""

        left, longest = 10_000_000, 0

        def readable(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= LONGEST_LINE + 1
            if not self.left:
                self.left = -1
                return b"\n"
            if self.left < 0:
                self.left -= 1
                return b"{}\n" if self.left == -2 else b""
            given = min(size, self.left)
            self.left -= given
            return b"x" * given

    found = list(lines_of(Endless()))  # type: ignore[arg-type]
    assert [len(line) for line in found] == [LONGEST_LINE + 1, 3]


def test_a_bug_in_a_scorer_costs_its_line_only_and_shows_no_answers(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> dict[str, Any]:
        raise ZeroDivisionError

    answer = answer_to(json.dumps(GOOD | {"id": 1}).encode(), 3, score=broken)
    assert (answer["id"], answer["problem"]["status"], answer["problem"]["line"]) == (1, 500, 3)
    assert "could not be scored" in caplog.text


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """The command as another program runs it: no settings and no database."""
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "score"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"DATABASE_URL": "sqlite://"},
    ) as running:  # fmt: skip
        yield running
        running.kill()


@pytest.mark.slow
def test_each_output_line_comes_before_the_next_input_line(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    for line, expected in ((json.dumps(GOOD), "scores"), ("nope", "problem"), (json.dumps(GOOD), "scores")):
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        assert expected in json.loads(process.stdout.readline())
    process.stdin.close()
    assert process.wait(timeout=30) == 1
