"""Refunds as people look at them: with their order, their parts, and what was noted.

Knows how to read them whole, a page by a fixed number of queries; refuses to write.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.database import session
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.books import Document
from storefront.orders.models import OrderLine, number_of_id
from storefront.orders.refund import REPLACED, RESERVED, UNSEEN, Refund, RefundState
from storefront.refunds.models import RefundLine, RefundNote

# Stripe answers within seconds, and the reconciler asks every ten minutes: older than this is worth a look.
SENT_TOO_LONG = timedelta(days=1)
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class PartShown:
    """Pieces of a line that a refund is for."""

    title: str
    variant_title: str
    pieces: int
    amount: Money
    restocked: int


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """A refund with its parts and notes; `retried_by` is the id of the one that tries it again, `credit_note` is
    made once its money is on its way."""

    refund: Refund
    parts: tuple[PartShown, ...]
    notes: tuple[RefundNote, ...]
    retried_by: str | None
    credit_note: Document | None

    @property
    def number(self) -> int:
        """The number of its order."""
        return number_of_id(self.refund.order_id)

    @property
    def shipping(self) -> Money:
        """What of it pays shipping back."""
        return Money(self.refund.shipping_minor, self.refund.currency)

    @property
    def is_open_failure(self) -> bool:
        """Whether it failed and nobody has seen to it."""
        return (
            self.refund.state == RefundState.FAILED
            and self.refund.failure_code != REPLACED
            and self.refund.set_aside_at is None
            and self.retried_by is None
        )

    @property
    def has_waited(self) -> bool:
        """Whether it was sent long ago and has not arrived."""
        sent_at = self.refund.sent_at
        return self.refund.state == RefundState.SENT and (
            sent_at is not None and clock.now() - sent_at > SENT_TOO_LONG
        )


def refund_record(refund_id: str) -> RefundRecord:
    """One refund, by five queries. Raises NotFound."""
    found = _records(sa.select(Refund).where(Refund.id == refund_id))
    if not found:
        raise NotFound()
    return found[0]


def refunds_of_order(order_id: int) -> tuple[RefundRecord, ...]:
    """All of an order, the newest first, by five queries; those that another took the place of are left out."""
    mine = sa.select(Refund).where(
        Refund.order_id == order_id, sa.func.coalesce(Refund.failure_code, "") != REPLACED
    )
    return _records(mine.order_by(Refund.created_at.desc(), Refund.id))


def waiting_for_approval() -> sa.Select[Any]:
    """Ids of those that wait for a second person."""
    return sa.select(Refund.id).where(Refund.state == RefundState.REQUESTED)


def open_failures() -> sa.Select[Any]:
    """Ids of those that failed and that nobody has seen to."""
    again = sa.orm.aliased(Refund)
    return sa.select(Refund.id).where(
        Refund.state == RefundState.FAILED,
        Refund.set_aside_at.is_(None),
        sa.func.coalesce(Refund.failure_code, "") != REPLACED,
        ~sa.exists().where(again.retry_of == Refund.id),
    )


def sent_too_long() -> sa.Select[Any]:
    """Ids of those that were sent long ago and have not arrived."""
    return sa.select(Refund.id).where(
        Refund.state == RefundState.SENT, Refund.sent_at < clock.now() - SENT_TOO_LONG
    )


def not_owed() -> sa.Select[Any]:
    """Ids of those made at Stripe that were not owed, in whole or part, and that nobody has seen to."""
    return sa.select(Refund.id).where(sa.text(UNSEEN), Refund.state.in_(RESERVED))


def refunds_that_wait() -> sa.Select[Any]:
    """Ids of those that somebody has to do something about: wait for approval, failed, or were not owed."""
    return waiting_for_approval().union_all(open_failures(), not_owed()).subquery().select()


def refund_queue(ids: sa.Select[Any]) -> tuple[RefundRecord, ...]:
    """Those of one of the queues above, the oldest first, by five queries; at most so many."""
    mine = sa.select(Refund).where(Refund.id.in_(ids))
    return _records(mine.order_by(Refund.created_at, Refund.id).limit(MOST_LISTED))


def _records(statement: sa.Select[Any]) -> tuple[RefundRecord, ...]:
    refunds = session().scalars(statement, execution_options={"populate_existing": True}).all()
    ids = [each.id for each in refunds]
    if not ids:
        return ()
    parts, notes = _parts(refunds), defaultdict(list)
    for note in session().scalars(sa.select(RefundNote).where(RefundNote.refund_id.in_(ids))):
        notes[note.refund_id].append(note)
    retries = session().execute(sa.select(Refund.retry_of, Refund.id).where(Refund.retry_of.in_(ids)))
    retried = {row.retry_of: row.id for row in retries}
    mine = sa.select(Document).where(Document.refund_id.in_(ids))
    credited = {each.refund_id: each for each in session().scalars(mine)}
    return tuple(
        RefundRecord(
            each,
            tuple(parts[each.id]),
            tuple(notes[each.id]),
            retried.get(each.id),
            credited.get(each.id),
        )
        for each in refunds
    )


def _parts(refunds: Sequence[Refund]) -> dict[str, list[PartShown]]:
    currency = {each.id: each.currency for each in refunds}
    rows = session().execute(
        sa.select(RefundLine, OrderLine.title, OrderLine.variant_title)
        .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
        .where(RefundLine.refund_id.in_(list(currency)))
        .order_by(OrderLine.position, OrderLine.id)
    )
    parts = defaultdict(list)
    for line, title, variant_title in rows:
        amount = Money(line.amount_minor, currency[line.refund_id])
        parts[line.refund_id].append(PartShown(title, variant_title, line.quantity, amount, line.restocked))
    return parts
