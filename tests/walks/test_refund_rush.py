"""Fifty refunds of one order at once over HTTP, by a real server: never more than was captured.

The control run, against a server that does not count what is reserved, gives back more.
"""

import re
import secrets
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.credit.models import CreditAccount
from storefront.database import session
from storefront.orders.models import FIRST_NUMBER, Order
from storefront.orders.refund import Refund
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import ledger
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.catalogue import a_variant
from tests.builders.credit import a_gift_card
from tests.servers.processes import ShopProcesses
from tests.servers.shopper import Shopper

FORMS, CAPTURED, EACH, BY_CREDIT = 50, 2400, 100, 900
OpenShop = Callable[..., tuple[ShopProcesses, Flask]]
PAGE = f"/staff/orders/{FIRST_NUMBER}/refunds"


def a_paid_order(shop: ShopProcesses, app: Flask) -> None:
    with app.app_context():
        variant_id = a_variant(price_minor=CAPTURED).id
    shopper = Shopper(shop.origin)
    shopper.fill(variant_id)
    shopper.pay(shopper.order(shopper.review()).headers["Location"])


def an_order_paid_by_card_and_credit(shop: ShopProcesses, app: Flask) -> str:
    """An order of which a gift card pays 9.00; the card's id."""
    with app.app_context():
        variant_id = a_variant(price_minor=CAPTURED).id
        card = a_gift_card(BY_CREDIT)
    shopper = Shopper(shop.origin)
    shopper.fill(variant_id)
    shopper.take_code(card.code)
    shopper.pay(shopper.order(shopper.review()).headers["Location"])
    return card.id


def a_clerk(shop: ShopProcesses, app: Flask) -> tuple[Shopper, str]:
    """Somebody of the staff at the refund page, and the page's token."""
    with app.app_context():
        person = a_staff_member(role="refunds")
    client, clerk = signed_in(app, person), Shopper(shop.origin)
    for cookie in client._cookies.values():  # type: ignore[union-attr]
        clerk.browser.cookies.set(cookie.key, cookie.value, domain="127.0.0.1", path="/")
    page = clerk.get(PAGE)
    assert page.status_code == 200, page.text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return clerk, found[1]


def refund_at_once(shop: ShopProcesses, app: Flask, keys: list[str]) -> list[requests.Response]:
    """Each form asks for 1.00, all sent together."""
    clerk, token = a_clerk(shop, app)
    gate = threading.Barrier(len(keys))

    def send(key: str) -> requests.Response:
        window = Shopper(shop.origin)
        window.browser.cookies.update(clerk.browser.cookies)
        fields = {"csrf_token": token, "form_key": key, "amount": "1.00", "reason": "goodwill"}
        gate.wait()
        return window.post(PAGE, **fields)

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(send, keys))


def given_back(*, as_credit: bool = False) -> int:
    what = Refund.credit_minor if as_credit else Refund.amount_minor
    return int(session().scalar(sa.select(sa.func.sum(what))) or 0)


def test_fifty_refunds_of_one_order_at_once_never_exceed_what_was_captured(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    a_paid_order(shop, app)

    answers = refund_at_once(shop, app, [secrets.token_hex(16) for _ in range(FORMS)])
    jobs.drain(app)

    most = CAPTURED // EACH
    assert Counter(answer.status_code for answer in answers) == {303: most, 409: FORMS - most}
    with app.app_context():
        order = session().scalars(sa.select(Order)).one()
        assert (given_back(), order.refunded_minor) == (CAPTURED, CAPTURED)
        assert sum(minor for _kind, minor in ledger(order.id)) == 0
        session().rollback()
        reconcile()
        assert prove() == []


def test_the_same_refund_form_fifty_times_at_once_is_one_refund(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    a_paid_order(shop, app)

    answers = refund_at_once(shop, app, [secrets.token_hex(16)] * FORMS)
    jobs.drain(app)

    assert {answer.status_code for answer in answers} == {303}, answers[0].text
    with app.app_context():
        assert given_back() == EACH
        session().rollback()
        assert prove() == []


def test_fifty_refunds_at_once_give_each_tender_back_what_it_paid(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    card_id = an_order_paid_by_card_and_credit(shop, app)

    answers = refund_at_once(shop, app, [secrets.token_hex(16) for _ in range(FORMS)])
    jobs.drain(app)

    most = CAPTURED // EACH
    assert Counter(answer.status_code for answer in answers) == {303: most, 409: FORMS - most}
    with app.app_context():
        assert (given_back(), given_back(as_credit=True)) == (CAPTURED, BY_CREDIT)
        assert session().get_one(CreditAccount, card_id).balance_minor == BY_CREDIT
        order = session().scalars(sa.select(Order)).one()
        assert sum(minor for _kind, minor in ledger(order.id)) == 0
        session().rollback()
        reconcile()
        assert prove() == []


def test_without_counting_what_is_reserved_a_tender_gives_back_more_than_it_paid(open_shop: OpenShop) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])
    an_order_paid_by_card_and_credit(shop, app)

    refund_at_once(shop, app, [secrets.token_hex(16) for _ in range(FORMS)])

    with app.app_context():
        assert given_back() - given_back(as_credit=True) > CAPTURED - BY_CREDIT


def test_without_counting_what_is_reserved_more_than_was_captured_goes_back(open_shop: OpenShop) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])
    a_paid_order(shop, app)

    refund_at_once(shop, app, [secrets.token_hex(16) for _ in range(FORMS)])

    with app.app_context():
        assert given_back() > CAPTURED
