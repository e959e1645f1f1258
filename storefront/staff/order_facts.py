"""All that the staff page of one order reads, in as many statements whatever the order holds.

Knows where it is kept; refuses to write, and to word it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.accounts.models import Customer
from storefront.audit import AuditDetail, AuditEntry
from storefront.config import settings
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.orders.credit_accounts import AccountRow, cards_sold
from storefront.orders.guarantee import covered
from storefront.orders.models import Order, OrderNote, OrderState
from storefront.orders.queries import OrderRecord, order_record
from storefront.orders.refund import RESERVED, Refund
from storefront.payments.models import Dispute, DisputeState, PaymentAttempt
from storefront.policies.queries import Policy, policy_by_id
from storefront.policies.rules import Decision
from storefront.refunds.return_records import ReturnRecord, returns_of_order
from storefront.refunds.withdrawal_records import WithdrawalRecord, withdrawals_of_order

# Older ones are found by the list of orders.
MOST_OTHERS = 10
# A story that is longer is read in the audit.
MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order with everything around it; `people` are names by the id that the record keeps."""

    record: OrderRecord
    policy: Policy
    attempts: tuple[PaymentAttempt, ...]
    disputes: tuple[Dispute, ...]
    notes: tuple[OrderNote, ...]
    mails: tuple[OutgoingMail, ...]
    entries: tuple[tuple[AuditEntry, tuple[AuditDetail, ...]], ...]
    others: tuple[Order, ...]
    others_total: int
    people: dict[str, str]
    cover: dict[int, Decision]
    returns: tuple[ReturnRecord, ...]
    withdrawals: tuple[WithdrawalRecord, ...]
    cards: tuple[AccountRow, ...] = ()

    @property
    def is_disputed(self) -> bool:
        """Whether a bank decides about its money now."""
        return any(each.state == DisputeState.OPEN for each in self.disputes)

    @property
    def not_owed(self) -> list[Refund]:
        """Refunds made at Stripe of which something was not owed, and that nobody has seen to."""
        return [each for each in self.record.refunds if each.is_unseen and each.state in RESERVED]


def order_facts(order_id: int) -> OrderFacts:
    """Everything about one order. Eighteen statements, four more where something was asked back, one
    where gift cards were sold. Raises NotFound."""
    record = order_record(order_id)
    order = record.order
    attempts = _all(PaymentAttempt, PaymentAttempt.order_id == order.id, PaymentAttempt.created_at)
    disputes = _all(Dispute, Dispute.order_id == order.id, Dispute.id)
    notes = _all(OrderNote, OrderNote.order_id == order.id, OrderNote.id.desc())
    entries = _entries(order.id)
    others, others_total = _others(order)
    policy = policy_by_id(order.policy_version_id)
    returns = returns_of_order(order.id)
    ids = {each.author_id for each in notes} | {entry.actor_id for entry, _details in entries}
    return OrderFacts(
        record=record,
        policy=policy,
        attempts=attempts,
        disputes=disputes,
        notes=notes,
        mails=_mails(record, attempts, disputes, returns),
        entries=entries,
        others=others,
        others_total=others_total,
        people=people({each for each in ids if each}),
        cover=cover_of(record, policy),
        returns=returns,
        withdrawals=withdrawals_of_order(order.id),
        cards=tuple(cards_sold(order.id)) if any(line.is_gift_card for line in record.lines) else (),
    )


def cover_of(record: OrderRecord, policy: Policy) -> dict[int, Decision]:
    """What the guarantee says of each line now, by its id; nothing before the order is paid."""
    if not record.order.is_paid:
        return {}
    return covered(record, policy=policy, at=clock.now(), zone=settings().timezone)


def _all(model: Any, mine: Any, order_by: Any) -> tuple[Any, ...]:
    fresh = {"populate_existing": True}
    return tuple(session().scalars(sa.select(model).where(mine).order_by(order_by), execution_options=fresh))


def _entries(order_id: int) -> tuple[tuple[AuditEntry, tuple[AuditDetail, ...]], ...]:
    """The newest entries of the order's record, newest first, with their values."""
    mine = (AuditEntry.subject_kind == "order", AuditEntry.subject_id == str(order_id))
    newest = sa.select(AuditEntry).where(*mine).order_by(AuditEntry.id.desc()).limit(MOST_ENTRIES)
    entries = session().scalars(newest).all()
    details: dict[int, list[AuditDetail]] = {}
    ids = [each.id for each in entries]
    for each in session().scalars(
        sa.select(AuditDetail).where(AuditDetail.entry_id.in_(ids)).order_by(AuditDetail.id)
    ):
        details.setdefault(each.entry_id, []).append(each)
    return tuple((entry, tuple(details.get(entry.id, ()))) for entry in entries)


def _mails(
    record: OrderRecord,
    attempts: Collection[PaymentAttempt],
    disputes: Collection[Dispute],
    returns: Collection[ReturnRecord],
) -> tuple[OutgoingMail, ...]:
    """Every mail about the order or something of it, newest first, without the words themselves."""
    subjects = [f"order:{record.order.id}"]
    subjects += [f"attempt:{each.id}" for each in attempts]
    subjects += [f"refund:{each.id}" for each in record.refunds]
    subjects += [f"shipment:{each.id}" for each in record.shipments]
    subjects += [f"return:{each.request.id}" for each in returns]
    subjects += [f"dispute:{each.id}:{state}" for each in disputes for state in DisputeState]
    about = sa.select(OutgoingMail).where(OutgoingMail.subject.in_(subjects)).order_by(OutgoingMail.id.desc())
    words = [sa.orm.defer(OutgoingMail.text), sa.orm.defer(OutgoingMail.html)]
    return tuple(session().scalars(about.options(*words)))


def _others(order: Order) -> tuple[tuple[Order, ...], int]:
    mine = (Order.email == order.email, Order.id != order.id)
    newest = sa.select(Order).where(*mine).order_by(Order.id.desc()).limit(MOST_OTHERS)
    found = tuple(session().scalars(newest))
    paid = sa.select(sa.func.count()).select_from(Order).where(*mine, Order.state == OrderState.PAID)
    return found, int(session().scalar(paid) or 0)


def people(ids: Collection[str]) -> dict[str, str]:
    """What people are called, by the id that the record keeps. One statement."""
    numbers = [int(each) for each in ids if each.isdecimal() and len(each) < 19]
    rows = session().execute(
        sa.select(Customer.id, Customer.name, Customer.email).where(Customer.id.in_(numbers))
    )
    return {str(row.id): row.name or row.email for row in rows}
