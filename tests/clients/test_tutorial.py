"""The tutorial works: its requests are run by the shell, top to bottom, and answered as the page says."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import Served
from tests.support.shell_page import ANY, BLOCK, TAKEN, differs, part, run

PAGE = Path(__file__).parents[2] / "docs/tutorial/first-hour.md"


@pytest.mark.skipif(not shutil.which("curl") and "CI" not in os.environ, reason="curl is not installed")
def test_every_request_of_the_tutorial_is_answered_as_it_says(served: Served) -> None:
    env = {"B": served.address, "CODE": served.code, "EMAIL": served.email, "PASSWORD": served.password}
    blocks = BLOCK.findall(PAGE.read_text())
    assert len(blocks) > 6
    for block, shown in blocks:
        printed, env = run(block, env)
        if shown:
            answer = json.loads(printed)
            assert differs(json.loads(shown), answer) == [], block
            env |= {name: part(answer, path) for name, path in TAKEN.findall(block)}


def test_a_page_that_is_wrong_would_be_noticed() -> None:
    assert differs({"a": 1, "b": ANY}, {"a": 1, "b": 2}) == []
    assert differs({"a": 1}, {"a": 2})
    assert differs({"a": 1}, {"a": 1, "b": 2})
    assert differs({"a": 1, "b": 2}, {"a": 1})
    assert differs([1], [1, 2])
