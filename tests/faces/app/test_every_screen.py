"""Every screen: nothing that axe finds, nothing covered, small, cut off or too wide.

All scenes are tried as most patients see them; over the other looks scenes are spread so that every pair of
a scene, a language, a theme, a width and a size of text occurs. ``FACES=all`` tries all scenes in all looks.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from api import web
from tests.faces.app.scenes import LANGUAGES, SCENES, Look, viewer
from tests.faces.app.test_questionnaire import load_demo_wording
from tests.faces.conftest import Guard, Phone
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.serving import FaceServer, face_server

ROUTES = Path(web.__file__).parent / "static/app/routes.js"
BITS = ((False, False, False), (False, True, True), (True, False, True), (True, True, False))
"""Dark, wide and enlarged: every pair of values occurs."""


def _spread() -> Iterator[tuple[Look, list[str]]]:
    for place, language in enumerate(LANGUAGES):
        for turn, bits in enumerate(BITS):
            look = Look(language, *bits)
            all_of_them = look == Look() or os.environ.get("FACES") == "all"
            chosen = [name for row, name in enumerate(SCENES) if (row + place) % len(BITS) == turn]
            yield look, list(SCENES) if all_of_them else chosen


def _rest() -> Iterator[tuple[Look, list[str]]]:
    looks = [Look(language, *map(bool, (n & 1, n & 2, n & 4))) for language in LANGUAGES for n in range(8)]
    if os.environ.get("FACES") == "all":
        yield from (
            (look, list(SCENES))
            for look in looks
            if (look.is_dark, look.is_wide, look.is_enlarged) not in BITS
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceServer]:
    """A clinic that has loaded the demo's text of one questionnaire."""
    with face_server(tmp_path_factory.mktemp("screens")) as served:
        load_demo_wording(served)
        yield served


@pytest.mark.slow
@pytest.mark.parametrize(
    ("look", "scenes"), [pytest.param(*each, id=each[0].name) for each in (*_spread(), *_rest())]
)
def test_23_every_screen_can_be_seen_read_and_touched(
    look: Look,
    scenes: list[str],
    server: FaceServer,
    new_phone: Callable[..., Phone],
    guard: Guard,
    screenshots: Callable[[Page, str], None],
) -> None:
    seen = viewer(server, new_phone, look)
    faults: dict[str, list[str]] = {}
    screens = set()
    for scene in scenes:
        try:
            SCENES[scene](seen)
        except PlaywrightError as error:
            faults[scene] = [str(error)]
            continue
        screens.add(re.split(r"\W+", seen.page.url.partition("#/")[2] or "activate")[0])
        found = geometry_faults(seen.page) + axe_faults(seen.page)
        screenshots(seen.page, f"{scene.replace(', ', '-').replace(' ', '-')}-{look.name}")
        if found:
            faults[scene] = found
    assert faults == {}
    if scenes == list(SCENES):
        leads_on = {"message"}
        assert (
            set(re.findall(r"^  (\w+): (?:later\(|\{ screen)", ROUTES.read_text(), re.M)) - screens
            == leads_on
        )
