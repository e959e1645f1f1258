"""The order's machine, as a table: every pair of states either has an edge or is refused."""

from itertools import product

import pytest

from storefront import states
from storefront.orders.models import Order, OrderState

EDGES = {
    ("awaiting_payment", "processing"),
    ("awaiting_payment", "paid"),
    ("awaiting_payment", "cancelled"),
    ("processing", "paid"),
    ("processing", "cancelled"),
    ("cancelled", "paid"),
    ("paid", "cancelled"),
}


@pytest.mark.parametrize(("before", "after"), list(product(OrderState, OrderState)))
def test_an_order_moves_only_along_its_graph(before: OrderState, after: OrderState) -> None:
    order = Order(state=before)

    if (before, after) in EDGES:
        states.advance(order, after)
        assert order.state == after
    else:
        with pytest.raises(states.ForbiddenTransition):
            states.advance(order, after)
