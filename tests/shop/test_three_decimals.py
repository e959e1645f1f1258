"""A shop in dinars shows what it will charge: Stripe takes three decimals only in steps of ten."""

from collections.abc import Callable

from flask import Flask

from tests.builders.cart import a_policy, put_in
from tests.builders.catalogue import a_product, the_variants, variant_facts
from tests.client import browser


def test_every_page_shows_the_price_that_the_cart_charges(make_app: Callable[..., Flask]) -> None:
    app = make_app(currency="KWD")
    with app.app_context():
        a_policy()
        variant_id = the_variants(a_product("kit", variant_facts(price_minor=1235, on_hand=9)).slug)[0].id
    client = browser(app)

    put_in(client, variant_id)
    pages = [client.get(path) for path in ("/cart", "/products", "/products/kit")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all("1.240" in page.text for page in pages)
    assert not any("1.235" in page.text for page in pages)
