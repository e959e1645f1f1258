"""Fifty returns of one line at once over HTTP, by a real server: never more pieces than were bought; and one of them
taken back in fifty windows: once.

The control runs, against a server that neither counts what is asked back nor looks whether a return was taken back,
promise money for more, and take it back many times.
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
from storefront.audit import AuditEntry
from storefront.database import release, session
from storefront.mail.models import OutgoingMail
from storefront.orders.models import FIRST_NUMBER, Order, OrderLine
from storefront.refunds.returns import Ground, ReturnDecision, ReturnLine, ReturnRequest, ReturnState
from storefront.reports.prove import prove
from tests.builders.catalogue import a_variant
from tests.builders.returns import delivered
from tests.servers.processes import ShopProcesses
from tests.servers.shopper import Shopper

FORMS, BOUGHT, PRICE = 50, 3, 2400
OpenShop = Callable[..., tuple[ShopProcesses, Flask]]
PAGE = f"/orders/{FIRST_NUMBER}/returns"


def a_delivered_order(shop: ShopProcesses, app: Flask) -> tuple[Shopper, int]:
    """A shopper who bought three of one kind, and the line's id."""
    with app.app_context():
        variant_id = a_variant(price_minor=PRICE, on_hand=10).id
    shopper = Shopper(shop.origin)
    shopper.fill(variant_id, pieces=BOUGHT)
    shopper.pay(shopper.order(shopper.review()).headers["Location"])
    with app.app_context():
        order_id = session().scalars(sa.select(Order.id)).one()
        release()
        delivered(order_id)
        line_id = session().scalars(sa.select(OrderLine.id)).one()
        release()
    return shopper, line_id


def return_at_once(shopper: Shopper, line_id: int, keys: list[str]) -> list[requests.Response]:
    """Each form asks for one piece, all sent together."""
    page = shopper.get(PAGE)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    gate = threading.Barrier(len(keys))

    def send(key: str) -> requests.Response:
        window = Shopper(shopper.shop)
        window.browser.cookies.update(shopper.browser.cookies)
        fields = {"csrf_token": found[1], "form_key": key, "reason": "changed_mind", "note": ""}
        gate.wait()
        return window.post(PAGE, **fields, **{f"pieces-{line_id}": "1"}, shown=str(PRICE))

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(send, keys))


def promised() -> int:
    """Pieces that requests have for which money goes back, or may."""
    mine = sa.select(sa.func.coalesce(sa.func.sum(ReturnLine.accepted), 0)).join(
        ReturnRequest, ReturnRequest.id == ReturnLine.request_id
    )
    found = int(session().scalar(mine.where(ReturnRequest.state != ReturnState.DECLINED)) or 0)
    release()
    return found


def test_fifty_returns_of_one_line_at_once_never_exceed_what_was_bought(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    shopper, line_id = a_delivered_order(shop, app)

    answers = return_at_once(shopper, line_id, [secrets.token_hex(16) for _ in range(FORMS)])
    jobs.drain(app)

    assert Counter(answer.status_code for answer in answers) == {303: BOUGHT, 409: FORMS - BOUGHT}
    with app.app_context():
        assert promised() == BOUGHT
        assert session().scalars(sa.select(OrderLine.asked_back)).one() == BOUGHT
        release()
        assert prove() == []


def test_the_same_return_form_fifty_times_at_once_is_one_return(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    shopper, line_id = a_delivered_order(shop, app)

    answers = return_at_once(shopper, line_id, [secrets.token_hex(16)] * FORMS)

    assert {answer.headers.get("Location") for answer in answers} == {f"{PAGE}/1"}
    with app.app_context():
        assert promised() == 1


def test_without_counting_what_is_asked_back_more_than_was_bought_is_promised(open_shop: OpenShop) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])
    shopper, line_id = a_delivered_order(shop, app)

    return_at_once(shopper, line_id, [secrets.token_hex(16) for _ in range(FORMS)])

    with app.app_context():
        assert promised() > BOUGHT


def take_back_at_once(shop: ShopProcesses, app: Flask) -> tuple[list[requests.Response], Counter[str]]:
    """One piece is returned twice, and the first return taken back in fifty windows; how often what happened."""
    shopper, line_id = a_delivered_order(shop, app)
    for _return in range(2):
        assert return_at_once(shopper, line_id, [secrets.token_hex(16)])[0].status_code == 303
    found = re.search(r'name="csrf_token" value="([^"]+)"', shopper.get(f"{PAGE}/1").text)
    assert found
    gate = threading.Barrier(FORMS)

    def press(_window: int) -> requests.Response:
        window = Shopper(shop.origin)
        window.browser.cookies.update(shopper.browser.cookies)
        gate.wait()
        return window.post(f"{PAGE}/1/take-back", csrf_token=found[1])

    with ThreadPoolExecutor(FORMS) as pool:
        answers = list(pool.map(press, range(FORMS)))
    jobs.drain(app)
    with app.app_context():
        ended = sa.select(sa.func.count(ReturnDecision.id)).where(ReturnDecision.ground == Ground.TAKEN_BACK)
        told = sa.select(sa.func.count(OutgoingMail.id)).where(OutgoingMail.kind == "return_taken_back")
        recorded = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.verb == "return.taken_back")
        counts = {"decisions": ended, "mails": told, "records": recorded}
        happened = Counter({name: int(session().scalar(each) or 0) for name, each in counts.items()})
        release()
    return answers, happened


def test_a_return_taken_back_fifty_times_at_once_is_taken_back_once(open_shop: OpenShop) -> None:
    shop, app = open_shop()

    answers, happened = take_back_at_once(shop, app)

    assert {(each.status_code, each.headers.get("Location")) for each in answers} == {(303, f"{PAGE}/1")}
    assert happened == {"decisions": 1, "mails": 1, "records": 1}
    with app.app_context():
        assert promised() == 1
        assert session().scalars(sa.select(OrderLine.asked_back)).one() == 1
        release()
        assert prove() == []


def test_without_looking_behind_the_lock_a_return_is_taken_back_many_times(open_shop: OpenShop) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])

    _answers, happened = take_back_at_once(shop, app)

    assert happened["decisions"] > 1
