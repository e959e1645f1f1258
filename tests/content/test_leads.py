"""A post's links to goods say which post it was; the pages they lead to are the same for everyone, to the byte."""

import re

import pytest
from flask import Flask

from storefront.content.leads import lead, leading
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product, variant_facts
from tests.builders.content import a_post
from tests.client import ShopClient


@pytest.mark.parametrize(
    ("link", "led"),
    [
        ("/products/kit", "/products/kit?from_post=12"),
        ("/products/kit#choose", "/products/kit?from_post=12#choose"),
        ("/products/kit?size=l&amp;pack=a", "/products/kit?size=l&amp;pack=a&amp;from_post=12"),
        ("/products/kit?from_post=3", "/products/kit?from_post=12"),
        ("http://localhost/products/kit", "http://localhost/products/kit?from_post=12"),
        *[
            (other, other)
            for other in (
                "/products",
                "/products?sort=price",
                "/products/kit/more",
                "/collections/kits",
                "/blog/other",
                "#s-first",
                "mailto:a@example.org",
                "https://other.example/products/kit",
                "https://localhost.example/products/kit",
            )
        ],
    ],
)
def test_links_to_products_carry_their_post_and_no_others_do(inside: Flask, link: str, led: str) -> None:
    html = f'<p><a href="{link}" title="x">Kit</a> and <code>href="/products/kit"</code></p>'

    assert leading(html, post_id=12) == html.replace(f'href="{link}"', f'href="{led}"', 1)


@pytest.mark.parametrize("query", ["a=%22%3E%3Cscript%3E", "a=b&c", "a=ü"])
def test_what_a_link_asked_for_stays_an_address(inside: Flask, query: str) -> None:
    led = lead(f"/products/kit?{query}", post_id=12)

    assert re.fullmatch(r"/products/kit\?[\w%&=.+-]*from_post=12", led, re.ASCII)


def test_a_products_page_is_the_same_whichever_post_led_to_it(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        a_product("kit", variant_facts("S"), variant_facts("L"), options=("Size",))

    plain, led = client.get("/products/kit?size=l"), client.get("/products/kit?size=l&from_post=12")

    assert led.data == plain.data
    assert led.headers["ETag"] == plain.headers["ETag"]
    assert '<link rel="canonical" href="http://localhost/products/kit">' in led.text
    assert not led.headers.getlist("Set-Cookie")


def test_a_post_its_cards_and_its_feed_lead_to_goods_as_that_post(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        a_product("kit", title="Kit")
        post_id = a_post(slug="diary", body="See [it](/products/kit).\n\n{{ product: kit }}\n").id

    page, feed = client.get("/blog/diary").text, client.get("/blog/feed.xml").text

    assert page.count(f'href="/products/kit?from_post={post_id}"') == 2
    assert feed.count(f"/products/kit?from_post={post_id}") == 2
    assert f'"/products/kit?from_post={post_id}"' not in re.findall(r'"url": ?"[^"]*"', page)
