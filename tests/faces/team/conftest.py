"""A desk of the care team: a browser in which a member of staff is signed in, with a team of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from api.domain.authority import Role
from api.models.patient import Patient
from api.models.staff import Staff
from tests.faces.serving import FaceServer

SCREEN = {"width": 1280, "height": 900}
MOUSE = {"viewport": SCREEN, "has_touch": False, "service_workers": "block"}


@dataclass
class Desk:
    """A browser of the care team. Its team has only the patients that a test enrols."""

    context: BrowserContext
    server: FaceServer
    staff: Staff
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        """Open an empty page."""
        self.page = self.context.new_page()

    def enrol(self, name: str, **changes: Any) -> Patient:
        """Enrol a patient of the desk's team."""
        return self.server.new_patient(team=self.server.team_of(self.staff), name=name, **changes)

    def open(self, address: str = "", level_one: str | None = None) -> "Desk":
        """Open a screen by its address, such as ``#/worklist``, and wait for its heading."""
        self.page.goto(f"{self.server.address}/team/{address}")
        heading = self.page.get_by_role("heading", level=1, **({"name": level_one} if level_one else {}))
        heading.wait_for()
        return self

    def other_tab(self, address: str = "", level_one: str | None = None) -> "Desk":
        """Open another page of the same browser, and the same person."""
        return Desk(self.context, self.server, self.staff).open(address, level_one)


@pytest.fixture
def new_desk(new_context: Callable[..., BrowserContext], server: FaceServer) -> Callable[..., Desk]:
    """Makes desks, of a new nurse with a new team, of another role, or of the one who is given; signed in."""

    def make(
        staff: Staff | None = None, *, role: Role = Role.NURSE, language: str = "en", **options: Any
    ) -> Desk:
        if staff is None:
            staff = server.new_staff(server.new_team(), role=role, name="Jo Platz", language=language)
        context = new_context(**MOUSE | options)
        cookie = {"name": "aimss_s", "value": server.refresh_token_of(staff), "url": server.address}
        context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Strict"}])
        return Desk(context, server, staff)

    return make


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    """The desk of a nurse, on which nothing has been opened yet."""
    return new_desk()
