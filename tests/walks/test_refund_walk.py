"""Giving money back in Chromium: by keyboard alone, without script, with hostile text, readable by everyone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from storefront import jobs
from storefront.accounts.models import Customer
from storefront.accounts.passwords import hashed
from storefront.accounts.second_factor import _codes, new_secret
from storefront.checkout.actions import Placed
from storefront.database import session, transaction
from storefront.orders.models import number_of_id
from storefront.refunds.actions import send_refund
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.orders import the_refunds
from tests.builders.refunds import a_paid_basket, a_payment_in_review, ask_back, some_money
from tests.needs import needs_npm
from tests.walks.live import ON_ONE_ENGINE, LiveShop, a_page, faults

pytestmark = pytest.mark.browser

PASSWORD = "fjord lantern pickle orbit"
HOSTILE = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\"'"


@pytest.fixture
def order_id(shop: LiveShop) -> int:
    """A paid order of 3 × 3.33 and 1 × 10.00."""
    with shop.app.app_context():
        return a_paid_basket(shop.sandbox, (333, 3), (1000, 1)).order_id


def a_clerk(shop: LiveShop) -> int:
    with shop.app.app_context():
        made: int = a_staff_member(role="refunds").id
    return made


def let_in(page: Page, shop: LiveShop, clerk: int) -> None:
    """Put the clerk's cookies into the browser."""
    client = signed_in(shop.app, clerk)
    cookies = client._cookies.values()  # type: ignore[union-attr]
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": shop.url} for each in cookies])


def go(page: Page, target: Locator) -> None:
    """To the target by Tab, and press it."""
    reach(page, target)
    page.keyboard.press("Enter")


def reach(page: Page, target: Locator) -> None:
    handle = target.element_handle()
    for _press in range(80):
        if page.evaluate("element => element === document.activeElement", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def with_password_and_app(shop: LiveShop) -> tuple[str, Callable[[], str]]:
    """Somebody who may refund: the address, and what their authenticator app shows."""
    with shop.app.app_context():
        person = a_staff_member(role="refunds")
        email, secret = person.email, new_secret()
        with transaction() as current:
            found = current.get_one(Customer, person.id)
            found.password, found.tf_totp_secret = hashed(PASSWORD), secret

    def show() -> str:
        with shop.app.app_context():
            return str(_codes().generate_totp_password(secret))

    return email, show


def test_from_sign_in_to_a_refunded_order_needs_no_mouse(
    chromium: Browser, shop: LiveShop, order_id: int
) -> None:
    email, code = with_password_and_app(shop)
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/staff/orders/{number_of_id(order_id)}/refunds")
        reach(page, page.get_by_label("E-mail", exact=False).first)
        page.keyboard.type(email)
        reach(page, page.locator("input[type=password]").first)
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        reach(page, page.locator("[name=code]"))
        page.keyboard.type(code())
        page.keyboard.press("Enter")
        page.wait_for_url("**/refunds")
        reach(page, page.locator("input[name^=pieces]").first)
        page.keyboard.press("Control+a")
        page.keyboard.type("2")
        expect(page.locator("[data-sum]")).to_have_text("€16.66")
        go(page, page.get_by_role("button", name="Check the refund"))
        page.wait_for_url("**/preview")
        go(page, page.get_by_role("button", name="Refund €16.66"))
        page.wait_for_url("**/refunds")

        expect(page.get_by_role("status").first).to_contain_text("€16.66")
    jobs.drain(shop.app)
    with shop.app.app_context():
        assert [(each.state, each.amount_minor) for each in the_refunds(order_id)] == [("settled", 1666)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_sum_of_the_question_is_the_servers(
    chromium: Browser, shop: LiveShop, order_id: int, script: bool
) -> None:
    with a_page(chromium, script=script, width=360) as page:
        let_in(page, shop, a_clerk(shop))
        page.goto(f"{shop.url}/staff/orders/{number_of_id(order_id)}/refunds")
        page.locator("input[name^=pieces]").first.fill("1")
        if script:
            expect(page.locator("[data-sum]")).to_have_text("€13.33")
        page.get_by_role("button", name="Check the refund").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Refund €13.33")


def test_a_hostile_note_runs_nowhere(chromium: Browser, shop: LiveShop, order_id: int) -> None:
    with a_page(chromium) as page:
        let_in(page, shop, a_clerk(shop))
        page.goto(f"{shop.url}/staff/orders/{number_of_id(order_id)}/refunds")
        page.get_by_label("Note for the record").fill(HOSTILE)
        page.get_by_role("button", name="Check the refund").click()
        expect(page.get_by_text(HOSTILE)).to_be_visible()
        page.get_by_role("button", name="Refund €").click()
        expect(page.get_by_text(HOSTILE)).to_be_visible()
        page.get_by_role("link", name="€19.99").click()

        expect(page.get_by_text(HOSTILE)).to_be_visible()
        assert page.evaluate("window.hit === undefined")


@ON_ONE_ENGINE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_pages_about_money_back(
    chromium: Browser, shop: LiveShop, order_id: int, scheme: str
) -> None:
    axe, found = needs_npm(), {}
    with shop.app.app_context():
        failed = ask_back_badly(shop, order_id)
        review = a_payment_in_review(shop.sandbox).attempt_id
    number = number_of_id(order_id)
    paths = (
        *(f"/staff/orders/{number}/refunds", "/staff/refunds", f"/staff/refunds/{failed}"),
        *("/staff/payment-review", f"/staff/payment-review/{review}"),
    )
    with a_page(chromium, color_scheme=scheme) as page:
        let_in(page, shop, a_clerk(shop))
        for path in paths:
            page.goto(shop.url + path)
            found[path] = faults(page, axe)
        page.goto(f"{shop.url}{paths[0]}")
        page.locator("input[name^=pieces]").first.fill("9")
        page.get_by_role("button", name="Check the refund").click()
        page.get_by_role("alert").wait_for()
        found["wrong"] = faults(page, axe)
        page.locator("input[name^=pieces]").first.fill("1")
        page.get_by_role("button", name="Check the refund").click()
        found["question"] = faults(page, axe)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def ask_back_badly(shop: LiveShop, order_id: int) -> str:
    """The id of a refund that the bank refused."""
    refund_id = ask_back(Placed(order_id, ""), some_money(100))
    shop.sandbox.control("refunds", status="failed")
    send_refund(refund_id)
    session().rollback()
    return refund_id
