"""I1 to I10 in a form that is cheap enough for every step: each a statement or two over the books and Stripe's.

Reads everything, writes nothing; each difference is a sentence that begins with the invariant's name. What may only
be asked once all was told and worked off is asked by `storefront prove`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.database import Instant


@dataclass(frozen=True, slots=True)
class Books:
    """The shop's database, what Stripe has, and what only the machine knows: refunds made at Stripe itself, and
    moves of states that no graph has."""

    connection: sa.Connection
    stripe: dict[str, Any]
    made_at_stripe: set[str] = field(default_factory=set)
    forbidden_moves: list[str] = field(default_factory=list)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """What it answers."""
        return list(self.connection.execute(_text(statement), values))


@cache
def _text(statement: str) -> sa.TextClause:
    text = sa.text(statement)
    return text.bindparams(sa.bindparam("now", type_=Instant)) if ":now" in statement else text


Invariant = Callable[[Books], Iterator[str]]

RESERVED = "('requested', 'approved', 'sent', 'settled')"
SURPLUS = "('late_payment', 'paid_twice', 'overpaid', 'payment_returned')"


def ledger_is_what_moved(books: Books) -> Iterator[str]:
    """I1: per order, the ledger is what was captured less what was given back and what disputes keep."""
    for order, *sums in books.rows(
        f"""SELECT id, captured_minor, captured, refunded_minor, reserved, settled, given, kept, disputed FROM (
        SELECT o.id, o.captured_minor, o.refunded_minor,
         (SELECT coalesce(sum(amount_minor), 0) FROM ledger_entry WHERE order_id = o.id AND currency = o.currency
           AND kind IN ('capture', 'credit_spent')) AS captured,
         (SELECT coalesce(sum(amount_minor - excess_minor), 0) FROM refund WHERE order_id = o.id
           AND state IN {RESERVED}) AS reserved,
         (SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE order_id = o.id AND state = 'settled') AS settled,
         (SELECT -coalesce(sum(amount_minor), 0) FROM ledger_entry WHERE order_id = o.id
           AND kind IN ('refund', 'refund_returned', 'credit_given')) AS given,
         (SELECT coalesce(sum(withdrawn_minor), 0) FROM dispute WHERE order_id = o.id) AS kept,
         (SELECT -coalesce(sum(amount_minor), 0) FROM ledger_entry WHERE order_id = o.id
           AND kind IN ('dispute', 'dispute_won')) AS disputed
        FROM orders o) AS sums
        WHERE captured <> captured_minor OR reserved <> refunded_minor OR given <> settled OR kept <> disputed"""
    ):
        yield "I1: order {}: captured {}/{}, refunded {}/{}, settled {}/{}, disputed {}/{}".format(
            order, *sums
        )


def ledger_has_nothing_that_stripe_has_not(books: Books) -> Iterator[str]:
    """I1: each entry is of an object at Stripe and its amount; each of our refunds is at Stripe at most once, and
    what was made at Stripe is no more than what somebody made there."""
    at_stripe = {("capture", each["id"]): each["amount_received"] for each in books.stripe["payment_intents"]}
    for each in books.stripe["refunds"]:
        at_stripe["refund", each["id"]] = -each["amount"]
        if each["status"] in {"failed", "canceled"}:
            at_stripe["refund_returned", each["id"]] = each["amount"]
    for each in books.stripe["disputes"]:
        at_stripe["dispute", each["id"]] = -each["amount"]
        at_stripe["dispute_won", each["id"]] = sum(
            max(0, moved["amount"]) for moved in each["balance_transactions"]
        )
    for kind, stripe_id, minor in books.rows(
        "SELECT kind, stripe_id, sum(amount_minor) FROM ledger_entry"
        " WHERE kind NOT IN ('credit_spent', 'credit_given') GROUP BY kind, stripe_id"
    ):
        if at_stripe.get((kind, stripe_id), 0) != minor:
            yield f"I1: the ledger has {minor} as {kind} by {stripe_id}, Stripe {at_stripe.get((kind, stripe_id))}"
    ours = Counter(
        each["metadata"].get("refund")
        for each in books.stripe["refunds"]
        if each["id"] not in books.made_at_stripe
    )
    known = {row.id for row in books.rows("SELECT id FROM refund WHERE source = 'shop'")}
    for refund_id, times in ours.items():
        if refund_id not in known or times > 1:
            yield f"I1: Stripe gave {times} times back for refund {refund_id}"
    for refund_id, stripe_id in books.rows("SELECT id, stripe_refund_id FROM refund WHERE source = 'stripe'"):
        if stripe_id not in books.made_at_stripe:
            yield f"I1: refund {refund_id} is said to be made at Stripe as {stripe_id}; nobody did"


def credit_is_its_entries(books: Books) -> Iterator[str]:
    """I1: what stands on a gift card is the sum of its entries, and never below zero; what orders hold of it and what
    paid orders spent is in the accounts and in the ledger, and so is what refunds gave."""
    for account, balance, entered in books.rows(
        """SELECT id, balance_minor, entered FROM (SELECT a.id, a.balance_minor,
        (SELECT coalesce(sum(amount_minor), 0) FROM credit_entry e WHERE e.account_id = a.id) AS entered
        FROM credit_account a) AS sums WHERE balance_minor <> entered OR balance_minor < 0"""
    ):
        yield f"I1: credit {account} has {balance}, its entries add up to {entered}"
    for order, *sums in books.rows(
        """SELECT id, wanted, paid, held, spent, given, refunded FROM (SELECT o.id,
        CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.credit_minor END AS wanted,
        CASE WHEN o.paid_at IS NULL AND o.state = 'cancelled' THEN 0 ELSE o.credit_minor END AS holds,
        (SELECT coalesce(sum(amount_minor), 0) FROM ledger_entry WHERE order_id = o.id
          AND kind = 'credit_spent') AS paid,
        (SELECT coalesce(sum(amount_minor), 0) FROM credit_use WHERE order_id = o.id
          AND released_at IS NULL) AS held,
        (SELECT -coalesce(sum(amount_minor), 0) FROM credit_entry WHERE order_id = o.id
          AND cause IN ('spent', 'given_back')) AS spent,
        (SELECT -coalesce(sum(amount_minor), 0) FROM ledger_entry WHERE order_id = o.id
          AND kind = 'credit_given') AS given,
        (SELECT coalesce(sum(amount_minor), 0) FROM credit_entry WHERE order_id = o.id
          AND cause = 'refunded') AS refunded FROM orders o) AS sums
        WHERE wanted <> paid OR holds <> held OR held <> spent OR given <> refunded"""
    ):
        yield "I1: order {}: by credit {}/{}, held {}/{}, given back {}/{}".format(order, *sums)


def stock_is_its_movements(books: Books) -> Iterator[str]:
    """I2: what is on hand is the sum of its movements, and never below zero; no piece comes back twice."""
    for variant, on_hand, moved in books.rows(
        """SELECT id, on_hand, moved FROM (SELECT v.id, v.on_hand,
        (SELECT coalesce(sum(delta), 0) FROM stock_movement m WHERE m.variant_id = v.id) AS moved FROM variant v
        WHERE v.on_hand IS NOT NULL) AS counts WHERE on_hand < 0 OR on_hand <> moved"""
    ):
        yield f"I2: variant {variant} has {on_hand} on hand, its movements add up to {moved}"
    for line, quantity, back in books.rows(
        """SELECT id, quantity, back FROM (SELECT l.id, l.quantity,
        (SELECT coalesce(sum(p.restocked), 0) FROM refund_line p JOIN refund r ON r.id = p.refund_id
          WHERE p.order_line_id = l.id AND r.state <> 'declined')
        + (SELECT coalesce(sum(restocked), 0) FROM return_line t WHERE t.order_line_id = l.id) AS back
        FROM order_line l) AS shelf WHERE back > quantity"""
    ):
        yield f"I2: of line {line} with {quantity} pieces, {back} went back on the shelf"


def orders_hold_what_they_say(books: Books) -> Iterator[str]:
    """I2: a standing order holds the pieces of its lines, a cancelled one what refunds took out of it."""
    for order, variant, wanted, held in books.rows(
        """SELECT id, variant_id, wanted, held FROM (SELECT o.id, l.variant_id,
        sum(CASE WHEN o.state <> 'cancelled' THEN l.quantity WHEN l.called_off > l.back THEN l.called_off
          ELSE l.back END) AS wanted,
        (SELECT -coalesce(sum(delta), 0) FROM stock_movement m WHERE m.variant_id = l.variant_id
          AND m.reference = 'order:' || o.id AND m.cause IN ('order', 'release')) AS held
        FROM orders o JOIN (SELECT each.*, (SELECT coalesce(sum(p.restocked), 0) FROM refund_line p
          JOIN refund r ON r.id = p.refund_id WHERE p.order_line_id = each.id AND r.state <> 'declined') AS back
          FROM order_line each) AS l ON l.order_id = o.id
        JOIN variant v ON v.id = l.variant_id WHERE v.on_hand IS NOT NULL
        GROUP BY o.id, l.variant_id) AS holds WHERE wanted <> held"""
    ):
        yield f"I2: order {order} should hold {wanted} of variant {variant}, and holds {held}"


def refunds_are_covered(books: Books) -> Iterator[str]:
    """I3: a refund is above zero, an order's together are at most what was captured but for what was made at Stripe
    beyond that, and no piece goes back twice."""
    for order, captured, refunded, least in books.rows(
        f"""SELECT o.id, o.captured_minor, sum(r.amount_minor - r.excess_minor), min(r.amount_minor) FROM orders o
        JOIN refund r ON r.order_id = o.id AND r.state IN {RESERVED} GROUP BY o.id, o.captured_minor
        HAVING sum(r.amount_minor - r.excess_minor) > o.captured_minor OR min(r.amount_minor) <= 0
        OR sum(CASE WHEN r.source = 'shop' THEN r.amount_minor ELSE 0 END) > o.captured_minor"""
    ):
        yield f"I3: of order {order}, {captured} was captured and {refunded} refunded, {least} the least"
    for refund, source, excess in books.rows(
        f"""SELECT r.id, r.source, r.excess_minor FROM refund r JOIN orders o ON o.id = r.order_id
        WHERE r.excess_minor > 0 AND (r.source <> 'stripe' OR r.state NOT IN {RESERVED}
        OR o.refunded_minor > o.captured_minor)"""
    ):
        yield f"I3: refund {refund} ({source}) is said to be {excess} more than was paid"
    for line, quantity, refunded, asked, says in books.rows(
        f"""SELECT id, quantity, refunded, asked, asked_back FROM (SELECT l.id, l.quantity, l.asked_back,
        (SELECT coalesce(sum(p.quantity), 0) FROM refund_line p JOIN refund r ON r.id = p.refund_id
          WHERE p.order_line_id = l.id AND r.state IN {RESERVED}) AS refunded,
        (SELECT coalesce(sum(accepted), 0) FROM return_line t WHERE t.order_line_id = l.id) AS asked
        FROM order_line l) AS pieces WHERE refunded > quantity OR asked > quantity OR asked <> asked_back"""
    ):
        yield f"I3: of line {line} with {quantity} pieces, {refunded} are refunded, {asked} ({says}) asked back"


def paid_is_paid_in_full(books: Books) -> Iterator[str]:
    """I4: what a paid order keeps besides what was too much is its total; any other captured money is refunded,
    being refunded, disputed, in review, or waits for a person since its refund failed."""
    for order, state, total, captured, surplus, back in books.rows(
        f"""SELECT id, state, total_minor, captured_minor, surplus, back FROM (
        SELECT o.id, o.state, o.total_minor, o.captured_minor,
         (SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE order_id = o.id AND reason IN {SURPLUS}
           AND state <> 'declined' AND coalesce(failure_code, '') <> 'replaced'
           AND id NOT IN (SELECT retry_of FROM refund WHERE retry_of IS NOT NULL)) AS surplus,
         (SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE order_id = o.id AND state <> 'declined'
           AND coalesce(failure_code, '') <> 'replaced'
           AND id NOT IN (SELECT retry_of FROM refund WHERE retry_of IS NOT NULL)) AS back,
         (SELECT coalesce(sum(withdrawn_minor), 0) FROM dispute WHERE order_id = o.id) AS disputed
        FROM orders o WHERE NOT EXISTS
         (SELECT 1 FROM payment_attempt a WHERE a.order_id = o.id AND a.state = 'review')) AS money
        WHERE (state = 'paid' AND captured_minor - surplus <> total_minor)
        OR (state <> 'paid' AND captured_minor > back + disputed)"""
    ):
        yield f"I4: order {order} is {state}: {captured} of {total} captured, {surplus} too much, {back} back"


def paid_has_one_confirmation(books: Books) -> Iterator[str]:
    """I5: a paid order has exactly one confirmation that is no resend, and one invoice."""
    for order, mails, invoices in books.rows(
        """SELECT id, mails, invoices FROM (SELECT o.id,
        (SELECT count(*) FROM outgoing_mail m WHERE m.kind = 'order_confirmation' AND m.subject = 'order:' || o.id
          AND m.resend_of IS NULL) AS mails,
        (SELECT count(*) FROM document d WHERE d.order_id = o.id AND d.kind = 'invoice') AS invoices
        FROM orders o WHERE o.state = 'paid') AS told WHERE mails <> 1 OR invoices <> 1"""
    ):
        yield f"I5: order {order} is paid and has {mails} confirmations and {invoices} invoices"


def discounts_are_used_as_often_as_they_say(books: Books) -> Iterator[str]:
    """I6: the uses of a discount are the orders that hold it, within its limit; they hold it while they stand."""
    for discount, uses, held, limit in books.rows(
        """SELECT id, uses, held, total_limit FROM (SELECT d.id, d.uses, d.total_limit,
        (SELECT count(*) FROM discount_use u WHERE u.discount_id = d.id) AS held FROM discount d) AS counts
        WHERE uses <> held OR held > total_limit"""
    ):
        yield f"I6: discount {discount} says {uses} uses, {held} orders hold it, its limit is {limit}"
    for order, held in books.rows(
        """SELECT id, held FROM (SELECT o.id,
        (SELECT count(*) FROM discount_use u WHERE u.order_id = o.id) AS held,
        CASE WHEN CAST(o.discounts AS TEXT) = '[]' OR (o.state = 'cancelled' AND o.paid_at IS NULL) THEN 0
          ELSE 1 END AS wanted FROM orders o) AS uses WHERE held <> wanted"""
    ):
        yield f"I6: order {order} holds {held} discounts"


def totals_are_sums(books: Books) -> Iterator[str]:
    """I7: an order's total is the integer sum of its frozen parts."""
    for order, total, parts, goods, net, tax in books.rows(
        """SELECT o.id, o.total_minor, o.goods_minor - o.discount_minor + o.shipping_minor,
        sum(l.total_minor) + o.shipping_minor, sum(l.net_minor) + o.shipping_net_minor,
        sum(l.tax_minor) + o.shipping_tax_minor FROM orders o JOIN order_line l ON l.order_id = o.id
        GROUP BY o.id HAVING o.total_minor <> o.goods_minor - o.discount_minor + o.shipping_minor
        OR o.total_minor <> sum(l.total_minor) + o.shipping_minor
        OR o.net_minor <> sum(l.net_minor) + o.shipping_net_minor
        OR o.tax_minor <> sum(l.tax_minor) + o.shipping_tax_minor"""
    ):
        yield f"I7: order {order} is {total}, its parts {parts}, its lines {goods} ({net} and {tax} of tax)"


