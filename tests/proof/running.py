"""The machine's rules of running a shop: letters from Stripe, the worker, time, power cuts, the reconciler.

Knows in which order and how often things may arrive; refuses to know what they say.
"""

import random
from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from storefront import clock
from storefront.database import session
from storefront.jobs.worker import LEASE
from storefront.refunds.deciding import set_refund_aside
from storefront.refunds.excess import accept_excess, what_was_not_owed
from storefront.refunds.records import not_owed, open_failures
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.builders.refunds import INES
from tests.proof.acting import ANY, Acting, there_are
from tests.proof.power import Point

# Stripe keeps its events for 30 days: whoever reconciles more seldom has no promise.
LONGEST_UNRECONCILED = timedelta(days=25)
MINUTES = (1, 5, 40, 80, 24 * 60, 3 * 24 * 60, 15 * 24 * 60)
MOST_LETTERS = 12
# Of what Stripe tells: nothing arrives.
ALL = 1000


class Running(Acting):
    """What happens beside the pages."""

    @rule(copies=st.integers(1, 5), shuffled=ANY, lost=st.sampled_from((0, 0, 0, 1, 3, ALL)))
    def letters_arrive(self, copies: int, shuffled: int, lost: int) -> None:
        """Each so often, in any order; some never."""
        letters, chance = self.shop.collect(), random.Random(shuffled)
        arriving = letters[lost:][:MOST_LETTERS] * copies
        del letters[: lost + MOST_LETTERS]
        chance.shuffle(arriving)
        for letter in arriving:
            answer = self.ask(partial(self.shop.carry, letter))
            assert answer is None or answer.status_code == 204

    @rule()
    def worker_works(self) -> None:
        self.work()

    @rule(point=st.sampled_from(Point), after=st.integers(0, 3))
    def power_will_fail(self, point: Point, after: int) -> None:
        """At the next action that comes to this point."""
        self.power.fail_at(point, after=after)

    @rule(minutes=st.sampled_from(MINUTES))
    def time_passes(self, minutes: int) -> None:
        by = timedelta(minutes=minutes)
        if clock.now() + by - self.reconciled_at < LONGEST_UNRECONCILED:
            clock.advance(by)

    @precondition(there_are("orders"))
    @rule()
    def reconciler_runs(self) -> None:
        """What nobody told is found, whenever it runs."""
        self.power.fail_at(None)
        # The leases of workers that died have run out by then.
        clock.advance(2 * LEASE)
        self.work()
        with self.shop.app.app_context():
            problems = set(reconcile().problems) - set(what_was_not_owed())
        assert not problems, "\n".join(problems)
        self.reconciled_at = clock.now()

    def end(self) -> None:
        """After one reconcile Stripe and the books are the same but for what waits for a person; when that is seen
        to, a second has nothing to do."""
        self.reconciler_runs()
        self.work()
        with self.shop.app.app_context():
            for refund_id in session().scalars(not_owed()).all():
                accept_excess(refund_id, why="because", by=INES)
            for refund_id in session().scalars(open_failures()).all():
                set_refund_aside(refund_id, why="because", by=INES)
            again, found = reconcile(), prove()
        assert not again.total, f"A second reconcile changed {again.changed}."
        assert not found, "\n".join(found)
