"""The refund's machine, as a table: every pair of states either has an edge or is refused."""

from itertools import product

import pytest

from storefront import states
from storefront.orders.refund import Refund, RefundState

EDGES = {
    ("requested", "approved"),
    ("requested", "declined"),
    ("approved", "sent"),
    ("sent", "settled"),
    ("sent", "failed"),
    ("settled", "failed"),
}


@pytest.mark.parametrize(("before", "after"), list(product(RefundState, RefundState)))
def test_a_refund_moves_only_along_its_graph(before: RefundState, after: RefundState) -> None:
    refund = Refund(state=before)

    if (before, after) in EDGES:
        states.advance(refund, after)
        assert refund.state == after
    else:
        with pytest.raises(states.ForbiddenTransition):
            states.advance(refund, after)
