"""Buying in Chromium: with script and without, by keyboard alone, at the narrowest width, readable by everyone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from storefront import jobs
from tests.needs import needs_npm
from tests.walks.live import ON_ONE_ENGINE, LiveShop, a_page, faults, fill_details, pay, put_in, to_review

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_shopper_buys_from_the_shelf_to_the_order(chromium: Browser, shop: LiveShop, script: bool) -> None:
    with a_page(chromium, script=script) as page:
        page.goto(shop.url)
        page.get_by_role("link", name="All goods").first.click()
        page.get_by_role("heading", name="Lion’s mane kit").get_by_role("link").click()
        page.get_by_role("link", name="3 kg").click()
        expect(page.locator("#choose")).to_contain_text("€39.00")
        put_in(page)
        page.goto(f"{shop.url}/cart")
        expect(page.get_by_role("main")).to_contain_text("3 kg / plain box")

        page.goto(f"{shop.url}/checkout")
        fill_details(page)
        page.locator("main form button:not([name=change])").last.click()
        page.wait_for_url("**/checkout/review")
        pay(page, shop)

        expect(page.get_by_role("main")).to_contain_text("Invoice")
        address = page.url
        page.goto(f"{shop.url}/cart")
        expect(page.get_by_role("main")).not_to_contain_text("Lion’s mane kit")
    assert re.fullmatch(rf"{shop.url}/orders/\d+", address)


def test_the_header_counts_what_is_in_the_cart(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit")
        put_in(page)
        page.goto(f"{shop.url}/products")

        expect(page.locator("[data-cart] .count")).to_have_text(re.compile("^1"))


def test_going_back_after_paying_does_not_order_again(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        to_review(page, shop)
        pay(page, shop)
        order = page.url
        page.goto(f"{shop.url}/checkout/review")

        expect(page).to_have_url(order)


def test_the_whole_purchase_needs_no_mouse(chromium: Browser, shop: LiveShop) -> None:
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/products/kit")
        _go(page, page.get_by_role("link", name="3 kg"))
        page.wait_for_url("**size=3-kg**")
        _go(page, page.get_by_role("button", name="Add to cart"))
        _go(page, page.get_by_role("dialog").get_by_role("link", name="Go to checkout"))
        page.wait_for_url("**/checkout")
        for name, text in (
            ("email", "mara@example.org"),
            ("delivery_name", "Mara Lindt"),
            ("delivery_street_address", "Gartenweg 8"),
            ("delivery_postal_code", "04109"),
            ("delivery_city", "Leipzig"),
        ):
            _reach(page, page.locator(f"main [name={name}]"))
            page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.wait_for_url("**/checkout/review")
        _go(page, page.get_by_role("button", name="Order and pay"))
        page.wait_for_url(f"{shop.sandbox.url}/pay/**")
        _go(page, page.get_by_role("button", name="Pay 39.00 EUR"))
        page.wait_for_url(f"{shop.url}/orders/*")

        expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")


def _go(page: Page, target: Locator) -> None:
    _reach(page, target)
    page.keyboard.press("Enter")


def _reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; what cannot be reached so fails."""
    handle = target.element_handle()
    for _press in range(80):
        if page.evaluate("element => element === document.activeElement", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def _visits(page: Page, shop: LiveShop) -> Iterator[str]:
    """Every page of the shop in every state, one after another; answers the name of the one now open."""
    for path in (
        *("/", "/products", "/collections/kits?in-stock=1&sort=price", "/products/kit?size=3-kg"),
        *("/products/cup", "/cart", "/orders/find", "/policies/shipping", "/policies/money-back"),
        *("/policies/withdrawal", "/nothing"),
    ):
        page.goto(shop.url + path)
        yield path
    page.get_by_role("link", name="Find your order").first.click()
    page.get_by_role("button", name="Show the order").click()
    page.get_by_role("alert").wait_for()
    yield "find order, with errors"
    page.goto(f"{shop.url}/products/kit?size=3-kg")
    put_in(page)
    yield "drawer"
    page.goto(f"{shop.url}/cart")
    yield "cart with goods"
    page.locator(".stepper input").fill("many")
    page.locator(".line .wrong").wait_for()
    yield "cart, with a line that is wrong"
    page.goto(f"{shop.url}/checkout")
    yield "checkout"
    page.locator("main form button:not([name=change])").last.click()
    page.get_by_role("alert").wait_for()
    yield "checkout, with errors"
    fill_details(page)
    page.locator("main form button:not([name=change])").last.click()
    page.wait_for_url("**/checkout/review")
    yield "review"
    page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url(f"{shop.sandbox.url}/pay/**")
    page.goto(f"{shop.url}/checkout/review")
    yield "review of an order that waits"
    pay(page, shop)
    yield "paid order"
    jobs.drain(shop.app)
    page.goto(f"{shop.url}/mailbox")
    yield "mailbox"
    page.get_by_role("main").get_by_role("link", name="is paid").click()
    page.wait_for_url("**/mailbox/*")
    yield "mail"


@ON_ONE_ENGINE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_any_page(chromium: Browser, shop: LiveShop, scheme: str) -> None:
    axe, found = needs_npm(), {}

    with a_page(chromium, color_scheme=scheme) as page:
        for name in _visits(page, shop):
            found[name] = faults(page, axe)

    assert {name: problems for name, problems in found.items() if problems} == {}


@ON_ONE_ENGINE
@pytest.mark.parametrize("width", [320, 768])
def test_no_page_scrolls_sideways(chromium: Browser, shop: LiveShop, width: int) -> None:
    widths = {}

    with a_page(chromium, width=width) as page:
        for name in _visits(page, shop):
            # A page that is still arriving has no width, and for a moment no element at all.
            page.wait_for_load_state()
            page.wait_for_function("document.documentElement !== null")
            widths[name] = page.evaluate("document.documentElement.scrollWidth")

    assert {name: found for name, found in widths.items() if found > width} == {}
