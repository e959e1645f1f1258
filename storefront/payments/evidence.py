"""What Stripe says, in our own words: sessions, refunds, captured money and events.

Knows what each means; refuses to know how it was asked.
"""

from dataclasses import dataclass
from datetime import datetime

from storefront.money import Money


@dataclass(frozen=True, slots=True)
class PaymentSession:
    """A Checkout Session as it stands at Stripe. `status` is open, complete or expired."""

    id: str
    url: str | None
    status: str
    payment_status: str
    amount: Money
    attempt_id: str | None
    payment_intent_id: str | None
    intent_status: str | None
    livemode: bool

    @property
    def is_paid(self) -> bool:
        """Whether the money is there: never concluded from an event's name."""
        return self.payment_status in {"paid", "no_payment_required"}

    @property
    def has_failed(self) -> bool:
        """Whether a payment that was to settle later will not."""
        return self.status == "complete" and self.intent_status in {"requires_payment_method", "canceled"}


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """A refund as it stands at Stripe; `refund_id` is our own id where we made it."""

    id: str
    status: str
    amount: Money
    payment_intent_id: str | None
    refund_id: str | None
    failure_code: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Capture:
    """Money that Stripe took: a succeeded charge."""

    payment_intent_id: str
    amount: Money
    refunded: Money
    attempt_id: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """A reason to look: what kind, and the ids it carries."""

    id: str
    type: str
    livemode: bool
    object_id: str
    attempt_id: str | None
    payment_intent_id: str | None
    payload: str
