"""Goods may be counted, or no longer counted, while orders stand: the books stay right, and lost pieces are named."""

from types import ModuleType

import pytest
from flask import Flask

from storefront.catalogue import stock
from storefront.catalogue.actions import count_stock
from storefront.checkout.giving_up import cancel_unpaid
from storefront.reports.prove import prove
from tests.builders.catalogue import on_hand
from tests.builders.payments import a_paid_order, a_shopper, place
from tests.servers.stripe import StripeStandIn


def test_goods_first_counted_after_they_were_sold_lack_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    a_paid_order(sandbox, on_hand=None)

    count_stock(1, 10, by=("staff", 1))

    assert prove() == []


def test_goods_no_longer_counted_when_they_come_back_are_given_back_all_the_same(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = place(a_shopper(on_hand=5))
    count_stock(1, None, by=("staff", 1))

    cancel_unpaid(placed.order_id, code="expired")
    count_stock(1, 10, by=("staff", 1))

    assert (on_hand(1), prove()) == (10, [])


def test_counted_goods_that_an_order_never_took_are_named(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "take", lambda *_args, **_names: None)

    place(a_shopper(on_hand=5))

    assert prove() == ["Order 1001 should hold 1 of variant 1, but holds 0."]
