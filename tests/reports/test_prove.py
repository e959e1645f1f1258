"""The proof of the books: silent while they are right, and naming every difference that is planted."""

from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront.database import session
from storefront.errors import PaymentUnavailable
from storefront.payments import gateway
from storefront.refunds.actions import send_refund
from storefront.reports.prove import prove
from tests.books import beside_the_triggers, changed_tables, whole_database
from tests.builders.payments import (
    a_paid_order,
    a_refund,
    a_shopper,
    an_open_order,
    attempt,
    open_page,
    pay,
    place,
    the_intent,
)
from tests.servers.stripe import StripeStandIn

# One paid order (id 1, number 1001) of a piece at 24.00, of which 10.00 were given back; statements, then the
# sentence that names what they did.
PLANTED = {
    "a piece that came from nowhere": (
        ["UPDATE variant SET on_hand = on_hand + 1"],
        "Variant 1 has 3 on hand, but its movements add up to 2.",
    ),
    "a piece given back for an order that stands": (
        [
            "INSERT INTO stock_movement (variant_id, delta, cause, reference, at)"
            " SELECT variant_id, 1, 'release', reference, at FROM stock_movement WHERE cause = 'order'",
            "UPDATE variant SET on_hand = on_hand + 1",
        ],
        "Order 1001 should hold 1 of variant 1, but holds 0.",
    ),
    "a captured sum that nobody entered": (
        ["UPDATE orders SET captured_minor = captured_minor + 1"],
        "Order 1001 says 2401 was captured, its ledger 2400.",
    ),
    "a refunded sum without a refund": (
        ["UPDATE orders SET refunded_minor = 1100"],
        "Order 1001 says 1100 is refunded, its refunds add up to 1000.",
    ),
    "a settled refund that nobody entered": (
        ["DELETE FROM ledger_entry WHERE kind = 'refund'"],
        "Order 1001 has settled refunds of 1000, its ledger says 0.",
    ),
    "an order paid with too little": (
        [
            "UPDATE orders SET captured_minor = 2000",
            "UPDATE ledger_entry SET amount_minor = 2000 WHERE kind = 'capture'",
        ],
        "Order 1001 is paid, but only 2000 of 2400 was captured.",
    ),
    "an order paid with too much": (
        [
            "UPDATE orders SET captured_minor = 3900",
            "UPDATE ledger_entry SET amount_minor = 3900 WHERE kind = 'capture'",
        ],
        "Order 1001 was paid 1500 too much, and 1000 is refunded.",
    ),
    "a cancelled order that keeps its money": (
        ["UPDATE orders SET state = 'cancelled'"],
        "Order 1001 is cancelled, but keeps 1400 that was captured.",
    ),
    "a cancelled order that keeps its goods": (
        ["UPDATE orders SET state = 'cancelled'"],
        "Order 1001 should hold 0 of variant 1, but holds 1.",
    ),
    "a confirmation that was never owed": (
        ["DELETE FROM outgoing_mail WHERE kind = 'order_confirmation'"],
        "Order 1001 is paid and has 0 confirmation mails.",
    ),
    "a paid order without an invoice": (
        ["DELETE FROM document WHERE kind = 'invoice'"],
        "Order 1001 is paid and has 0 invoices.",
    ),
    "a line that costs another sum": (
        ["UPDATE order_line SET unit_minor = 2500, total_minor = 2500, net_minor = net_minor + 100"],
        "Order 1001 is not the sum of its lines",
    ),
    "a number that was skipped": (
        ["UPDATE document SET serial = 2 WHERE kind = 'invoice'", "UPDATE number_series SET last = 2"],
        "The invoice numbers of 2026 have a gap: 1 numbers up to 2.",
    ),
    "a number that was given to nothing": (
        ["DELETE FROM document WHERE kind = 'credit_note'"],
        "The credit_note numbers of 2026 have a gap: 0 numbers up to 1.",
    ),
    "a payment that Stripe never took": (
        [
            "INSERT INTO ledger_entry (order_id, kind, amount_minor, currency, stripe_id, at)"
            " SELECT order_id, kind, 700, currency, 'pi_invented', at FROM ledger_entry WHERE kind = 'capture'"
        ],
        "The ledger has 700 by pi_invented; Stripe has no such payment.",
    ),
    "a payment of which another sum was entered": (
        ["UPDATE ledger_entry SET amount_minor = 2300 WHERE kind = 'capture'"],
        "the ledger has no such payment.",
    ),
    "a refund of which another sum was entered": (
        ["UPDATE ledger_entry SET amount_minor = -900 WHERE kind = 'refund'"],
        "the ledger has another sum.",
    ),
}


@pytest.fixture
def books(inside: Flask, sandbox: StripeStandIn, frozen: ModuleType) -> None:
    """One paid order, in part given back; the books are right."""
    send_refund(a_refund(a_paid_order(sandbox), minor=1000))
    assert prove() == []


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_named(what: str) -> None:
    statements, sentence = PLANTED[what]

    beside_the_triggers(*statements)

    assert any(sentence in difference for difference in prove()), prove()


def test_a_hold_that_never_ended_is_named(inside: Flask, sandbox: StripeStandIn, frozen: ModuleType) -> None:
    place(a_shopper())
    assert prove() == []

    frozen.advance(timedelta(minutes=76))

    assert prove() == ["Order 1001 still holds its goods, though its time is over."]


def test_a_payment_without_an_order_is_named(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = place(a_shopper())
    params = dict(attempt(placed.attempt_id).params)
    session().rollback()
    other = gateway.open_session(params, key="a-key-of-nobody")
    sandbox.control("pay", session=other.id)

    (difference,) = prove()

    assert difference.startswith("Stripe took ")


def test_a_refund_on_stripes_side_only_is_named(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=100)

    (difference,) = prove()

    assert difference.startswith("Stripe gave back ")


def test_a_payment_that_is_not_settled_yet_is_named_until_it_is(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    assert len(prove()) == 1

    assert open_page(placed) == ""

    assert prove() == []


@pytest.mark.usefixtures("books")
def test_proving_writes_nothing() -> None:
    before = whole_database()

    prove()

    assert changed_tables(before, whole_database()) == {}


def test_without_an_answer_from_stripe_there_is_no_proof(inside: Flask, sandbox: StripeStandIn) -> None:
    a_paid_order(sandbox)
    sandbox.control("answer", status=500, on="GET /v1/charges")

    with pytest.raises(PaymentUnavailable):
        prove()


def test_a_shop_in_which_nothing_happened_is_right(inside: Flask, sandbox: StripeStandIn) -> None:
    assert prove() == []
