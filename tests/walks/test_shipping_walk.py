"""Sending an order in Chromium: by keyboard alone from the sign-in, without script, with hostile text, on a phone."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from storefront.accounts.models import Customer
from storefront.accounts.passwords import hashed
from storefront.accounts.second_factor import _codes, new_secret
from storefront.database import transaction
from storefront.orders.actions import add_note
from storefront.orders.models import Fulfilment, number_of_id
from storefront.orders.queries import order_record
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.orders import LEIPZIG, an_order, the_order
from tests.builders.shipments import BY, a_shipment
from tests.needs import needs_npm
from tests.walks.live import ON_ONE_ENGINE, LiveShop, a_page, faults

pytestmark = pytest.mark.browser

PASSWORD = "fjord lantern pickle orbit"
HOSTILE = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\"'"


def let_in(page: Page, shop: LiveShop) -> None:
    """Put the cookies of an owner into the browser."""
    with shop.app.app_context():
        owner: int = a_staff_member(role="owner").id
    cookies = signed_in(shop.app, owner)._cookies.values()  # type: ignore[union-attr]
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": shop.url} for each in cookies])


def reach(page: Page, target: Locator) -> None:
    handle = target.element_handle()
    for _press in range(80):
        if page.evaluate("element => element === document.activeElement", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def test_from_sign_in_to_a_sent_order_needs_no_mouse(chromium: Browser, shop: LiveShop) -> None:
    with shop.app.app_context():
        order_id = an_order(paid=True, pieces=3)
        person = a_staff_member(role="orders")
        email, secret = person.email, new_secret()
        with transaction() as current:
            found = current.get_one(Customer, person.id)
            found.password, found.tf_totp_secret = hashed(PASSWORD), secret
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/staff/orders/{number_of_id(order_id)}")
        reach(page, page.get_by_label("E-mail", exact=False).first)
        page.keyboard.type(email)
        reach(page, page.locator("input[type=password]").first)
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        reach(page, page.locator("[name=code]"))
        with shop.app.app_context():
            page.keyboard.type(str(_codes().generate_totp_password(secret)))
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/staff/orders/{number_of_id(order_id)}")
        reach(page, page.locator("#tracking_number"))
        page.keyboard.type("1234 5678")
        page.keyboard.press("Enter")

        expect(page.get_by_role("status")).to_contain_text("The parcel is on its way.")
        expect(page.get_by_role("heading", level=2).first).to_have_text("Next: say when it arrived")
    with shop.app.app_context():
        assert the_order(order_id).fulfilment == Fulfilment.SHIPPED


def test_without_script_a_part_is_sent_and_a_mistake_is_told(chromium: Browser, shop: LiveShop) -> None:
    with shop.app.app_context():
        order_id = an_order(paid=True, pieces=3)
    with a_page(chromium, script=False) as page:
        let_in(page, shop)
        page.goto(f"{shop.url}/staff/orders/{number_of_id(order_id)}")
        page.locator(".ship-lines input").fill("4")
        page.get_by_role("button", name="Mark as sent").click()
        expect(page.get_by_role("alert")).to_contain_text("Only 3 pieces")
        page.locator(".ship-lines input").fill("1")
        page.get_by_role("button", name="Mark as sent").click()

        expect(page.get_by_role("main")).to_contain_text("1 sent, 2 to send")


def a_hostile_order(shop: LiveShop) -> int:
    """A half sent order whose every text is a script."""
    with shop.app.app_context():
        address = {**LEIPZIG, "name": HOSTILE, "street_address": HOSTILE, "city": HOSTILE}
        order_id = an_order(paid=True, pieces=2, title=HOSTILE, delivery=address)
        add_note(order_id, text=HOSTILE, key="k", by=BY)
        a_shipment(order_id, pieces=1)
    return order_id


PAGES = ("", "/contact", "/delivery", "/cancel", "/shipments/{shipment}", "/documents/{document}")


def addresses(shop: LiveShop, order_id: int) -> list[str]:
    """Every page about one order, and the empty form of a new one."""
    with shop.app.app_context():
        record = order_record(order_id)
        ids = {"shipment": record.shipments[0].id, "document": record.documents[0].id}
    number = number_of_id(order_id)
    of_it = [f"{shop.url}/staff/orders/{number}{path.format(**ids)}" for path in PAGES]
    return [*of_it, f"{shop.url}/staff/packing-slips?n={number}", f"{shop.url}/staff/orders/new"]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_text_runs_and_no_page_scrolls_sideways(chromium: Browser, shop: LiveShop, width: int) -> None:
    order_id = a_hostile_order(shop)
    with a_page(chromium, width=width) as page:
        let_in(page, shop)
        for address in addresses(shop, order_id):
            page.goto(address)
            assert page.evaluate("window.hit") is None, address
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{address} is {wide} wide"


@ON_ONE_ENGINE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_an_order_can_be_read_by_everyone(
    chromium: Browser, shop: LiveShop, scheme: str
) -> None:
    axe = needs_npm()
    order_id = a_hostile_order(shop)
    with a_page(chromium, color_scheme=scheme) as page:
        let_in(page, shop)
        wrong = {}
        for address in addresses(shop, order_id):
            page.goto(address)
            wrong[address] = faults(page, axe)
        assert {address: each for address, each in wrong.items() if each} == {}
