"""The attempt's machine, as a table: every pair of states either has an edge or is refused."""

from itertools import product

import pytest

from storefront import states
from storefront.payments.models import AttemptState, PaymentAttempt, new_id

EDGES = {
    ("created", "open"),
    ("created", "paid"),
    ("created", "expired"),
    ("created", "failed"),
    ("open", "paid"),
    ("open", "expired"),
    ("open", "failed"),
    ("open", "review"),
    ("expired", "paid"),
    ("expired", "review"),
    ("failed", "paid"),
    ("failed", "review"),
    ("review", "paid"),
    ("review", "failed"),
}


@pytest.mark.parametrize(("before", "after"), list(product(AttemptState, AttemptState)))
def test_an_attempt_moves_only_along_its_graph(before: AttemptState, after: AttemptState) -> None:
    attempt = PaymentAttempt(state=before)

    if (before, after) in EDGES:
        states.advance(attempt, after)
        assert attempt.state == after
    else:
        with pytest.raises(states.ForbiddenTransition):
            states.advance(attempt, after)


def test_an_id_is_never_given_twice() -> None:
    assert len({new_id("att") for _ in range(10_000)}) == 10_000
