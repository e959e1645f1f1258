"""The proof that the books are right: ledger against Stripe, stock against movements, orders against both.

Reads everything, writes nothing; each difference is a sentence that names the row.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

import sqlalchemy as sa

from storefront import clock
from storefront.catalogue.models import StockMovement, Variant
from storefront.database import release, session
from storefront.mail.models import OutgoingMail
from storefront.orders.books import Document, EntryKind, LedgerEntry, NumberSeries
from storefront.orders.models import Order, OrderLine, OrderState, number_of_id
from storefront.orders.refund import RESERVED, Refund, RefundState
from storefront.payments.models import AttemptState, Dispute, PaymentAttempt, StripeEvent
from storefront.refunds.queries import gone_where
from storefront.reports.against_stripe import stripe_is_in_the_ledger
from storefront.reports.credit_parts import (
    balances_are_their_entries,
    cards_are_what_was_sold,
    credit_is_what_orders_say,
)
from storefront.reports.discount_parts import discounts_are_used_as_orders_say
from storefront.reports.post_parts import posts_earn_what_the_books_say
from storefront.reports.refund_parts import (
    goods_came_back_as_refunds_say,
    refunds_are_their_parts,
    what_was_taken_out_of_credit_is_entered,
    what_went_back_was_owed,
)
from storefront.reports.return_parts import (
    goods_came_back_as_returns_say,
    pieces_are_asked_back_as_returns_say,
)
from storefront.reports.sent_parts import orders_are_as_far_as_they_say, sent_is_what_parcels_have

Check = Callable[[], Iterator[str]]


def prove() -> list[str]:
    """Every difference found, as sentences; an empty list is the proof. Raises PaymentUnavailable."""
    found = [difference for check in CHECKS for difference in check()]
    release()
    return found + list(stripe_is_in_the_ledger())


def stock_is_its_movements() -> Iterator[str]:
    """I2: what is on hand is the sum of its movements, and never below zero."""
    moved = (
        sa.select(StockMovement.variant_id, sa.func.sum(StockMovement.delta).label("moved"))
        .group_by(StockMovement.variant_id)
        .subquery()
    )
    wrong = (
        sa.select(Variant.id, Variant.on_hand, sa.func.coalesce(moved.c.moved, 0))
        .outerjoin(moved, moved.c.variant_id == Variant.id)
        .where(Variant.on_hand.is_not(None), Variant.on_hand != sa.func.coalesce(moved.c.moved, 0))
    )
    for variant_id, on_hand, sum_ in session().execute(wrong):
        yield f"Variant {variant_id} has {on_hand} on hand, but its movements add up to {sum_}."


def goods_held_are_goods_ordered() -> Iterator[str]:
    """I2: what orders took is what their lines say while they stand; once cancelled, what refunds took out."""
    moved = {
        (reference, variant_id): -int(delta)
        for reference, variant_id, delta in session().execute(
            sa.select(StockMovement.reference, StockMovement.variant_id, sa.func.sum(StockMovement.delta))
            .where(StockMovement.cause.in_(("order", "release")))
            .group_by(StockMovement.reference, StockMovement.variant_id)
        )
    }
    wanted = session().execute(
        sa.select(
            Order.id, Order.state, Order.placed_at, OrderLine.variant_id, sa.func.sum(OrderLine.quantity)
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(Variant.on_hand.is_not(None))
        .group_by(Order.id, Order.state, Order.placed_at, OrderLine.variant_id)
    )
    gone = gone_where(Order.state == OrderState.CANCELLED)
    for order_id, state, placed_at, variant_id, pieces in wanted:
        expected = gone[order_id, variant_id] if state == OrderState.CANCELLED else int(pieces)
        taken = moved.get((f"order:{order_id}", variant_id), 0)
        if taken == expected or (taken == 0 and not _was_counted(variant_id, at=placed_at)):
            continue
        yield f"Order {number_of_id(order_id)} should hold {expected} of variant {variant_id}, but holds {taken}."


def _was_counted(variant_id: int, *, at: datetime) -> bool:
    """Whether there were counted pieces then: what is not counted has movements that add up to nothing."""
    before = sa.select(sa.func.sum(StockMovement.delta)).where(
        StockMovement.variant_id == variant_id, StockMovement.at <= at
    )
    return bool(session().scalar(before))


_BACK = (EntryKind.REFUND, EntryKind.REFUND_RETURNED, EntryKind.CREDIT_GIVEN)


def ledger_is_captured_less_refunded() -> Iterator[str]:
    """I1, I3: the ledger of each order is what was captured less what was given back."""
    sums: Counter[tuple[int, str, str]] = Counter()
    for order_id, kind, currency, amount in session().execute(
        sa.select(
            LedgerEntry.order_id,
            LedgerEntry.kind,
            LedgerEntry.currency,
            sa.func.sum(LedgerEntry.amount_minor),
        ).group_by(LedgerEntry.order_id, LedgerEntry.kind, LedgerEntry.currency)
    ):
        sums[order_id, kind, currency] += int(amount)
    reserved: Counter[int] = Counter()
    twice: Counter[int] = Counter()
    settled: Counter[int] = Counter()
    for order_id, state, amount, excess in session().execute(
        sa.select(
            *(Refund.order_id, Refund.state),
            *(sa.func.sum(Refund.amount_minor), sa.func.sum(Refund.excess_minor)),
        )
        .join(Order, Order.id == Refund.order_id)
        .where(Refund.state.in_(RESERVED), Refund.currency == Order.currency)
        .group_by(Refund.order_id, Refund.state)
    ):
        reserved[order_id] += int(amount)
        twice[order_id] += int(excess)
        settled[order_id] += int(amount) if state == RefundState.SETTLED else 0
    orders = sa.select(Order.id, Order.currency, Order.captured_minor, Order.refunded_minor)
    for order_id, currency, captured, refunded in session().execute(orders):
        name = f"Order {number_of_id(order_id)}"
        came = sums[order_id, EntryKind.CAPTURE, currency] + sums[order_id, EntryKind.CREDIT_SPENT, currency]
        if came != captured:
            yield f"{name} says {captured} was captured, its ledger {came}."
        if reserved[order_id] - twice[order_id] != refunded:
            yield f"{name} says {refunded} is refunded, its refunds add up to {reserved[order_id]}."
        given = -sum(sums[order_id, kind, currency] for kind in _BACK)
        if given != settled[order_id]:
            yield f"{name} has settled refunds of {settled[order_id]}, its ledger says {given}."


def disputes_are_in_the_ledger() -> Iterator[str]:
    """I1: what disputes keep from each order is what the ledger says was withdrawn and not reinstated."""
    kinds = (EntryKind.DISPUTE, EntryKind.DISPUTE_WON)
    entered = _sums(
        sa.select(LedgerEntry.order_id, sa.func.sum(LedgerEntry.amount_minor))
        .where(LedgerEntry.kind.in_(kinds))
        .group_by(LedgerEntry.order_id)
    )
    disputed = _disputed()
    for order_id in sorted(entered | disputed):
        kept, gone = disputed.get(order_id, 0), -entered.get(order_id, 0)
        if kept != gone:
            yield f"Order {number_of_id(order_id)} has disputes of {kept}, its ledger says {gone}."


def _disputed() -> dict[int, int]:
    """By order what disputes keep from it."""
    kept = sa.select(Dispute.order_id, sa.func.sum(Dispute.withdrawn_minor))
    return _sums(kept.group_by(Dispute.order_id))


def _back_otherwise() -> dict[int, int]:
    """By order what went back outside of Stripe, where a refund had failed: a person has said so."""
    by_hand = sa.select(Refund.order_id, sa.func.sum(Refund.amount_minor)).join(
        Order, sa.and_(Order.id == Refund.order_id, Order.currency == Refund.currency)
    )
    return _sums(by_hand.where(Refund.set_aside_at.is_not(None)).group_by(Refund.order_id))


def _sums(statement: sa.Select[int, int]) -> dict[int, int]:
    return {order_id: int(amount) for order_id, amount in session().execute(statement)}


def paid_orders_are_paid_in_full() -> Iterator[str]:
    """I4: a paid order's money is its total; any other captured money is on its way back, disputed, or in review."""
    in_review = sa.select(PaymentAttempt.order_id).where(PaymentAttempt.state == AttemptState.REVIEW)
    reviewed, disputed, otherwise = set(session().scalars(in_review)), _disputed(), _back_otherwise()
    rows = session().execute(
        sa.select(Order.id, Order.state, Order.total_minor, Order.captured_minor, Order.refunded_minor)
    )
    for order_id, state, total, captured, refunded in rows:
        name = f"Order {number_of_id(order_id)}"
        gone = refunded + disputed.get(order_id, 0) + otherwise.get(order_id, 0)
        if state == OrderState.PAID and captured < total:
            yield f"{name} is paid, but only {captured} of {total} was captured."
        elif state == OrderState.PAID and captured - total > gone and order_id not in reviewed:
            yield f"{name} was paid {captured - total} too much, and {refunded} is refunded."
        elif state != OrderState.PAID and captured > gone and order_id not in reviewed:
            yield f"{name} is {state}, but keeps {captured - gone} that was captured."


