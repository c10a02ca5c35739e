"""The check-in on a slow phone, from the second visit on: it opens from a reminder, and can be answered."""

from api.web.app_pages import static_tree
from tests.faces.conftest import Phone
from tests.faces.speed import FILL, usually

WITHIN_S = 1.0


def test_the_check_in_can_be_used_within_a_second_on_a_slow_phone_after_ten_thousand_entries_too(
    app: Phone,
) -> None:
    app.wait_for_worker()
    assert usually(app, within_s=WITHIN_S).on_a_phone_s <= WITHIN_S
    with app.server.app.app_context():
        store = static_tree().url("app/store.js")
    app.page.evaluate(FILL, [store, 10_000])
    assert usually(app, within_s=WITHIN_S).on_a_phone_s <= WITHIN_S
