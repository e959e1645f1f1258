"""A rush over HTTP: real processes, real sockets, everybody at once.

200 shoppers want 50 pieces; one order form is posted 50 times at once. The control run, against a server without
the guard, oversells.
"""

import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.orders.books import LedgerEntry
from storefront.orders.models import Order, OrderState
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.builders.catalogue import a_variant, moved, on_hand
from tests.servers.processes import ShopProcesses
from tests.servers.shopper import Shopper

SHOPPERS, PIECES, FORMS = 200, 50, 50
# How many forms are on their way at the same time.
AT_ONCE = 32

Make = Callable[..., Flask]
OpenShop = Callable[..., tuple[ShopProcesses, Flask]]


def at_once(shoppers: list[Shopper], forms: list[dict[str, str]]) -> list[requests.Response]:
    """Each shopper presses “Order and pay”, all let go together."""
    gate = threading.Barrier(min(AT_ONCE, len(shoppers)))

    def press(number: int) -> requests.Response:
        if number < gate.parties:
            gate.wait()
        return shoppers[number].order(forms[number])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(press, range(len(shoppers))))


def ready(
    shop: ShopProcesses, variant_id: int, *, shoppers: int
) -> tuple[list[Shopper], list[dict[str, str]]]:
    """Shoppers who stand before “Order and pay”, with the form that each of them would send."""
    crowd = [Shopper(shop.origin) for _ in range(shoppers)]

    def prepare(shopper: Shopper) -> dict[str, str]:
        shopper.fill(variant_id)
        return shopper.review()

    with ThreadPoolExecutor(8) as pool:
        return crowd, list(pool.map(prepare, crowd))


def test_two_hundred_shoppers_and_fifty_pieces_make_fifty_paid_orders(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    with app.app_context():
        variant_id = a_variant(on_hand=PIECES).id
    crowd, forms = ready(shop, variant_id, shoppers=SHOPPERS)

    answers = at_once(crowd, forms)
    served = [number for number, answer in enumerate(answers) if answer.status_code == 303]
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda number: crowd[number].pay(answers[number].headers["Location"]), served))

    assert Counter(answer.status_code for answer in answers) == {303: PIECES, 409: SHOPPERS - PIECES}
    told = [answer.text for answer in answers if answer.status_code == 409]
    assert all("sold out" in text and "Nothing was ordered" in text for text in told)
    assert {page.status_code for page in pages} == {303}
    assert max(status for shopper in crowd for status in shopper.statuses) < 500
    jobs.drain(app)
    with app.app_context():
        states = Counter(session().scalars(sa.select(Order.state)))
        assert states == {OrderState.PAID: PIECES}
        assert (on_hand(variant_id), moved(variant_id)) == (0, 0)
        reconcile()
        assert prove() == []


def test_without_the_guard_more_would_be_sold_than_there_are(open_shop: OpenShop) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])
    with app.app_context():
        variant_id = a_variant(on_hand=3).id
    crowd, forms = ready(shop, variant_id, shoppers=12)

    answers = at_once(crowd, forms)

    assert sum(answer.status_code == 303 for answer in answers) > 3
    with app.app_context():
        assert any("on hand, but its movements add up to" in difference for difference in prove())


def test_the_same_order_form_posted_fifty_times_at_once_is_one_order(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    with app.app_context():
        variant_id = a_variant(on_hand=PIECES).id
    (shopper,), (form,) = ready(shop, variant_id, shoppers=1)
    windows = [Shopper(shop.origin) for _ in range(FORMS)]
    for window in windows:
        window.browser.cookies.update(shopper.browser.cookies)

    answers = at_once(windows, [form] * FORMS)

    assert {answer.status_code for answer in answers} == {303}
    (page,) = {answer.headers["Location"] for answer in answers}
    shopper.pay(page)
    jobs.drain(app)
    with app.app_context():
        assert list(session().scalars(sa.select(Order.state))) == [OrderState.PAID]
        assert session().scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == 1
        confirmations = sa.select(sa.func.count()).where(OutgoingMail.kind == "order_confirmation")
        assert session().scalar(confirmations) == 1
        assert on_hand(variant_id) == PIECES - 1
