"""A walk through every page of the demo shop, in the states that people meet: empty, full, wrong, sold out, paid.

Knows the way and names each stop; refuses to know what is done there.
"""

import sqlite3
from collections.abc import Iterator

from playwright.sync_api import Page

from bench.open_shop import OpenShop
from storefront.orders.models import number_of_id

# The same for everyone: name and path. The first three are those that search engines send people to. What stands in
# braces is looked up in the shop's rows by `_LOOKED_UP`.
PUBLIC = {
    "home": "/",
    "collection": "/collections/growing-kits",
    "product": "/products/lions-mane-kit?size=1.5-kg",
    "collection-filtered": "/products?in-stock=1&sort=price",
    "product-plain": "/products/tasting-cup",
    "product-sold-out": "{sold_out}",
    "shipping": "/policies/shipping",
    "money-back": "/policies/money-back",
    "journal": "/blog",
    "post": "{post}",
    "tag": "{tag}",
    "author": "{author}",
    "contact": "/contact",
    "withdrawal": "/policies/withdrawal",
    "find-order": "/orders/find",
    "not-found": "/products/nothing-by-this-name",
}
# By what is missing in a path: the row that shows most of its kind.
_LOOKED_UP = {
    "sold_out": """SELECT '/products/' || slug FROM product WHERE NOT is_available AND state = 'published'
        ORDER BY position LIMIT 1""",
    "post": """SELECT '/blog/' || slug FROM post JOIN comment ON subject_kind = 'post' AND subject_id = post.id
        WHERE post.state = 'published' AND post.kind = 'post' AND comment.state = 'published'
        GROUP BY slug ORDER BY count(*) DESC LIMIT 1""",
    "tag": """SELECT '/blog/tags/' || slug FROM tag JOIN post_tag ON tag.id = tag_id
        GROUP BY slug ORDER BY count(*) DESC LIMIT 1""",
    "author": """SELECT '/authors/' || author.slug FROM author JOIN post ON author.id = author_id
        GROUP BY author.slug ORDER BY count(*) DESC LIMIT 1""",
    "order": """SELECT '/staff/orders/' || (999 + id) FROM orders WHERE state = 'paid' AND refunded_minor > 0
        ORDER BY id DESC LIMIT 1""",
    "goods": "SELECT '/staff/products/' || id FROM product WHERE slug = 'lions-mane-kit'",
    "draft": "SELECT '/staff/posts/' || id FROM post WHERE kind = 'post' ORDER BY state = 'published', id LIMIT 1",
}
# What the shopkeeper sees, daily or now and then.
STAFF = {
    "staff-overview": "/staff",
    "staff-orders": "/staff/orders",
    "staff-order": "{order}",
    "staff-refunds": "/staff/refunds",
    "staff-product": "{goods}",
    "staff-stock": "/staff/stock",
    "staff-post": "{draft}",
    "staff-comments": "/staff/comments",
    "staff-claims": "/staff/claims",
    "staff-earnings": "/staff/earnings",
    "staff-record": "/staff/audit",
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
        page.goto(shop.url + filled_in(path, shop))
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
    yield from _staff(page, shop)


def filled_in(path: str, shop: OpenShop) -> str:
    """The path with what stands in braces looked up in this shop."""
    if not path.startswith("{"):
        return path
    with sqlite3.connect(shop.database) as books:
        (found,) = books.execute(_LOOKED_UP[path.strip("{}")]).fetchone()
    return str(found)


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


def _staff(page: Page, shop: OpenShop) -> Iterator[str]:
    page.goto(shop.staff_link())
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(f"{shop.url}/staff*")
    for name, path in STAFF.items():
        page.goto(shop.url + filled_in(path, shop))
        yield name
