"""The last piece of a variant is ordered with a code while an order of another variant, with the same code, is
cancelled: one waits for the other, and none in vain."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from storefront.catalogue import stock
from storefront.checkout.actions import cancel_unpaid
from storefront.orders.models import OrderState
from storefront.reports.prove import prove
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_product, the_variants, variant_facts
from tests.builders.discounts import a_discount
from tests.builders.payments import Shopper, a_draft, order, place
from tests.databases import at_the_same_time
from tests.servers.stripe import StripeStandIn


def outcomes_of_both(app: Flask, patch: pytest.MonkeyPatch) -> list[str]:
    """What becomes of somebody who has the code in hand and is about to take the piece, and of the cancellation."""
    with app.app_context():
        a_policy()
        a_discount(total_limit=2)
        colours = (variant_facts("Red", on_hand=1), variant_facts("Blue", on_hand=1))
        slug = a_product("", *colours, options=("Colour",)).slug
        red, blue = (each.id for each in the_variants(slug))
        first, second = (
            Shopper(a_draft(), replace(a_cart((variant_id, 1), id=f"cart-{variant_id}"), code="SPRING10"))
            for variant_id in (red, blue)
        )
        placed = place(first)
    has_code = threading.Event()
    take = stock.take

    def take_late(*all_: Any, **more: Any) -> None:
        has_code.set()
        # As long as the cancellation needs to come to the first lock that is held.
        threading.Event().wait(0.7)
        take(*all_, **more)

    patch.setattr(stock, "take", take_late)

    def cancel() -> None:
        has_code.wait(10)
        cancel_unpaid(placed.order_id, code="changed")

    outcomes = at_the_same_time(app, lambda: place(second), cancel)
    with app.app_context():
        assert prove() == []
        if "deadlock" not in outcomes:
            assert order(placed).state == OrderState.CANCELLED
    return outcomes


def test_who_orders_with_a_code_and_who_cancels_never_wait_for_one_another(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcomes_of_both(app, monkeypatch) == ["done", "done"]


def test_with_codes_counted_before_products_are_locked_both_wait_for_one_another(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """The control run. SQLite has one lock for all."""
    lock = stock.lock_products

    def lock_one(product_ids: Any) -> None:
        # As `keep_availability` does it, which comes later.
        if isinstance(product_ids, list):
            lock(product_ids)

    monkeypatch.setattr(stock, "lock_products", lock_one)

    assert ("deadlock" in outcomes_of_both(app, monkeypatch)) == (engine == "postgresql")
