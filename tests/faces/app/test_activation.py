"""The first minute: a link or a code becomes a signed-in app."""

import re

from playwright.sync_api import expect

from tests.faces.conftest import Phone


def test_a_link_of_the_team_leads_to_today_in_one_tap(phone: Phone) -> None:
    phone.activate()
    expect(phone.page).to_have_url(re.compile(r"/app/"))
    cookies = {cookie["name"]: cookie for cookie in phone.context.cookies()}
    assert cookies["aimss_p"]["httpOnly"]


def test_looking_at_a_code_does_not_use_it_up(phone: Phone) -> None:
    code = phone.server.code_for(phone.patient)
    phone.open(f"/activate#{code}")
    expect(phone.page.get_by_role("textbox", name="Activation code")).to_have_value(code)
    phone.page.reload()
    phone.page.get_by_role("button", name="Activate").click()
    phone.page.get_by_role("heading", name="Today").wait_for()


def test_a_code_can_be_typed_in_lower_case_without_its_dash_or_pasted_with_its_link(phone: Phone) -> None:
    code = phone.server.code_for(phone.patient)
    field = phone.open("/activate").page.get_by_role("textbox", name="Activation code")
    field.press_sequentially(code.lower().replace("-", ""))
    expect(field).to_have_value(code)
    field.fill(f"{phone.server.address}/activate#{code}")
    expect(field).to_have_value(code)
    phone.page.get_by_role("button", name="Activate").click()
    phone.page.get_by_role("heading", name="Today").wait_for()


def test_a_code_that_was_used_says_who_can_help(phone: Phone) -> None:
    phone.open("/activate#ABCDE-12345").page.get_by_role("button", name="Activate").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("This code does not work any more.")
    expect(phone.page.get_by_role("alert")).to_contain_text("Your team can make a new one")
    expect(phone.page.get_by_role("button", name="Activate")).to_be_enabled()


def test_without_a_network_the_code_stays_and_the_page_says_what_is_needed(phone: Phone) -> None:
    phone.open("/activate#ABCDE-12345")
    phone.context.set_offline(True)
    phone.page.get_by_role("button", name="Activate").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("needs the internet once")
    expect(phone.page.get_by_role("textbox", name="Activation code")).to_have_value("ABCDE-12345")


def test_an_iphone_is_first_asked_to_put_the_app_on_its_home_screen_and_spends_nothing(phone: Phone) -> None:
    code = phone.server.code_for(phone.patient)
    phone.context.add_init_script("Object.defineProperty(navigator, 'standalone', {value: false})")
    page = phone.open(f"/activate#{code}").page
    expect(page.get_by_text("Add to Home Screen")).to_be_visible()
    expect(page.get_by_role("button", name="Activate")).to_have_count(0)
    page.get_by_role("button", name="Use it in the browser instead").click()
    page.get_by_role("button", name="Activate").click()
    page.get_by_role("heading", name="Today").wait_for()


def test_an_app_that_is_not_signed_in_asks_for_the_code(phone: Phone) -> None:
    code = phone.server.code_for(phone.patient)
    page = phone.open("/app/").page
    page.get_by_role("textbox", name="Activation code").fill(code)
    page.get_by_role("button", name="Activate").click()
    page.get_by_role("heading", name="Today").wait_for()


def test_the_app_is_still_signed_in_after_a_restart(app: Phone) -> None:
    app.reopen().page.get_by_role("heading", name="Today").wait_for()
