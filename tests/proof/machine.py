"""The state machine: a shop to which everything happens that happens to shops, in any order.

Knows how long an example is and how it ends; refuses to know what is right.
"""

from datetime import UTC, datetime

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.proof.acting import ANY
from tests.proof.buying import Buying
from tests.proof.giving_back import GivingBack
from tests.proof.running import Running
from tests.proof.shop import ProofShop

# A Wednesday noon, as in all tests.
BEGINS = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)


class Machine(Buying, GivingBack, Running):
    """All of it."""

    def __init__(self, shop: ProofShop) -> None:
        super().__init__(shop, begins=BEGINS)

    @initialize(sold=st.integers(0, 2), what=ANY)
    def begin_with_orders(self, sold: int, what: int) -> None:
        """Most of what can happen happens to orders that are paid."""
        for number in range(sold):
            self.buy(number, what + number, 1, "pays and comes back")

    def teardown(self) -> None:
        """However it ended, one reconcile makes the books right."""
        try:
            if self.there["orders"]:
                self.end()
                self.the_books_are_right()
        finally:
            self.close()


def run(shop: ProofShop, *, examples: int, steps: int, sown: int = 0) -> None:
    """So many examples of so many steps, the same for the same seed; raises what the first to fail ran into."""

    @seed(sown)
    class Sown(Machine):
        def __init__(self) -> None:
            super().__init__(shop)

    run_state_machine_as_test(
        Sown,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
        ),
    )