def paid_orders_have_one_confirmation() -> Iterator[str]:
    """I5: a paid order has exactly one confirmation mail that is no resend, and one invoice."""
    mails = Counter(
        session().scalars(
            sa.select(OutgoingMail.subject).where(
                OutgoingMail.kind == "order_confirmation", OutgoingMail.resend_of.is_(None)
            )
        )
    )
    invoices = Counter(session().scalars(sa.select(Document.order_id).where(Document.kind == "invoice")))
    for order_id in session().scalars(sa.select(Order.id).where(Order.state == OrderState.PAID)):
        if mails[f"order:{order_id}"] != 1:
            yield f"Order {number_of_id(order_id)} is paid and has {mails[f'order:{order_id}']} confirmation mails."
        if invoices[order_id] != 1:
            yield f"Order {number_of_id(order_id)} is paid and has {invoices[order_id]} invoices."


def totals_are_sums_of_parts() -> Iterator[str]:
    """I7: an order's total, net and tax are the integer sums of its frozen parts."""
    parts = session().execute(
        sa.select(
            Order.id,
            Order.goods_minor - Order.discount_minor,
            Order.tax_included,
            Order.discount_minor,
            Order.net_minor - Order.shipping_net_minor,
            Order.tax_minor - Order.shipping_tax_minor,
            sa.func.sum(OrderLine.total_minor),
            sa.func.sum(OrderLine.discount_minor),
            sa.func.sum(OrderLine.net_minor),
            sa.func.sum(OrderLine.tax_minor),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .group_by(Order.id)
    )
    for order_id, goods, included, off, net, tax, *of_lines in parts:
        lines, lines_off, lines_net, lines_tax = map(int, of_lines)
        prices = lines if included else lines_net
        if (goods, off, net, tax) != (prices, lines_off, lines_net, lines_tax):
            yield f"Order {number_of_id(order_id)} is not the sum of its lines: {goods}/{net}/{tax} and {lines}."


def numbers_have_no_gaps() -> Iterator[str]:
    """Every series counts from 1 to its last number without a gap."""
    counted = (
        session()
        .execute(
            sa.select(
                Document.kind,
                Document.year,
                sa.func.count(),
                sa.func.max(Document.serial),
                sa.func.min(Document.serial),
            ).group_by(Document.kind, Document.year)
        )
        .all()
    )
    last = {
        (series, year): given
        for series, year, given in session().execute(
            sa.select(NumberSeries.series, NumberSeries.year, NumberSeries.last)
        )
    }
    for kind, year, count, highest, lowest in counted:
        given = last.pop((kind, year), 0)
        if count != highest or lowest != 1 or given != highest:
            yield f"The {kind} numbers of {year} have a gap: {count} numbers up to {max(given, highest)}."
    for (series, year), given in last.items():
        if given:
            yield f"The {series} numbers of {year} have a gap: 0 numbers up to {given}."


def nothing_waits_for_ever() -> Iterator[str]:
    """I9, I10: holds end, and events about our payments are looked into."""
    waiting = (OrderState.AWAITING_PAYMENT, OrderState.PROCESSING)
    reviewed = sa.select(PaymentAttempt.order_id).where(PaymentAttempt.state == AttemptState.REVIEW)
    held = sa.select(Order.id).where(
        Order.state.in_(waiting), Order.hold_until < clock.now(), Order.id.not_in(reviewed)
    )
    for order_id in session().scalars(held):
        yield f"Order {number_of_id(order_id)} still holds its goods, though its time is over."
    unseen = session().scalar(
        sa.select(sa.func.count()).select_from(StripeEvent).where(StripeEvent.handled_at.is_(None))
    )
    if unseen:
        yield f"{unseen} events from Stripe were never looked into."


CHECKS: tuple[Check, ...] = (
    stock_is_its_movements,
    goods_held_are_goods_ordered,
    ledger_is_captured_less_refunded,
    refunds_are_their_parts,
    what_went_back_was_owed,
    what_was_taken_out_of_credit_is_entered,
    goods_came_back_as_refunds_say,
    goods_came_back_as_returns_say,
    pieces_are_asked_back_as_returns_say,
    balances_are_their_entries,
    credit_is_what_orders_say,
    cards_are_what_was_sold,
    sent_is_what_parcels_have,
    orders_are_as_far_as_they_say,
    disputes_are_in_the_ledger,
    paid_orders_are_paid_in_full,
    paid_orders_have_one_confirmation,
    totals_are_sums_of_parts,
    discounts_are_used_as_orders_say,
    posts_earn_what_the_books_say,
    numbers_have_no_gaps,
    nothing_waits_for_ever,
)
