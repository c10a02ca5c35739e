"""Every screen of the phone app in every state, in any language, theme, width and size of text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from api.cli.demo_wording import DEMO_INSTRUMENT
from tests.faces.app.diaries import a_diary, send
from tests.faces.conftest import Phone
from tests.faces.looks import Look, settle
from tests.faces.serving import FaceServer


@dataclass
class Viewer:
    """A phone whose patient has a diary, seen in one look."""

    phone: Phone
    look: Look

    @property
    def page(self) -> Page:
        """The page."""
        return self.phone.page

    def open(self, address: str) -> None:
        """Open an address from nothing."""
        self.page.goto("about:blank")
        self.phone.open(address)
        self.settle()

    def settle(self) -> None:
        """Wait until the screen is there, and nothing moves or loads."""
        settle(self.page)

    def tap(self, selector: str) -> None:
        """Tap the first that is found."""
        self.page.locator(selector).first.click()


def viewer(server: FaceServer, new_phone: Callable[..., Phone], look: Look) -> Viewer:
    """Return the signed-in phone of a new patient with a month of answers."""
    started = datetime.now(UTC).date() - timedelta(days=210)
    phone = new_phone(server.new_patient(ai_started_on=started), **look.options)
    look.prepare(phone.context, phone.page, server, "words/de.json")
    phone.open(f"/activate#{phone.server.code_for(phone.patient)}")
    phone.page.locator("button[type=submit]").first.click()
    phone.page.wait_for_url("**/app/**")
    settle(phone.page)
    send(phone, a_diary(datetime.now(UTC).date() - timedelta(days=1), days=40, rising_days=12))
    return Viewer(phone, look)


def at(address: str) -> Callable[[Viewer], None]:
    """Return a scene that is reached by its address."""
    return lambda viewer: viewer.open(f"/app/#/{address}")


def _offline(viewer: Viewer) -> None:
    viewer.open("/app/")
    viewer.phone.context.set_offline(True)
    viewer.page.locator(".banner").wait_for()


def _answered(viewer: Viewer) -> None:
    viewer.open("/app/#/checkin")
    viewer.tap("label:has(input[value='7'])")
    viewer.page.locator("input:checked").wait_for(state="attached")


def _other_day(viewer: Viewer) -> None:
    viewer.open("/app/#/checkin")
    viewer.tap(".day-chip")
    viewer.page.locator(".day-chip[aria-expanded=true]").wait_for()


def _answered_questionnaire(viewer: Viewer) -> None:
    last = len([item for item in DEMO_INSTRUMENT.items if item.is_on_form])
    viewer.open(f"/app/#/questionnaire?instrument={DEMO_INSTRUMENT.code}&item={last}")
    viewer.tap("label:has(input[type=radio])")
    viewer.tap(".bar .button-main")
    viewer.page.wait_for_url(re.compile("#/answered"))
    viewer.settle()


def _one_page(viewer: Viewer) -> None:
    viewer.open("/app/#/settings")
    viewer.page.get_by_role("switch").nth(5).check(force=True)
    viewer.open("/app/#/checkin")


def _call(viewer: Viewer) -> None:
    viewer.open("/app/#/flags")
    viewer.tap("main [aria-pressed]")
    viewer.tap(".bar .button")
    viewer.page.locator("[role=alertdialog]").wait_for()


def _saved(viewer: Viewer) -> None:
    viewer.open("/app/#/checkin?step=3")
    viewer.tap("label:has(input[type=radio])")
    viewer.tap(".bar .button")
    viewer.page.wait_for_url(re.compile("#/(flags|saved)"))
    if "flags" in viewer.page.url:
        viewer.tap(".bar .button")
        viewer.page.wait_for_url(re.compile("#/saved"))
    viewer.settle()


def _table(viewer: Viewer) -> None:
    viewer.open("/app/#/curve")
    viewer.tap("#table-button")
    viewer.page.locator("main table").wait_for()


def _curve(viewer: Viewer) -> None:
    viewer.open("/app/#/curve")
    viewer.page.locator("svg.curve").wait_for()


def _wrong_code(viewer: Viewer) -> None:
    viewer.open("/activate#AAAAA-AAAAA")
    viewer.tap("button[type=submit]")
    viewer.page.locator("[role=alert]").wait_for()


SCENES: dict[str, Callable[[Viewer], None]] = {
    "today": at("today"),
    "check-in, pain": at("checkin"),
    "check-in, pain answered": _answered,
    "check-in, another day": _other_day,
    "check-in, stiffness": at("checkin?step=2"),
    "check-in, tablet": at("checkin?step=3"),
    "red flags": at("flags"),
    "self-harm": at("harm"),
    "talk": at("talk"),
    "curve": _curve,
    "curve, table": _table,
    "sent": at("sent"),
    "settings": at("settings"),
    "settings, times": at("times"),
    "settings, quiet hours": at("quiet"),
    "settings, pause": at("pause"),
    "settings, language": at("language"),
    "settings, theme": at("theme"),
    "settings, phones": at("phones"),
    "settings, another phone": at("another"),
    "settings, sign out": at("leave"),
    "privacy": at("privacy"),
    "privacy, who has looked": at("looked"),
    "privacy, a copy": at("copy"),
    "questionnaire": at(f"questionnaire?instrument={DEMO_INSTRUMENT.code}"),
    "questionnaire, question": at(f"questionnaire?instrument={DEMO_INSTRUMENT.code}&item=2"),
    "questionnaire without text": at("questionnaire?instrument=haq-di"),
    "privacy, people": at("people"),
    "privacy, let somebody in": at("invite"),
    "privacy, erasure": at("erasure"),
    "shall we remind you": at("remind"),
    "help": at("help"),
    "welcome": at("welcome"),
    "welcome, reading": at("welcome?step=2"),
    "welcome, reminders": at("welcome?step=3"),
    "add more": at("more"),
    "questionnaire answered": _answered_questionnaire,
    "activate": lambda viewer: viewer.open("/activate#ABCDE-12345"),
    "activate, wrong code": _wrong_code,
    "saved": _saved,
    "today, done": at("today"),
    "call": _call,
    "check-in, one page": _one_page,
    "today, offline": _offline,
}
"""Scenes by name, in the order in which one phone can show them all."""
