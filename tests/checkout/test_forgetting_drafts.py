"""A draft whose week is over is forgotten, its orders are not, and no payment has to wait for it in a circle."""

from datetime import timedelta
from threading import Event, Thread
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.drafts import forget_drafts
from storefront.checkout.models import CheckoutDraft
from storefront.database import lock, release, session, transaction
from storefront.orders.steps import lock_order
from tests.builders.orders import cancel
from tests.builders.payments import Shopper, a_shopper, order, place

LATER = timedelta(days=8)


@pytest.fixture
def shopper(inside: Flask, frozen: ModuleType) -> Shopper:
    """Somebody whose order is about to be placed."""
    return a_shopper()


def _drafts() -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(CheckoutDraft)) or 0


def test_a_draft_is_forgotten_after_its_week_and_its_order_is_kept(
    shopper: Shopper, frozen: ModuleType
) -> None:
    placed = place(shopper)
    cancel(placed.order_id)
    frozen.advance(LATER)

    forget_drafts()

    assert (_drafts(), order(placed).draft_id) == (0, None)


def test_a_draft_whose_order_still_waits_is_kept(shopper: Shopper, frozen: ModuleType) -> None:
    placed = place(shopper)
    frozen.advance(LATER)

    forget_drafts()

    assert (_drafts(), order(placed).draft_id) == (1, shopper.draft_id)


def test_forgetting_and_a_late_payment_do_not_wait_for_each_other_in_a_circle(
    shopper: Shopper, frozen: ModuleType, inside: Flask
) -> None:
    placed = place(shopper)
    cancel(placed.order_id)
    frozen.advance(LATER)
    release()
    holds, errors = Event(), []

    def forget() -> None:
        holds.wait()
        try:
            with inside.app_context():
                forget_drafts()
        except sa.exc.OperationalError as error:
            errors.append(error)

    forgetting = Thread(target=forget)
    forgetting.start()
    with transaction():
        lock_order(placed.order_id)
        holds.set()
        forgetting.join(0.5)
        lock(CheckoutDraft, shopper.draft_id)
    forgetting.join()

    assert errors == []
