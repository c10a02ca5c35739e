"""An answer that comes late does not take the patient away from another screen."""

import pytest
from playwright.sync_api import expect

from api.cli.demo_wording import DEMO_INSTRUMENT
from tests.faces.app.test_questionnaire import server
from tests.faces.conftest import Phone

__all__ = ["server"]

HELD = """() => {
  const real = window.fetch;
  const free = new Promise((resolve) => { window.release = resolve; });
  window.held = 0;
  window.fetch = async (...given) => { window.held += 1; await free; return real(...given); };
}"""


@pytest.mark.parametrize("slow", ["message", f"questionnaire?instrument={DEMO_INSTRUMENT.code}"])
def test_a_screen_that_loads_late_does_not_come_back_over_another(phone: Phone, slow: str) -> None:
    phone.context.route("**/v1/instruments/**", lambda route: route.abort())  # so none is kept yet
    app = phone.activate()
    app.show("settings", "Settings")
    app.context.unroute("**/v1/instruments/**")
    app.page.evaluate(HELD)
    app.open(f"/app/#/{slow}")
    app.wait_until("window.held > 0 && document.querySelector('.loading') !== null")
    app.show("settings", "Settings")
    app.page.evaluate("release()")
    app.page.wait_for_timeout(500)
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Settings")
