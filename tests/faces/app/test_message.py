"""Screens that a tapped notification leads to, by what the phone knows of it and of what is due."""

from typing import Any

from api.web.app_pages import static_tree
from tests.faces.bare_page import BarePhone

CHECK_IN = {"kind": "check_in", "instrument": None, "slot": None, "notice": None}
ASKED = {"kind": "assessment", "instrument": "siqr", "slot": "siqr:1", "notice": None}
WITHOUT_WORDS = {"kind": "assessment", "instrument": "haq-di", "slot": "haq-di:1", "notice": "no words"}
NOTHING: dict[str, Any] = {"isNew": True, "isAnswered": False, "isFilledIn": False, "due": []}

CASES: tuple[tuple[str | None, dict[str, Any], str], ...] = (
    ("probe", {}, "settings"),
    ("check_in", {"due": [CHECK_IN, ASKED]}, "checkin day=2026-11-27"),
    ("check_in", {"isNew": False}, "checkin day=2026-11-27"),
    ("check_in", {"isAnswered": True}, "today done=1"),
    ("check_in", {"isAnswered": True, "isNew": False}, "today done=1"),
    ("check_in", {"due": [ASKED]}, "today done=over"),
    ("reassessment", {"due": [CHECK_IN, WITHOUT_WORDS, ASKED]}, "questionnaire instrument=siqr slot=siqr:1"),
    ("reassessment", {"due": [WITHOUT_WORDS]}, "questionnaire instrument=haq-di slot=haq-di:1"),
    ("reassessment", {"isFilledIn": True}, "today done=1"),
    ("reassessment", {"isAnswered": True}, "today done=over"),
    ("reassessment", {"isNew": False}, "today"),
    ("summary", {"due": [CHECK_IN, ASKED]}, "today"),
    ("summary", {"due": [ASKED], "isAnswered": True}, "today"),
    ("summary", {"due": [WITHOUT_WORDS]}, "questionnaire instrument=haq-di slot=haq-di:1"),
    ("summary", {"isAnswered": True}, "today done=1"),
    ("summary", {}, "today done=over"),
    (None, {"due": [CHECK_IN]}, "checkin day=2026-11-27"),
    (None, {"due": [WITHOUT_WORDS], "isAnswered": True}, "questionnaire instrument=haq-di slot=haq-di:1"),
    (None, {}, "today done=over"),
    (None, {"isAnswered": True, "isNew": False}, "today done=1"),
)
LEAD = """async ([address, cases]) => {
  const { destination } = await import(address);
  return cases.map((known) => {
    const { name, params } = destination(known);
    return [name, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)].join(" ");
  });
}"""


def test_16_a_message_says_done_only_where_it_is_done_and_leads_to_what_is_not(bare_phone: BarePhone) -> None:
    with bare_phone.server.app.app_context():
        address = static_tree().url("app/acts/message.js")
    known = [{**NOTHING, "today": "2026-11-27", "kind": kind, **what} for kind, what, _ in CASES]
    found = bare_phone.page.evaluate(LEAD, [address, known])
    expected = [(kind, what, place) for kind, what, place in CASES]
    assert [(*case[:2], place) for case, place in zip(CASES, found, strict=True)] == expected
