"""Every screen: nothing that axe finds, nothing covered, small, cut off or too wide."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from api import web
from tests.faces.app.scenes import SCENES, viewer
from tests.faces.app.test_questionnaire import load_demo_wording
from tests.faces.conftest import Guard, Phone
from tests.faces.looks import Look, cover, faults_of
from tests.faces.serving import FaceServer, face_server

ROUTES = Path(web.__file__).parent / "static/app/routes.js"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceServer]:
    """A clinic that has loaded the demo's text of one questionnaire."""
    with face_server(tmp_path_factory.mktemp("screens")) as served:
        load_demo_wording(served)
        yield served


@pytest.mark.slow
@pytest.mark.parametrize(("look", "scenes"), cover(SCENES))
def test_23_every_screen_can_be_seen_read_and_touched(
    look: Look,
    scenes: list[str],
    server: FaceServer,
    new_phone: Callable[..., Phone],
    guard: Guard,
    screenshots: Callable[[Page, str], None],
) -> None:
    seen = viewer(server, new_phone, look)
    faults, screens = faults_of(seen, look, SCENES, scenes, screenshots)
    assert faults == {}
    if scenes == list(SCENES):
        leads_on = {"message"}
        routes = set(re.findall(r"^  (\w+): (?:later\(|\{ screen)", ROUTES.read_text(), re.M))
        assert routes - screens == leads_on | {"activate"}, "the latter is seen at its own address"
