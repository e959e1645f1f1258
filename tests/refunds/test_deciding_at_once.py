"""One refund, many people who decide about it at the same time: one decision, and its goods on the shelf once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import states
from storefront.catalogue.models import StockMovement
from storefront.checkout.actions import Placed
from storefront.database import session
from storefront.errors import Refused
from storefront.orders.refund import RefundState
from storefront.refunds.deciding import approve_refund, decline_refund
from storefront.reports.prove import prove
from storefront.states import ForbiddenTransition
from tests.builders.payments import order, refund
from tests.builders.refunds import OMAR, a_paid_basket, ask_back, some_pieces
from tests.servers.stripe import StripeStandIn

Waiting = tuple[Flask, Placed, str]


def restocked(refund_id: str) -> int:
    mine = sa.select(sa.func.count()).where(StockMovement.reference == f"refund:{refund_id}")
    return int(session().scalar(mine) or 0)


@pytest.fixture
def waiting(make_app: Callable[..., Flask], sandbox: StripeStandIn) -> Waiting:
    """A shop in which a refund of 24.00 waits for a second person."""
    shop = make_app(refund_alone_up_to="10", **sandbox.settings)
    with shop.app_context():
        placed = a_paid_basket(sandbox, (2400, 1))
        return shop, placed, ask_back(placed, some_pieces(placed, 1, restock=True))


def decide_at_once(app: Flask, refund_id: str) -> list[str]:
    """What eight people do who approve or decline one refund at the same time."""
    gate = threading.Barrier(8)

    def decide(number: int) -> str:
        with app.app_context():
            gate.wait()
            try:
                if number % 2:
                    approve_refund(refund_id, by=OMAR)
                    return "approved"
                decline_refund(refund_id, why="No.", by=OMAR)
            except (Refused, ForbiddenTransition, sa.exc.IntegrityError, sa.orm.exc.StaleDataError):
                return "refused"
            return "declined"

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(decide, range(8)))


def test_eight_people_at_once_decide_one_way(waiting: Waiting) -> None:
    shop, placed, refund_id = waiting

    answers = decide_at_once(shop, refund_id)

    with shop.app_context():
        is_approved = refund(refund_id).state == RefundState.APPROVED
        assert {"approved", "declined"} & set(answers) == {"approved" if is_approved else "declined"}
        assert order(placed).refunded_minor == (2400 if is_approved else 0)
        assert restocked(refund_id) == int(is_approved)
        session().rollback()
        assert prove() == []


def test_without_looking_behind_the_lock_it_is_decided_twice(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, _placed, refund_id = waiting
    monkeypatch.setattr(states, "advance", lambda _row, _to: None)

    answers = decide_at_once(shop, refund_id)

    assert {"approved", "declined"} <= set(answers)
