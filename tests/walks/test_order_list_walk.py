"""The list of orders in Chromium: by keys alone, without script, on a phone, with nothing that axe objects to."""

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.many_orders import write_orders
from storefront.database import session
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.needs import needs_npm
from tests.walks.live import ON_ONE_ENGINE, LiveShop, a_page, faults

pytestmark = pytest.mark.browser


@pytest.fixture
def many(shop: LiveShop) -> LiveShop:
    """A shop with 120 orders; the newest is 1120."""
    with shop.app.app_context():
        a_policy()
        session().remove()
        write_orders(120)
    return shop


def _let_in(page: Page, shop: LiveShop) -> None:
    with shop.app.app_context():
        person = a_staff_member(role="orders").id
    cookies = signed_in(shop.app, person)._cookies.values()  # type: ignore[union-attr]
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": shop.url} for each in cookies])
    page.goto(f"{shop.url}/staff/orders")


def test_keys_alone_lead_through_the_list(many: LiveShop, chromium: Browser) -> None:
    with a_page(chromium) as page:
        _let_in(page, many)
        focused = page.locator(":focus")

        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(focused).to_have_text("1119")
        page.keyboard.press("k")
        expect(focused).to_have_text("1120")
        page.keyboard.press("x")
        expect(page.locator("[data-chosen]")).to_have_text("1 chosen")
        page.keyboard.press("n")
        expect(page.locator("tbody th a").first).to_have_text("1070")
        page.keyboard.press("p")
        expect(page.locator("tbody th a").first).to_have_text("1120")
        page.keyboard.press("/")
        page.keyboard.type("j?k")
        expect(page.locator("#goto")).to_have_value("j?k")
        page.locator("#goto").fill("1115")
        page.keyboard.press("Enter")
        page.wait_for_url("**/staff/orders/1115")
        page.keyboard.press("g")
        page.keyboard.press("o")
        page.wait_for_url("**/staff/orders")
        page.keyboard.press("j")
        page.keyboard.press("o")
        page.wait_for_url("**/staff/orders/1120")


def test_a_question_mark_lists_the_keys_and_they_can_be_turned_off(many: LiveShop, chromium: Browser) -> None:
    with a_page(chromium) as page:
        _let_in(page, many)

        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
        expect(dialog).to_be_visible()
        dialog.get_by_label("Single keys work in this browser").uncheck()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.keyboard.press("/")

        expect(page.locator("#goto")).not_to_be_focused()


def test_filters_work_without_script(many: LiveShop, chromium: Browser) -> None:
    with a_page(chromium, script=False) as page:
        _let_in(page, many)

        page.get_by_label("Payment", exact=True).select_option("cancelled")
        page.get_by_role("button", name="Apply").click()

        expect(page.get_by_role("list", name="Filters in force")).to_contain_text("Payment: Cancelled")
        expect(page.locator("tbody .tag").first).to_have_text("Cancelled")


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_list_fits_every_screen(many: LiveShop, chromium: Browser, width: int) -> None:
    with a_page(chromium, width=width) as page:
        _let_in(page, many)

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width < 896:
            page.get_by_role("button", name="Filters").click()
            expect(page.get_by_label("Country")).to_be_visible()


@ON_ONE_ENGINE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_list_and_its_question(
    many: LiveShop, chromium: Browser, scheme: str
) -> None:
    axe = needs_npm()
    with a_page(chromium, color_scheme=scheme) as page:
        _let_in(page, many)
        for path in (
            "",
            "?state=paid&q=anna&least=x",
            "/chosen?act=ship&n=1120&n=1119&n=1118",
            "/chosen?act=cancel&n=1",
        ):
            page.goto(f"{many.url}/staff/orders{path}")
            assert faults(page, axe) == []
