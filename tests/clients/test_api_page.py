"""docs/reference/api.md shows the requests and responses of the running product."""

from tests.api_page import MARK, PAGE, filled, recorded


def test_the_page_shows_what_the_product_responds() -> None:
    text, exchanges = PAGE.read_text(encoding="utf-8"), recorded()
    assert {name for _, name, _ in MARK.findall(text)} == set(exchanges), "every exchange is on the page"
    assert text.count("<!-- exchange: ") == len(exchanges) == len(MARK.findall(text))
    assert text == filled(text, exchanges), "make pages writes it anew"


def test_no_secret_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "Bearer …" in text
    for line in text.splitlines():
        if '"access_token":' in line or '"refresh_token":' in line or '"secret":' in line:
            assert line.strip().rstrip(",").endswith('"…"'), line


def test_a_page_that_is_wrong_would_be_noticed() -> None:
    page = "<!-- exchange: entry -->\nold\n<!-- end of exchange -->\n"
    assert filled(page, {"entry": "new\n"}) == page.replace("old", "new")
