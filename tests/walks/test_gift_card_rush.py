"""Twenty shoppers with one gift card, over HTTP: it pays what is on it and no more, and each loser is told.

The control run, against a server without the guard, lets more be spent than was there.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from flask import Flask

from storefront.credit.models import CreditUse
from storefront.database import session
from storefront.orders.models import Order, OrderState
from storefront.reports.prove import prove
from tests.builders.catalogue import a_variant
from tests.builders.credit import Given, a_gift_card, balance
from tests.servers.processes import ShopProcesses
from tests.servers.shopper import Shopper
from tests.walks.test_rush import OpenShop, at_once

SHOPPERS, BALANCE, PRICE = 20, 6000, 2400
LEFT = BALANCE % PRICE

Crowd = tuple[list[Shopper], list[dict[str, str]], Given]


def with_the_card(shop: ShopProcesses, app: Flask, *, shoppers: int) -> Crowd:
    """Shoppers who stand before “Order and pay” with the card's code in their carts, their forms, and the card."""
    with app.app_context():
        card, variant_id = a_gift_card(BALANCE), a_variant(on_hand=None, price_minor=PRICE).id
    crowd = [Shopper(shop.origin) for _ in range(shoppers)]

    def prepare(shopper: Shopper) -> dict[str, str]:
        shopper.fill(variant_id)
        shopper.take_code(card.code)
        return shopper.review()

    with ThreadPoolExecutor(8) as pool:
        return crowd, list(pool.map(prepare, crowd)), card


def spent() -> list[int]:
    """What each order holds of the card, in minor units."""
    held = sa.select(CreditUse.amount_minor).where(CreditUse.released_at.is_(None))
    return sorted(session().scalars(held))


def test_twenty_spend_what_is_on_a_card_and_no_more(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    crowd, forms, card = with_the_card(shop, app, shoppers=SHOPPERS)
    assert {form["credit"] for form in forms} == {str(PRICE)}

    answers = at_once(crowd, forms)

    fit = BALANCE // PRICE
    assert Counter(answer.status_code for answer in answers) == {303: fit, 422: SHOPPERS - fit}
    told = [answer.text for answer in answers if answer.status_code == 422]
    assert all("and now pay" in text or "no longer has this amount" in text for text in told)
    with app.app_context():
        assert (spent(), balance(card.id)) == ([PRICE] * fit, LEFT)
        assert prove() == []
    # Who was too late has seen what is left, and orders with that.
    late = next(at for at, answer in enumerate(answers) if answer.status_code == 422)
    assert crowd[late].order(crowd[late].review()).status_code == 303
    with app.app_context():
        assert (spent(), balance(card.id)) == ([LEFT, *[PRICE] * fit], 0)


def test_the_same_form_twenty_times_at_once_is_one_order_and_one_spend(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    (shopper,), (form,), card = with_the_card(shop, app, shoppers=1)
    tabs = [Shopper(shop.origin) for _ in range(SHOPPERS)]
    for tab in tabs:
        tab.browser.cookies.update(shopper.browser.cookies)

    answers = at_once(tabs, [form] * SHOPPERS)

    assert {answer.status_code for answer in answers} == {303}
    with app.app_context():
        alive = sa.select(sa.func.count(Order.id)).where(Order.state != OrderState.CANCELLED)
        assert (session().scalar(alive), spent(), balance(card.id)) == (1, [PRICE], BALANCE - PRICE)
        assert prove() == []


def test_without_the_guard_more_would_be_spent(open_shop: OpenShop) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])
    crowd, forms, _card = with_the_card(shop, app, shoppers=8)

    answers = at_once(crowd, forms)

    assert sum(answer.status_code == 303 for answer in answers) > BALANCE // PRICE
    with app.app_context():
        assert sum(spent()) > BALANCE
        assert prove() != []
