"""The proof of the books knows disputes: silent while they are right, naming what was planted."""

from types import ModuleType

import pytest
from flask import Flask

from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from storefront.webhooks.disputes import look_at_dispute
from tests.books import beside_the_triggers
from tests.builders.payments import a_paid_order, the_intent
from tests.servers.stripe import StripeStandIn

# One paid order (id 1, number 1001) of 24.00 whose dispute about 10.00 withdrew the money; statements, then the
# sentence that names what they did.
PLANTED = {
    "a withdrawal that nobody entered": (
        ["DELETE FROM ledger_entry WHERE kind = 'dispute'"],
        "Order 1001 has disputes of 1000, its ledger says 0.",
    ),
    "money that came back for the shop alone": (
        ["UPDATE dispute SET withdrawn_minor = 0"],
        "Order 1001 has disputes of 0, its ledger says 1000.",
    ),
    "a dispute of which another sum was entered": (
        ["UPDATE ledger_entry SET amount_minor = -900 WHERE kind = 'dispute'"],
        "the ledger has another sum as dispute.",
    ),
    "a dispute that Stripe never had": (
        [
            "INSERT INTO ledger_entry (order_id, kind, amount_minor, currency, stripe_id, at)"
            " SELECT order_id, kind, -1, currency, 'dp_invented', at FROM ledger_entry WHERE kind = 'dispute'"
        ],
        "The ledger has -1 as dispute by dp_invented; Stripe has no such dispute.",
    ),
    "a cancelled order that keeps what was not disputed": (
        ["UPDATE orders SET state = 'cancelled'"],
        "Order 1001 is cancelled, but keeps 1400 that was captured.",
    ),
}


@pytest.fixture
def disputed(inside: Flask, sandbox: StripeStandIn, frozen: ModuleType) -> str:
    """Stripe's id of a dispute about a part of a paid order; the books are right."""
    placed = a_paid_order(sandbox)
    made = sandbox.control("dispute", payment_intent=the_intent(placed.attempt_id), amount=1000)
    look_at_dispute(made["id"])
    assert prove() == []
    return str(made["id"])


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_named(what: str) -> None:
    statements, sentence = PLANTED[what]

    beside_the_triggers(*statements)

    assert any(sentence in difference for difference in prove()), prove()


def test_a_dispute_that_nobody_told_us_of_is_named_until_it_is_known(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    sandbox.control("dispute", payment_intent=the_intent(placed.attempt_id))
    (difference,) = prove()
    assert difference.startswith("Stripe moved -2400 for dispute dp_")

    reconcile()

    assert prove() == []


def test_money_that_came_back_without_our_knowing_is_named(sandbox: StripeStandIn, disputed: str) -> None:
    sandbox.control("close-dispute", dispute=disputed, status="won")

    (difference,) = prove()

    assert (
        difference == f"Stripe moved 1000 for dispute {disputed}; the ledger has another sum as dispute_won."
    )
