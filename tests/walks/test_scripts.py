"""What the scripts add to pages that work without them: drawer, choice, quantities, filters."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.walks.live import LiveShop, a_page, put_in

pytestmark = pytest.mark.browser

# Adds up what moved without being asked, as browsers count it; asked before the page's first byte.
COUNT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def the_focus(page: Page) -> str:
    """The id of what has the focus, or its text."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText"))


def test_what_is_added_shows_the_cart_over_the_page(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit")
        put_in(page)

        drawer = page.get_by_role("dialog", name="Your cart")
        expect(drawer.get_by_role("status")).to_have_text("Lion’s mane kit is in your cart.")
        expect(drawer).to_contain_text("Total")
        expect(page.locator("[data-cart] .count")).to_have_text(re.compile("^1"))
        assert page.url == f"{shop.url}/products/kit"


def test_escape_closes_the_drawer_and_gives_the_focus_back(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit")
        put_in(page)
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        page.keyboard.press("Escape")

        expect(page.get_by_role("dialog")).to_have_count(0)
        assert the_focus(page) == "Add to cart"


def test_the_focus_stays_in_the_drawer(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit")
        put_in(page)
        behind = set()
        for _press in range(12):
            page.keyboard.press("Tab")
            behind.add(page.evaluate("document.activeElement.closest('main') !== null"))

    assert behind == {False}


def test_what_is_refused_is_said_on_a_page_of_its_own(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit")
        page.locator("[name=variant]").evaluate("field => { field.value = '999999' }")
        page.get_by_role("button", name="Add to cart").click()

        expect(page.get_by_role("status")).to_contain_text("This is no longer sold.")


def test_a_choice_changes_price_stock_and_address_but_not_the_page(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products")
        page.get_by_role("heading", name="Lion’s mane kit").get_by_role("link").click()
        page.evaluate("window.same = true")
        page.get_by_role("link", name="3 kg").click()

        expect(page.locator("#choose")).to_contain_text("€39.00")
        assert page.url == f"{shop.url}/products/kit?size=3-kg&pack=plain-box"
        assert page.evaluate("window.same")
        assert the_focus(page).startswith("3 kg")
        page.go_back()
        expect(page).to_have_url(f"{shop.url}/products")
        page.go_forward()
        expect(page.locator("#choose")).to_contain_text("€39.00")


def test_the_chosen_variant_is_the_one_that_is_put_in(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit")
        page.get_by_role("link", name="3 kg").click()
        expect(page.locator("#choose")).to_contain_text("€39.00")
        put_in(page)

        expect(page.get_by_role("dialog")).to_contain_text("3 kg / plain box")


def test_a_quantity_is_sent_when_the_hand_rests(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit?size=3-kg")
        put_in(page)
        page.goto(f"{shop.url}/cart")
        page.get_by_role("button", name="One more of").click()
        page.get_by_role("button", name="One more of").click()

        expect(page.locator(".sums .total").last).to_have_text("€117.00")
        expect(page.locator("[data-cart] .count")).to_have_text(re.compile("^3"))
        assert the_focus(page).startswith("more-")


def test_a_typed_quantity_keeps_the_focus_and_says_what_is_wrong(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit?size=3-kg")
        put_in(page)
        page.goto(f"{shop.url}/cart")
        page.locator(".stepper input").fill("500")

        expect(page.locator(".line .wrong")).to_contain_text("only 9 are left")
        expect(page.locator(".stepper input")).to_have_value("9")
        assert the_focus(page).startswith("quantity-")


def test_the_last_line_leaves_an_empty_cart(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit?size=3-kg")
        put_in(page)
        page.goto(f"{shop.url}/cart")
        page.get_by_role("button", name="One less of").click()

        expect(page.get_by_role("main")).to_contain_text("Nothing in it yet.")


def test_quantities_change_one_by_one_without_script(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium, script=False) as page:
        page.goto(f"{shop.url}/products/kit?size=3-kg")
        put_in(page)
        page.get_by_role("button", name="One more of").click()

        expect(page.locator(".stepper input")).to_have_value("2")
        page.locator(".stepper input").fill("4")
        page.get_by_role("button", name="Update").click()
        expect(page.locator(".stepper input")).to_have_value("4")


def test_a_filter_narrows_the_shelf_at_once_and_back_widens_it(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products")
        page.get_by_role("checkbox", name="In stock only").check()

        expect(page.locator("[data-part=count]")).to_have_text("2 goods")
        assert "in-stock=1" in page.url
        assert the_focus(page) == "in-stock"
        page.go_back()
        expect(page.locator("[data-part=count]")).to_have_text("3 goods")
        expect(page.get_by_role("checkbox", name="In stock only")).not_to_be_checked()


def test_a_filter_has_its_button_without_script(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium, script=False) as page:
        page.goto(f"{shop.url}/products")
        page.get_by_role("checkbox", name="In stock only").check()
        page.get_by_role("button", name="Show").click()

        expect(page.locator("[data-part=count]")).to_have_text("2 goods")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/", "/products", "/products/kit", "/cart"])
def test_nothing_moves_while_a_page_is_read(chromium: Browser, shop: LiveShop, path: str, width: int) -> None:
    with a_page(chromium, width=width) as page:
        page.add_init_script(COUNT_SHIFTS)
        page.goto(f"{shop.url}/products/kit?size=3-kg")
        put_in(page)
        page.goto(shop.url + path)
        expect(page.locator("[data-cart] .count")).to_be_visible()
        page.wait_for_load_state("networkidle")

        assert page.evaluate("window.shifted") == 0


def test_a_page_may_be_read_from_right_to_left(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium, width=360) as page:
        widths = {}
        for path in ("/", "/products", "/products/kit", "/policies/shipping"):
            page.goto(shop.url + path)
            page.evaluate("document.documentElement.dir = 'rtl'")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")

    assert set(widths.values()) == {360}
