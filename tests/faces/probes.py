"""Probes of a page for what no assertion on the document shows, because a person meets it on the glass."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

GEOMETRY = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def geometry_faults(page: Page) -> list[str]:
    """Return what a finger or an eye meets: sideways scrolling, small or covered controls, cut-off text.

    A control is at least 44 px high and wide; 40 px where only a mouse points.
    """
    least = 44 if page.evaluate("matchMedia('(any-pointer: coarse)').matches") else 40
    found: list[str] = page.evaluate(GEOMETRY, least)
    return found


def axe_faults(page: Page, *, tags: list[str] | None = None) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA, a line for each.

    It looks at the end of the page, where the bar at the lower edge covers nothing; ``geometry_faults`` finds
    what could not be scrolled from under it.
    """
    page.evaluate(_axe_source())
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        tags or AXE_TAGS,
    )
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:120]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


@cache
def _axe_source() -> str:
    # axe-core is under MPL-2.0; it is used by tests only and never shipped
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
