"""A typed number: never lost, never another one, and blank where it does not fit."""

from typing import Any

import pytest
from playwright.sync_api import Page

from api.web.app_pages import static_tree
from tests.faces.conftest import Phone

SHOW = """async ([lit, module, field]) => {
  const { html, render } = await import(lit);
  const { numberField, hasMisfit } = await import(module);
  window.hasMisfit = hasMisfit;
  window.answer = undefined;
  window.draw = () => render(html`<main><h1 id="n-text">Minutes</h1>
    ${numberField({ id: "n", labelledBy: "n-text", ...field }, window.answer, (given) => {
      window.answer = given;
      window.draw();
    })}</main>`, document.body);
  window.draw();
}"""


def shown(phone: Phone, **field: Any) -> Page:
    """Show a field of its own on a page of the app."""
    page = phone.open("/activate").page
    page.get_by_role("heading", level=1).wait_for()
    with phone.server.app.app_context():
        tree = static_tree()
    names = tree.url("vendor/lit-html/lit-html.js"), tree.url("shared/number_field.js")
    page.evaluate(SHOW, [*names, field])
    return page


@pytest.mark.parametrize(
    ("typed", "is_whole", "answer"),
    [("45", True, 45), ("0", True, 0), ("7.5", False, 7.5), ("800", True, None), ("7.5", True, None)],
)
def test_what_is_typed_is_the_answer_without_leaving_the_field(
    phone: Phone, typed: str, is_whole: bool, answer: float | None
) -> None:
    page = shown(phone, lowest=0, highest=720, isWhole=is_whole)
    page.get_by_role("spinbutton").press_sequentially(typed)
    assert page.evaluate("window.answer ?? null") == answer
    assert page.evaluate("window.hasMisfit()") is (answer is None)
    page.evaluate("window.draw()")
    assert page.get_by_role("spinbutton").input_value() == typed, "a redraw replaces nothing"


def test_an_answer_given_elsewhere_replaces_what_was_typed(phone: Phone) -> None:
    page = shown(phone, lowest=0, highest=720, isWhole=True)
    page.get_by_role("spinbutton").press_sequentially("45")
    page.evaluate("window.answer = 30; window.draw()")
    assert page.get_by_role("spinbutton").input_value() == "30"
    page.evaluate("window.answer = undefined; window.draw()")
    assert page.get_by_role("spinbutton").input_value() == ""
