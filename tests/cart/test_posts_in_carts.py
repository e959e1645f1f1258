"""A cart knows from which post a thing came: from a card, from a link, over a sign-in; never by asking the device."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.cart.contents import Cart, CartLine, as_list, from_list
from storefront.cart.cookie import cart_in_cookie
from storefront.cart.forms import post_in_address
from storefront.cart.queries import saved_cart
from storefront.cart.quote import Quote
from storefront.cart.saved import change_saved_cart, take_in_cart
from storefront.catalogue.models import Variant
from storefront.checkout import actions, drafts
from storefront.config import settings
from storefront.content.models import Post
from storefront.database import release, session
from storefront.orders.models import Order, OrderLine
from tests.builders.accounts import a_customer
from tests.builders.cart import a_shelf
from tests.builders.catalogue import a_variant
from tests.builders.content import a_post
from tests.builders.orders import LEIPZIG
from tests.client import ShopClient
from tests.counting import Counting


def add(client: ShopClient, variant: Variant, *, referer: str = "", **fields: object) -> None:
    """Press “Add to cart” on a page of that address."""
    headers = {"Referer": referer} if referer else {}
    answer = client.post("/cart/lines", data={"variant": variant.id, **fields}, headers=headers)
    assert answer.status_code == 303, answer.text


def cart_of(app: Flask, client: ShopClient) -> Cart:
    """What the browser keeps."""
    cookie = client.get_cookie("cart")
    with app.test_request_context("/", headers={"Cookie": f"cart={cookie.value if cookie else ''}"}):
        return cart_in_cookie()


def ordered(cart: Cart) -> Order:
    """The order that a shopper makes of the cart. Opens transactions."""
    draft_id = drafts.keep_details(None, email="mara@example.org", delivery=LEIPZIG, billing=None)
    quote = Quote.of(cart, country="DE", shipping_code="standard")
    release()
    placed = actions.place_order(
        draft_id,
        cart=cart,
        shipping_code="standard",
        shown_total_minor=quote.total.minor,
        origin=settings().origin,
    )
    return session().get_one(Order, placed.order_id)


def posts_of_lines(order: Order) -> list[int | None]:
    """The post of each line."""
    mine = sa.select(OrderLine.post_id).where(OrderLine.order_id == order.id)
    return list(session().scalars(mine.order_by(OrderLine.position)))


def test_a_card_and_a_link_say_their_post(app: Flask, client: ShopClient) -> None:
    variant, other = a_shelf(app), a_shelf(app)

    add(client, variant, post=7)
    add(client, other, referer="http://localhost/products/kit?size=small&from_post=8")

    assert [line.post_id for line in cart_of(app, client).lines] == [7, 8]


@pytest.mark.parametrize(
    ("address", "post_id"),
    [
        ("http://localhost/products/kit?from_post=12", 12),
        ("http://localhost/products/kit?size=l&from_post=12&x=1", 12),
        ("http://localhost/products/kit?from_post=12#choose", 12),
        ("http://localhost/products/kit", None),
        ("http://localhost/products/kit?from_post=", None),
        ("http://localhost/products/kit?from_post=0", None),
        ("http://localhost/products/kit?from_post=-1", None),
        ("http://localhost/products/kit?from_post=1.5", None),
        ("http://localhost/products/kit?from_post=１２", None),
        ("http://localhost/products/kit?from_post=" + "9" * 30, None),
        ("http://localhost/products/kit?not_from_post=12", None),
        ("http://[/?from_post=12%zz", None),
        ("", None),
    ],
)
def test_the_post_in_an_address_is_a_plain_number_or_none(address: str, post_id: int | None) -> None:
    assert post_in_address(address) == post_id


@pytest.mark.parametrize("post", ["", "0", "-1", "x", "1e3", "9" * 40, "٣", "1;drop"])
def test_a_post_that_is_none_puts_the_thing_in_all_the_same(
    app: Flask, client: ShopClient, post: str
) -> None:
    variant = a_shelf(app)

    add(client, variant, post=post)

    assert [line.post_id for line in cart_of(app, client).lines] == [None]


def test_a_line_stays_with_the_post_it_came_from_first() -> None:
    cart = Cart().add(1, 1).add(2, 1, post_id=7).add(2, 1, post_id=8).add(1, 1, post_id=9)

    assert [(line.variant_id, line.quantity, line.post_id) for line in cart.lines] == [(1, 2, 9), (2, 2, 7)]


def test_what_a_device_remembers_counts_only_where_the_shop_was_told_to_ask(
    make_app: Callable[..., Flask],
) -> None:
    read = []
    for said in ("no", "yes"):
        app = make_app(remember_posts=said)
        client = ShopClient(app, app.response_class, use_cookies=True)
        variant = a_shelf(app)
        add(client, variant, first_post=3, last_post=4)
        add(client, variant, first_post=9, last_post=5)
        add(client, variant, first_post="x", last_post="-1")
        cart = cart_of(app, client)
        read.append((cart.first_post, cart.last_post))

    assert read == [(None, None), (3, 5)]


def test_the_module_that_remembers_is_loaded_only_where_the_shop_was_told_to(
    make_app: Callable[..., Flask],
) -> None:
    pages = []
    for said in ("no", "yes"):
        app = make_app(remember_posts=said)
        a_shelf(app)
        with app.app_context():
            slug = a_post().slug
        pages.append(ShopClient(app, app.response_class).get(f"/blog/{slug}").text)

    assert ["js/readings." in page for page in pages] == [False, True]
    assert all('<article data-post="' in page for page in pages)


def test_a_cart_written_before_posts_were_remembered_is_read_as_it_was() -> None:
    cart = Cart("c", (CartLine(1, 2, 2400, 7),), "DE")
    read = replace(cart, first_post=3, last_post=None)

    assert as_list(cart) == ["c", [[1, 2, 2400, 7]], "DE"]
    assert (from_list(as_list(cart)), from_list(as_list(read))) == (cart, read)
    assert from_list(["c", [], "DE", "x", 1]) == Cart("c", (), "DE")


def test_carts_that_become_one_keep_where_their_lines_came_from(app: Flask) -> None:
    a_shelf(app)
    with app.app_context():
        customer = a_customer().id
        tea, kit, cup = (a_variant(on_hand=9).id for _each in range(3))
        mine = Cart("mine", (CartLine(tea, 1, None, 7), CartLine(kit, 1)), first_post=1, last_post=2)
        change_saved_cart(customer, lambda _cart: mine)
        guest = Cart("g", (CartLine(tea, 4, None, 8), CartLine(kit, 1, None, 9), CartLine(cup, 1, None, 5)))

        take_in_cart(customer, replace(guest, first_post=3, last_post=4))

        found = saved_cart(customer)
        assert [(line.variant_id, line.quantity, line.post_id) for line in found.lines] == [
            (tea, 4, 7),
            (kit, 1, 9),
            (cup, 1, 5),
        ]
        assert (found.first_post, found.last_post) == (1, 4)


def test_an_order_keeps_the_posts_of_its_cart_and_no_others(app: Flask) -> None:
    a_shelf(app)
    with app.app_context():
        public, draft = a_post().id, a_post(published=False).id
        kits = [a_variant(on_hand=9).id for _each in range(4)]
        posts = (public, draft, 10**17, None)
        lines = tuple(CartLine(kit, 1, None, post) for kit, post in zip(kits, posts, strict=True))

        order = ordered(Cart("c", lines, first_post=public, last_post=2**80))

        assert posts_of_lines(order) == [public, None, None, None]
        assert (order.first_post_id, order.last_post_id) == (public, None)


def test_an_order_that_came_from_no_post_asks_for_none(app: Flask, count_queries: Counting) -> None:
    a_shelf(app)
    with app.app_context():
        kit = a_variant(on_hand=9).id
        with count_queries() as counted:
            ordered(Cart("c", (CartLine(kit, 1),)))

    assert not [each for each in counted.statements if Post.__tablename__ in each.split()]
