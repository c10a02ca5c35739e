"""Every screen of the team: nothing that axe finds, nothing covered, small, cut off or too wide."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from api import web
from tests.faces.conftest import Guard
from tests.faces.looks import Look, cover, faults_of
from tests.faces.serving import FaceServer
from tests.faces.team.conftest import Desk
from tests.faces.team.scenes import SCENES, viewer

ROUTES = Path(web.__file__).parent / "static/team/routes.js"


@pytest.mark.slow
@pytest.mark.parametrize(("look", "scenes"), cover(SCENES))
def test_23_every_screen_of_the_team_can_be_seen_read_and_reached(
    look: Look,
    scenes: list[str],
    server: FaceServer,
    new_desk: Callable[..., Desk],
    guard: Guard,
    screenshots: Callable[[Page, str], None],
) -> None:
    seen = viewer(server, new_desk, look)
    faults, screens = faults_of(seen, look, SCENES, scenes, screenshots)
    assert faults == {}
    if scenes == list(SCENES):
        routes = re.findall(r'^  "?([\w-]+)"?: (?:later\(|\{ screen)', ROUTES.read_text(), re.M)
        assert set(routes) - screens == set(), "a screen without a scene"
