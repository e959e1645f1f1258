"""A shop in dinars shows what it will charge: Stripe takes three decimals only in steps of ten."""

from collections.abc import Callable

from flask import Flask

from tests.builders.cart import a_policy, words
from tests.builders.catalogue import a_product, the_variants, variant_facts
from tests.client import browser


def test_every_page_shows_the_price_that_the_cart_charges(make_app: Callable[..., Flask]) -> None:
    app = make_app(currency="KWD")
    with app.app_context():
        a_policy()
        product = a_product("kit", variant_facts(price_minor=1235, on_hand=9))
        variant_id = _variant_of(product.slug)
    client = browser(app)

    client.post("/cart/lines", data={"variant": variant_id, "quantity": "1"})
    pages = [client.get(path) for path in ("/cart", "/products", "/products/kit")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all("KWD\N{NO-BREAK SPACE}1.240" in words(page) for page in pages)
    assert not any("1.235" in page.text for page in pages)


def _variant_of(slug: str) -> int:
    return the_variants(slug)[0].id
