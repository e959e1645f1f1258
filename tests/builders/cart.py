"""Carts for tests, filled through the shop's own pages.

Knows how a shopper gets to the checkout; refuses to write a cookie of its own.
"""

import re
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

from storefront.cart.contents import Cart, CartLine
from storefront.catalogue.models import Variant
from storefront.config import settings
from storefront.policies.actions import publish_policy
from storefront.policies.document import PolicyDocument, default_document
from tests.builders.catalogue import a_variant
from tests.client import ShopClient

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL)

# An address that Germany accepts, by the form's field names.
BERLIN = {
    "email": "mara@example.org",
    "country": "DE",
    "delivery_name": "Mara Lindt",
    "delivery_street_address": "Gartenweg 8",
    "delivery_postal_code": "10115",
    "delivery_city": "Berlin",
    "billing_same": "y",
}


def a_policy(document: PolicyDocument | None = None) -> int:
    """A policy in force: free shipping everywhere and 60 days money back, unless another is given."""
    return publish_policy(document or default_document(settings().currency), author="system", note="")


def a_cart(*lines: tuple[int, int], id: str = "cart-1") -> Cart:
    """A cart of (variant id, pieces)."""
    return Cart(id, tuple(CartLine(variant_id, pieces) for variant_id, pieces in lines))


def a_shelf(app: Flask, *, on_hand: int | None = 3, price_minor: int = 2400, title: str = "Kit") -> Variant:
    """A variant for sale in a shop with a policy."""
    with app.app_context():
        a_policy()
        return a_variant(on_hand=on_hand, price_minor=price_minor, title=title)


def put_in(client: ShopClient, variant: Variant | int, quantity: object = 1) -> TestResponse:
    """Press “Add to cart”."""
    variant_id = variant if isinstance(variant, int) else variant.id
    return client.post("/cart/lines", data={"variant": variant_id, "quantity": quantity})


def token(page: TestResponse) -> str:
    """The hidden token of a page's form."""
    found = _TOKEN.search(page.text)
    assert found, page.text
    return unescape(found[1])


def words(page: TestResponse) -> str:
    """What a page says to people, without tags, its white space single."""
    return re.sub(r"\s+", " ", unescape(_TAGS.sub(" ", page.text)))


def pieces(client: ShopClient) -> int:
    """The number in the header."""
    answer = client.get("/cart/badge").get_json()
    return int(answer["count"])


def submit_details(client: ShopClient, **changed: str | None) -> TestResponse:
    """Fill in the checkout's first page with a right address, but for what is `changed`; None leaves it out."""
    page = client.get("/checkout")
    fields = {**BERLIN, "csrf_token": token(page), **changed}
    return client.post("/checkout", data={name: text for name, text in fields.items() if text is not None})


def submit_order(client: ShopClient, review: TestResponse, **changed: str) -> TestResponse:
    """Press “Order and pay” on a review that was shown."""
    total = re.search(r'name="total" value="(\d+)"', review.text)
    assert total, review.text
    seen = re.search(r'name="seen" value="(\w+)"', review.text)
    shown = {"total": total[1], "seen": seen[1] if seen else ""}
    fields = {"csrf_token": token(review), **shown, "shipping": "standard", **changed}
    return client.post("/checkout/order", data=fields)
