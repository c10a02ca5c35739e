"""Looks of a face (language, theme, width, size of text), and the cover of all its screens in them.

All scenes are tried as most people see them; over the other looks scenes are spread so that every pair of
a scene, a language, a theme, a width and a size of text occurs. ``FACES=all`` tries all scenes in all looks.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from playwright.sync_api import BrowserContext, Page, Route
from playwright.sync_api import Error as PlaywrightError

from api.web.app_pages import static_tree
from tests.faces.probes import axe_faults, geometry_faults
from tests.faces.serving import FaceServer

LANGUAGES = ("en", "de", "es", "fr", "pseudo")
"""``pseudo`` is English that is 40% longer, read from right to left."""

BITS = ((False, False, False), (False, True, True), (True, False, True), (True, True, False))
"""Dark, wide and enlarged: every pair of values occurs."""

RIGHT_TO_LEFT = "addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl'; })"

SETTLED = """() => document.querySelector("h1") && !document.querySelector(".loading")
  && document.getAnimations().every((each) => each.playState !== "running")"""


@dataclass(frozen=True)
class Look:
    """Look of a face in a browser."""

    language: str = "en"
    is_dark: bool = False
    is_wide: bool = False
    is_enlarged: bool = False

    @property
    def name(self) -> str:
        """The look as part of a name."""
        width, text = "1280" if self.is_wide else "320", "200" if self.is_enlarged else "100"
        return f"{self.language}-{'dark' if self.is_dark else 'light'}-{width}px-{text}%"

    @property
    def options(self) -> dict[str, Any]:
        """The options of the browser."""
        return {
            "locale": {"en": "en-GB", "pseudo": "de-DE"}.get(self.language, self.language),
            "color_scheme": "dark" if self.is_dark else "light",
            "viewport": {"width": 1280 if self.is_wide else 320, "height": 844},
            "service_workers": "block",
        }

    def prepare(self, context: BrowserContext, page: Page, server: FaceServer, words: str) -> None:
        """Give a page the size of text and the words; ``words`` is the German catalogue of the face."""
        self.enlarge(page)
        if self.language == "pseudo":
            context.add_init_script(RIGHT_TO_LEFT)
            context.route(f"**/{words}", _pseudo_words(server, words))

    def enlarge(self, page: Page) -> None:
        """Give a page the size of text."""
        if self.is_enlarged:
            protocol = page.context.new_cdp_session(page)
            protocol.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})

    @contextmanager
    def unrolled(self, page: Page) -> Iterator[Page]:
        """Let the screen be as high as the page, for a picture: one that reaches beyond it has small text."""
        size = page.viewport_size
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height})
        self.enlarge(page)
        yield page
        page.set_viewport_size(size)


class Viewer(Protocol):
    """A browser of a face, seen in one look."""

    @property
    def page(self) -> Page:
        """The page."""


def settle(page: Page) -> None:
    """Wait until the screen is there, and nothing moves or loads."""
    page.wait_for_function(SETTLED)


def _pseudo_words(server: FaceServer, words: str) -> Callable[[Route], None]:
    with server.app.app_context():
        german = json.loads(static_tree().files[words].body)

    def longer(text: str) -> str:
        words = text.rpartition("\u0004")[2]
        return f"[{words} {'~' * int(len(words) * 0.4)}]"

    body = {
        key: longer(key) if isinstance(value, str) else [longer(key)] * len(value)
        for key, value in german.items()
    }
    return lambda route: route.fulfill(json=body)


def cover(scenes: Mapping[str, object]) -> list[Any]:
    """Return the parameters of a test of every screen: a look with the names of the scenes to see in it."""
    return [pytest.param(*each, id=each[0].name) for each in (*_spread(scenes), *_rest(scenes))]


def _spread(scenes: Mapping[str, object]) -> Iterator[tuple[Look, list[str]]]:
    for place, language in enumerate(LANGUAGES):
        for turn, bits in enumerate(BITS):
            look = Look(language, *bits)
            all_of_them = look == Look() or os.environ.get("FACES") == "all"
            chosen = [name for row, name in enumerate(scenes) if (row + place) % len(BITS) == turn]
            yield look, list(scenes) if all_of_them else chosen


def _rest(scenes: Mapping[str, object]) -> Iterator[tuple[Look, list[str]]]:
    looks = [Look(language, *map(bool, (n & 1, n & 2, n & 4))) for language in LANGUAGES for n in range(8)]
    if os.environ.get("FACES") == "all":
        yield from (
            (look, list(scenes))
            for look in looks
            if (look.is_dark, look.is_wide, look.is_enlarged) not in BITS
        )


def faults_of(
    seen: Viewer,
    look: Look,
    scenes: Mapping[str, Callable[[Any], None]],
    names: list[str],
    screenshots: Callable[[Page, str], None],
) -> tuple[dict[str, list[str]], set[str]]:
    """See scenes one after the other; return what is wrong with each, and the names of the screens seen."""
    faults: dict[str, list[str]] = {}
    screens = set()
    for name in names:
        look.enlarge(seen.page)  # a change of the screen's size has undone it
        try:
            scenes[name](seen)
        except PlaywrightError as error:
            faults[name] = [str(error)]
            continue
        screens.add(seen.page.url.partition("#/")[2].partition("?")[0])
        found = geometry_faults(seen.page) + axe_faults(seen.page)
        if os.environ.get("FACES_SCREENSHOTS"):
            with look.unrolled(seen.page) as page:
                screenshots(page, f"{name.replace(', ', '-').replace(' ', '-')}-{look.name}")
        if found:
            faults[name] = found
    return faults, screens
