"""A walk through every page of the demo shop, in the states that people meet: empty, full, wrong, sold out, paid.

Knows the way and names each stop; refuses to know what is done there.
"""

import sqlite3
from collections.abc import Iterator

from playwright.sync_api import Page

from bench.open_shop import OpenShop
from storefront.orders.models import number_of_id

# The same for everyone: name and path. The first three are those that search engines send people to.
PUBLIC = {
    "home": "/",
    "collection": "/collections/growing-kits",
    "product": "/products/lions-mane-kit?size=1.5-kg",
    "collection-filtered": "/products?in-stock=1&sort=price",
    "product-plain": "/products/tasting-cup",
    "product-sold-out": "/products/{sold_out}",
    "shipping": "/policies/shipping",
    "money-back": "/policies/money-back",
    "find-order": "/orders/find",
    "not-found": "/products/nothing-by-this-name",
}
_ADDRESS = {
    "email": "mara@example.org",
    "delivery_name": "Mara Lindt",
    "delivery_street_address": "Gartenweg 8",
    "delivery_postal_code": "04109",
    "delivery_city": "Leipzig",
}


def visits(page: Page, shop: OpenShop) -> Iterator[str]:
    """Every stop by its name, one after another, with the page standing at it; `page` has a new browser's cookies."""
    for name, path in PUBLIC.items():
        page.goto(shop.url + path.format(sold_out=sold_out(shop)))
        yield name
    page.goto(shop.url)
    page.set_viewport_size({"width": 360, "height": 900})
    page.get_by_role("button", name="Menu").click()
    yield "menu"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{shop.url}/orders/find")
    page.get_by_role("button", name="Show the order").click()
    yield "find-order-wrong"
    yield from _cart(page, shop)
    yield from _checkout(page, shop)
    yield from _payment(page, shop)
    yield from _mails(page, shop)


def sold_out(shop: OpenShop) -> str:
    """The slug of a product of which nothing is left, with options if there is one."""
    with sqlite3.connect(shop.database) as books:
        found = books.execute(
            "SELECT slug FROM product WHERE NOT is_available AND state = 'published' ORDER BY position LIMIT 1"
        ).fetchone()
    return str(found[0])


def put_in(page: Page, shop: OpenShop, path: str, quantity: int = 1) -> None:
    """Press "Add to cart" on a product's page, and end on the cart's."""
    page.goto(shop.url + path)
    page.locator("#quantity").select_option(str(quantity))
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{shop.url}/cart")


def break_the_books(shop: OpenShop) -> None:
    """Write what no row may say, so that a product's page fails: the last thing that is done to this shop."""
    with sqlite3.connect(shop.database) as books:
        books.execute("PRAGMA ignore_check_constraints = ON")
        books.execute("UPDATE variant SET price_minor = 'broken'")


def _cart(page: Page, shop: OpenShop) -> Iterator[str]:
    page.goto(f"{shop.url}/cart")
    yield "cart-empty"
    put_in(page, shop, "/products/tasting-cup")
    put_in(page, shop, "/products/lions-mane-kit?size=1.5-kg", 2)
    page.goto(f"{shop.url}/products/roasted-stem-tea")
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_selector("dialog[open] .line")
    yield "drawer"
    page.goto(f"{shop.url}/cart")
    yield "cart"
    page.locator(".line input[inputmode=numeric]").first.fill("500")
    page.wait_for_selector(".line .wrong")
    yield "cart-wrong"


def _checkout(page: Page, shop: OpenShop) -> Iterator[str]:
    page.goto(f"{shop.url}/checkout")
    yield "checkout"
    page.locator("main [name=email]").fill("mara at example")
    page.locator("main form button:not([name=change])").last.click()
    page.wait_for_selector("[role=alert]")
    yield "checkout-wrong"
    for name, text in _ADDRESS.items():
        page.locator(f"main [name={name}]").fill(text)
    page.locator("main form button:not([name=change])").last.click()
    page.wait_for_url("**/checkout/review")
    yield "review"


def _payment(page: Page, shop: OpenShop) -> Iterator[str]:
    page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url(f"{shop.payment_url}/pay/**")
    payment = page.url
    yield "payment"
    page.get_by_role("button", name="Decline the card").click()
    page.wait_for_selector("[role=alert]")
    yield "payment-declined"
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(f"{shop.url}/**")
    page.goto(f"{shop.url}/orders/find")
    page.locator("#number").fill(_newest_order(shop))
    page.locator("#email").fill(_ADDRESS["email"])
    page.get_by_role("button", name="Show the order").click()
    page.wait_for_url("**/orders/1*")
    yield "order-waiting"
    page.goto(payment)
    page.locator("button[value=pay]").click()
    page.wait_for_url(f"{shop.url}/orders/*")
    yield "order"


def _newest_order(shop: OpenShop) -> str:
    with sqlite3.connect(shop.database) as books:
        (newest,) = books.execute("SELECT max(id) FROM orders").fetchone()
    return str(number_of_id(newest))


def _mails(page: Page, shop: OpenShop) -> Iterator[str]:
    page.goto(f"{shop.url}/mailbox")
    for _try in range(60):
        if page.locator("main .contents-list a").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    yield "mailbox"
    page.get_by_role("main").get_by_role("link", name="is paid").first.click()
    page.wait_for_url("**/mailbox/*")
    yield "mail"
