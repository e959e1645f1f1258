"""One cart before “Order and pay” in eight windows, each with a checkout of its own, over HTTP: one of them has what
is there once, the others are told, and what was given up is free again.

The control run, against a server without the guards, lets several have it.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.database import session
from storefront.orders.models import Order, OrderState
from storefront.payments.models import AttemptState, PaymentAttempt
from storefront.reports.prove import prove
from tests.builders.catalogue import a_variant, on_hand
from tests.builders.credit import a_gift_card
from tests.builders.discounts import a_discount
from tests.servers.processes import ShopProcesses
from tests.servers.shopper import Shopper
from tests.walks.test_rush import OpenShop, at_once

WINDOWS, PRICE, CARD = 8, 2400, 2000
Windows = tuple[list[Shopper], list[dict[str, str]], int]

# What who was not the last to press may read.
TOLD = ("This order is no longer open.", "no longer has this amount", "cannot be had any more")


def in_windows(shop: ShopProcesses, app: Flask, *, need: str) -> Windows:
    """Windows with one cart and a draft each, their forms, and the variant."""
    with app.app_context():
        variant_id = a_variant(on_hand=1 if need == "stock" else WINDOWS, price_minor=PRICE).id
        code = {"card": a_gift_card(CARD).code, "code": "SPRING10", "stock": ""}[need]
        a_discount(total_limit=1)
    first = Shopper(shop.origin)
    first.fill(variant_id)
    if code:
        first.take_code(code)
    windows = [Shopper(shop.origin) for _ in range(WINDOWS)]

    def prepare(window: Shopper) -> dict[str, str]:
        window.browser.cookies.update(first.browser.cookies)
        window.browser.cookies.pop("draft")
        window.type_address()
        return window.review()

    with ThreadPoolExecutor(4) as pool:
        return windows, list(pool.map(prepare, windows)), variant_id


def waiting() -> list[Order]:
    return list(session().scalars(sa.select(Order).where(Order.state == OrderState.AWAITING_PAYMENT)))


@pytest.mark.parametrize("need", ["card", "code", "stock"])
def test_of_one_cart_in_eight_windows_one_order_has_what_is_there_once(
    open_shop: OpenShop, need: str
) -> None:
    shop, app = open_shop()
    windows, forms, variant_id = in_windows(shop, app, need=need)
    assert len({(form["total"], form.get("credit")) for form in forms}) == 1

    answers = at_once(windows, forms)

    assert {answer.status_code for answer in answers} <= {303, 422}
    jobs.drain(app)
    told = [answer.text for answer in answers if answer.status_code == 422]
    assert all(any(text in page for text in TOLD) for page in told)
    with app.app_context():
        (last,) = waiting()
        assert (last.total_minor, last.credit_minor) == {
            "card": (PRICE, CARD),
            "code": (2160, 0),
            "stock": (PRICE, 0),
        }[need]
        left = sa.select(PaymentAttempt.order_id).where(PaymentAttempt.state != AttemptState.EXPIRED)
        assert list(session().scalars(left)) == [last.id]
        assert on_hand(variant_id) == (0 if need == "stock" else WINDOWS - 1)
        assert prove() == []


@pytest.mark.parametrize("need", ["card", "code", "stock"])
def test_without_the_guards_several_have_it(open_shop: OpenShop, need: str) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])
    windows, forms, _variant_id = in_windows(shop, app, need=need)

    at_once(windows, forms)

    with app.app_context():
        assert len(waiting()) > 1
        assert prove() != []
