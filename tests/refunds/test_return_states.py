"""The machine of a return request, as a table: every pair of states either has an edge or is refused."""

from itertools import product

import pytest

from storefront import states
from storefront.refunds.returns import ReturnRequest, ReturnState

EDGES = {
    ("open", "approved"),
    ("open", "declined"),
    ("open", "closed"),
    ("approved", "awaiting_goods"),
    ("approved", "closed"),
    ("awaiting_goods", "received"),
    ("awaiting_goods", "closed"),
    ("received", "closed"),
}


@pytest.mark.parametrize(("before", "after"), list(product(ReturnState, ReturnState)))
def test_a_return_moves_only_along_its_graph(before: ReturnState, after: ReturnState) -> None:
    request = ReturnRequest(state=before)

    if (before, after) in EDGES:
        states.advance(request, after)
        assert request.state == after
    else:
        with pytest.raises(states.ForbiddenTransition):
            states.advance(request, after)
