"""What a shopper typed on the way to the order: kept for a week, found by the cookie's random id.

Knows drafts; refuses to place orders.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront import clock, jobs
from storefront.checkout.addresses import Address
from storefront.checkout.models import KEPT, CheckoutDraft
from storefront.database import Prepared, lock, read, require_transaction, session, transaction
from storefront.errors import NotFound
from storefront.orders.models import Order, OrderState

# An order in one of these states needs its draft no more, or for ever: what is typed next begins a new one.
_CLOSED = (OrderState.PAID, OrderState.PROCESSING)
_WAITING = (OrderState.AWAITING_PAYMENT, OrderState.PROCESSING)


def find_draft(draft_id: str | None) -> CheckoutDraft | None:
    """The draft, or None where there is none or its week is over."""
    if not draft_id:
        return None
    return session().scalar(_KEPT, {"draft": draft_id, "now": clock.now()})


_KEPT = sa.select(CheckoutDraft).where(
    CheckoutDraft.id == sa.bindparam("draft"), CheckoutDraft.kept_until > sa.bindparam("now")
)


def is_kept(draft_id: str | None) -> bool:
    """Whether there is such a draft, its week not over."""
    return bool(draft_id and read(_IS_KEPT, {"draft": draft_id, "now": clock.now()}))


_IS_KEPT = Prepared(_KEPT.with_only_columns(CheckoutDraft.id))


def draft_by_id(draft_id: str) -> CheckoutDraft:
    """The draft; raises NotFound."""
    draft = find_draft(draft_id)
    if draft is None:
        raise NotFound()
    return draft


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What an order is written from: `billing` is None where it goes to the same address."""

    id: str
    email: str
    delivery: Mapping[str, Any]
    billing: Mapping[str, Any] | None


def lock_draft(draft_id: str) -> DraftFacts:
    """The draft, read anew and locked until the commit, so that it has one order; raises NotFound. A step."""
    require_transaction()
    for row in read(_LOCKED, {"draft": draft_id}):
        return DraftFacts(row.id, row.email, row.delivery, row.billing)
    raise NotFound()


_LOCKED = Prepared(
    sa.select(CheckoutDraft.id, CheckoutDraft.email, CheckoutDraft.delivery, CheckoutDraft.billing)
    .where(CheckoutDraft.id == sa.bindparam("draft"))
    .with_for_update()
)


def keep_details(draft_id: str | None, *, email: str, delivery: Address, billing: Address | None) -> str:
    """Keep what was typed, for a week from now, and answer the draft's id: a new one where the given draft is
    over, or closed because its order was paid."""
    now = clock.now()
    with transaction() as current:
        draft: CheckoutDraft | None = lock(CheckoutDraft, draft_id) if draft_id else None
        if draft is None or draft.kept_until <= now or _is_closed(draft.id):
            draft = CheckoutDraft(
                id=secrets.token_urlsafe(16), shipping_code="", created_at=now, kept_until=now
            )
            current.add(draft)
        draft.email, draft.delivery, draft.billing = email, dict(delivery), billing and dict(billing)
        draft.kept_until = now + KEPT
        return draft.id


def _is_closed(draft_id: str) -> bool:
    closed = sa.select(Order.id).where(Order.draft_id == draft_id, Order.state.in_(_CLOSED))
    return session().scalar(closed.limit(1)) is not None


def choose_shipping(draft_id: str, *, code: str) -> None:
    """Keep which way to ship was chosen; whether it is offered is the quote's to say. Raises NotFound."""
    with transaction():
        draft: CheckoutDraft | None = lock(CheckoutDraft, draft_id)
        if draft is None:
            raise NotFound()
        draft.shipping_code = code


@jobs.every("checkout.forget_drafts", minutes=60)
def forget_drafts() -> None:
    """Remove drafts whose week is over, unless an order of theirs still waits for its payment."""
    waiting = sa.select(Order.id).where(Order.draft_id == CheckoutDraft.id, Order.state.in_(_WAITING))
    over = sa.and_(CheckoutDraft.kept_until <= clock.now(), ~waiting.exists())
    of_them = sa.select(CheckoutDraft.id).where(over)
    with transaction() as current:
        # Orders are locked before drafts, as settlement does; ON DELETE SET NULL alone would do it the other way.
        current.execute(sa.update(Order).where(Order.draft_id.in_(of_them)).values(draft_id=None))
        current.execute(sa.delete(CheckoutDraft).where(over))
