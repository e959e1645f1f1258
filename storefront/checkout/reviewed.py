"""Payments in review as people look at them: what came beside what was asked.

Knows how to read them; refuses to write and to decide.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.checkout.payment_review import why_not_accepted
from storefront.database import session
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.tenders import captured_by, left_of_payment
from storefront.payments.models import AttemptState, PaymentAttempt

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class ReviewedPayment:
    """A payment that is, or was, in review; `left` is what of it has not gone back, `obstacle` why it cannot be
    accepted, None where it can."""

    attempt: PaymentAttempt
    order: Order
    came: Money
    left: Money
    obstacle: str | None

    @property
    def asked(self) -> Money:
        """What the payment page was to ask for."""
        return Money(self.attempt.amount_minor, self.attempt.currency)

    @property
    def surplus(self) -> Money | None:
        """What would go back if it were accepted."""
        if self.came.currency != self.attempt.currency or self.came <= self.asked:
            return None
        return self.came - self.asked

    @property
    def is_in_review(self) -> bool:
        """Whether nobody has decided yet."""
        return self.attempt.state == AttemptState.REVIEW


def in_review() -> sa.Select[Any]:
    """Ids of the payments that wait for a person."""
    return sa.select(PaymentAttempt.id).where(PaymentAttempt.state == AttemptState.REVIEW)


def payments_in_review() -> list[ReviewedPayment]:
    """Those that wait, the oldest first; at most so many."""
    rows = session().execute(
        sa.select(PaymentAttempt, Order)
        .join(Order, Order.id == PaymentAttempt.order_id)
        .where(PaymentAttempt.id.in_(in_review()))
        .order_by(PaymentAttempt.ended_at, PaymentAttempt.id)
        .limit(MOST_LISTED),
        execution_options={"populate_existing": True},
    )
    return [_reviewed(attempt, order) for attempt, order in rows]


def payment_in_review(attempt_id: str) -> ReviewedPayment:
    """One that is, or was, in review. Raises NotFound."""
    attempt = session().get(PaymentAttempt, attempt_id, populate_existing=True)
    if attempt is None or attempt.problem is None:
        raise NotFound()
    return _reviewed(attempt, session().get_one(Order, attempt.order_id))


def _reviewed(attempt: PaymentAttempt, order: Order) -> ReviewedPayment:
    left = left_of_payment(attempt)
    return ReviewedPayment(attempt, order, captured_by(attempt), left, why_not_accepted(order, attempt, left))
