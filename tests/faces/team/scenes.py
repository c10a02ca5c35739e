"""Every screen of the care-team pages in every state. A screen is a line here for each state that it has."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.faces.looks import Look, settle
from tests.faces.serving import FaceServer
from tests.faces.team.conftest import Desk
from tests.faces.team.courses import a_course


@dataclass
class Viewer:
    """The desk of a nurse with patients, seen in one look."""

    desk: Desk
    look: Look
    course_of: str | None = None
    """Id of the patient with a course, once one was needed."""

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
    for name in ("Rosa Probe", "Annemarie Vorlagenmuster-Beispiel"):
        server.report(
            desk.enrol(name, phone="+49 30 555 0101"), red_flags=["chest_pain"], note="Stairs are hard."
        )
    return Viewer(desk, look)


def of_patient(address: str, *presses: str) -> Callable[[Viewer], None]:
    """Return a scene of a patient with a course; ``presses`` are what is clicked then, by selector."""

    def show(viewer: Viewer) -> None:
        if viewer.course_of is None:
            viewer.course_of = str(a_course(viewer.desk, days=42).patient.id)
        viewer.open(f"#/{address.replace('ID', viewer.course_of)}")
        for each in presses:
            for found in viewer.page.locator(each).all():
                found.click()
            viewer.page.wait_for_load_state("networkidle")

    return show


def _not_scored(viewer: Viewer) -> None:
    patient = viewer.desk.enrol("Nora Neu")
    viewer.desk.server.report(patient, pain_worst=2)
    viewer.open(f"#/patient?id={patient.id}")


def at(address: str) -> Callable[[Viewer], None]:
    """Return a scene that is reached by its address."""
    return lambda viewer: viewer.open(f"#/{address}")


def _alert(how: str) -> Callable[[Viewer], None]:
    def scene(viewer: Viewer) -> None:
        viewer.open("#/worklist")
        address = viewer.page.locator(".row a").first.get_attribute("href")
        viewer.open(f"{address}&act={how}")
        viewer.page.locator(".actbar" if how else ".log").wait_for()
        settle(viewer.page)

    return scene


def _not_live(viewer: Viewer) -> None:
    viewer.open("#/worklist")
    viewer.page.route("**/v1/worklist*", lambda route: route.abort())
    viewer.page.locator("[role=alert]").wait_for(timeout=15_000)
    viewer.page.unroute("**/v1/worklist*")


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
    "worklist, nobody": at("worklist?show=snoozed"),
    "worklist, not live": _not_live,
    "alert": _alert(""),
    "alert, resolve": _alert("resolve"),
    "alert, snooze": _alert("snooze"),
    "alert, assign": _alert("assign"),
    "second factor": at("second-factor"),
    "sign-in, refused": _refused_sign_in,
    "patient, course": of_patient("patient?id=ID", "#table-button", ".reading button:first-child", "summary"),
    "patient, entries": of_patient("patient?id=ID&tab=entries", ".diary .button"),
    "patient, questionnaires": of_patient("patient?id=ID&tab=questionnaires"),
    "patient, measurements": of_patient("patient?id=ID&tab=measurements", "#measure", "form .button-main"),
    "patient, alerts": of_patient("patient?id=ID&tab=alerts", ".entries button", "summary"),
    "patient, messages": of_patient("patient?id=ID&tab=messages"),
    "patient, plan": of_patient(
        "patient?id=ID&tab=plan", ".slots > li:first-child .button", ".panel:last-child > .cluster .button"
    ),
    "patient, access": of_patient("patient?id=ID&tab=access", ".panel:first-child li .button"),
    "patient, not scored": _not_scored,
    "visit": of_patient("visit?id=ID"),
}
"""Scenes by name, in the order in which one desk can show them all."""
