"""Every screen of the care-team pages in every state. A screen is a line here for each state that it has."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.faces.looks import Look, settle
from tests.faces.serving import FaceServer
from tests.faces.team.conftest import Desk


@dataclass
class Viewer:
    """The desk of a nurse with patients, seen in one look."""

    desk: Desk
    look: Look

    @property
    def page(self) -> Page:
        """The page."""
        return self.desk.page

    def open(self, address: str) -> None:
        """Open an address from nothing."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.desk.server.address}/team/{address}")
        settle(self.page)


def viewer(server: FaceServer, new_desk: Callable[..., Desk], look: Look) -> Viewer:
    """Return the desk of a nurse whose worklist has something of everything."""
    language = {"pseudo": "de"}.get(look.language, look.language)
    desk = new_desk(**look.options, has_touch=not look.is_wide, language=language)
    look.prepare(desk.context, desk.page, server, "words/team-de.json")
    server.report(desk.enrol("Rosa Probe"), red_flags=["chest_pain"])
    return Viewer(desk, look)


def at(address: str) -> Callable[[Viewer], None]:
    """Return a scene that is reached by its address."""
    return lambda viewer: viewer.open(f"#/{address}")


def _refused_sign_in(viewer: Viewer) -> None:
    kept = viewer.desk.context.cookies()
    viewer.desk.context.clear_cookies()
    viewer.open("#/sign-in")
    viewer.page.locator("#email").fill("nobody@example.org")
    viewer.page.locator("#password").fill("not the password")
    viewer.page.locator("form .button").click()
    viewer.page.get_by_role("alert").wait_for()
    viewer.desk.context.add_cookies(kept)


SCENES: dict[str, Callable[[Viewer], None]] = {
    "worklist": at("worklist"),
    "second factor": at("second-factor"),
    "sign-in, refused": _refused_sign_in,
}
"""Scenes by name, in the order in which one desk can show them all."""
