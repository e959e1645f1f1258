"""The dispute's machine, as a table: every pair of states either has an edge or is refused."""

from itertools import product

import pytest

from storefront import states
from storefront.payments.models import Dispute, DisputeState

EDGES = {
    ("inquiry", "open"),
    ("inquiry", "won"),
    ("inquiry", "lost"),
    ("inquiry", "closed"),
    ("open", "won"),
    ("open", "lost"),
    ("open", "closed"),
    ("won", "lost"),
    ("lost", "open"),
    ("lost", "won"),
    ("closed", "open"),
    ("closed", "won"),
    ("closed", "lost"),
}


@pytest.mark.parametrize(("before", "after"), list(product(DisputeState, DisputeState)))
def test_a_dispute_moves_only_along_its_graph(before: DisputeState, after: DisputeState) -> None:
    dispute = Dispute(state=before)

    if (before, after) in EDGES:
        states.advance(dispute, after)
        assert dispute.state == after
    else:
        with pytest.raises(states.ForbiddenTransition):
            states.advance(dispute, after)