def states_moved_along_their_graphs(books: Books) -> Iterator[str]:
    """I8: no state moved where its graph has no edge."""
    for move in books.forbidden_moves:
        yield f"I8: {move}"


def payments_have_orders_and_holds_end(books: Books) -> Iterator[str]:
    """I9: every payment page is an attempt's, and open only while that waits; an order that waits past its hold is
    about to be cancelled, or a person looks at its payment."""
    waits = {row.id: row.state for row in books.rows("SELECT id, state FROM payment_attempt")}
    for page in books.stripe["sessions"]:
        state = waits.get(page["client_reference_id"])
        if state is None:
            yield f"I9: payment page {page['id']} is no order's"
        elif page["status"] == "open" and state not in {"created", "open"}:
            yield f"I9: payment page {page['id']} can be paid, its attempt is {state}"
    due = {
        _args(row.args)["order_id"]
        for row in books.rows(
            "SELECT args FROM job WHERE name = 'checkout.expire' AND state IN ('queued', 'running')"
        )
    }
    late = books.rows(
        """SELECT id FROM orders o WHERE state IN ('awaiting_payment', 'processing') AND hold_until < :now
        AND NOT EXISTS (SELECT 1 FROM payment_attempt a WHERE a.order_id = o.id AND a.state = 'review')""",
        now=clock.now(),
    )
    for (order,) in late:
        if order not in due:
            yield f"I9: order {order} waits past its hold, and nothing will end it"


def events_take_effect_once(books: Books) -> Iterator[str]:
    """I10: an event's id is kept once, and looked into by one job."""
    told = Counter(
        _args(row.args)["event_id"]
        for row in books.rows("SELECT args FROM job WHERE name = 'webhooks.handle'")
    )
    for event, times in told.items():
        if times > 1:
            yield f"I10: event {event} is looked into {times} times"


def _args(written: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written) if isinstance(written, str) else written
    return found


INVARIANTS: tuple[Invariant, ...] = (
    ledger_is_what_moved,
    ledger_has_nothing_that_stripe_has_not,
    credit_is_its_entries,
    stock_is_its_movements,
    orders_hold_what_they_say,
    refunds_are_covered,
    paid_is_paid_in_full,
    paid_has_one_confirmation,
    discounts_are_used_as_often_as_they_say,
    totals_are_sums,
    states_moved_along_their_graphs,
    payments_have_orders_and_holds_end,
    events_take_effect_once,
)


def differences(books: Books) -> list[str]:
    """Every difference found, as sentences."""
    return [difference for invariant in INVARIANTS for difference in invariant(books)]
