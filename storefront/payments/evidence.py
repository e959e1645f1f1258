"""What Stripe shows us, in our own types: sessions, refunds, disputes, captures, events.

Knows the shapes of Stripe's objects; refuses to ask for them: that is the gateway's.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from storefront.money import Money
from storefront.payments.units import from_units


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
class StripeDispute:
    """A dispute as it stands at Stripe.

    An inquiry withdraws nothing; what was withdrawn may be reinstated, whole or in part.
    """

    id: str
    status: str
    reason: str
    amount: Money
    payment_intent_id: str | None
    attempt_id: str | None
    withdrawn: Money
    reinstated: Money
    created_at: datetime
    due_at: datetime | None


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


def event_of(payload: str) -> Event:
    """The event in Stripe's JSON; raises ValueError, KeyError, TypeError or AttributeError where it is none."""
    body = json.loads(payload)
    if type(body["livemode"]) is not bool:
        raise TypeError("livemode is true or false")
    thing = body["data"]["object"]
    metadata = thing.get("metadata") or {}
    intent = thing.get("payment_intent")
    return Event(
        id=str(body["id"]),
        type=str(body["type"]),
        livemode=body["livemode"],
        # A balance has no id, and is none of ours; whatever we look into has one.
        object_id=str(thing.get("id", "")),
        attempt_id=_ours(metadata.get("attempt") or thing.get("client_reference_id")),
        payment_intent_id=intent.get("id") if isinstance(intent, dict) else intent,
        payload=payload,
    )


def _ours(mark: Any) -> str | None:
    """The mark if it is one of ours: other systems may use the same account, and have references of their own."""
    return mark if isinstance(mark, str) and mark.startswith("att_") else None


def session_of(made: Any) -> PaymentSession:
    """Stripe's session in our words; with `payment_intent` expanded it tells how that stands."""
    intent = made.payment_intent
    return PaymentSession(
        id=made.id,
        url=made.url,
        status=made.status,
        payment_status=made.payment_status,
        amount=from_units(made.amount_total, made.currency),
        attempt_id=made.client_reference_id,
        payment_intent_id=id_of(intent),
        intent_status=None if intent is None or isinstance(intent, str) else intent.status,
        livemode=made.livemode,
    )


def refund_of(made: Any) -> StripeRefund:
    """Stripe's refund in our words."""
    return StripeRefund(
        id=made.id,
        status=made.status or "pending",
        amount=from_units(made.amount, made.currency),
        payment_intent_id=id_of(made.payment_intent),
        refund_id=from_metadata(made, "refund"),
        failure_code=getattr(made, "failure_reason", None),
        created_at=datetime.fromtimestamp(made.created, UTC),
    )


def dispute_of(made: Any) -> StripeDispute:
    """Stripe's dispute, its `payment_intent` expanded, in our words."""
    intent, due_by = made.payment_intent, made.evidence_details.due_by
    amount = from_units(made.amount, made.currency)
    withdrawn, reinstated = _moved(made, amount)
    return StripeDispute(
        id=made.id,
        status=made.status,
        reason=made.reason,
        amount=amount,
        payment_intent_id=id_of(intent),
        attempt_id=None
        if intent is None or isinstance(intent, str)
        else _ours(from_metadata(intent, "attempt")),
        withdrawn=withdrawn,
        reinstated=reinstated,
        created_at=datetime.fromtimestamp(made.created, UTC),
        due_at=datetime.fromtimestamp(due_by, UTC) if due_by else None,
    )


def _moved(made: Any, amount: Money) -> tuple[Money, Money]:
    """What of a dispute's amount was withdrawn, and what of that was reinstated: all of it where it was won, and a
    part where it was lost to a bank that heard of an earlier refund.

    Told by its balance transactions, withdrawn ones being negative, of which there are at most two. They are in the
    account's currency: in another than the payment's they are exchanged at two days' rates, so that only what came
    back of a lost one counts by its share. https://docs.stripe.com/api/disputes/object
    """
    moved, nothing = made.balance_transactions, Money.zero(amount.currency)
    gone = -sum(each.amount for each in moved if each.amount < 0)
    back = sum(each.amount for each in moved if each.amount > 0)
    if not gone:
        return nothing, nothing
    if made.status == "won" and back:
        return amount, amount
    if any(each.currency != made.currency for each in moved):
        return amount, amount.share(min(back, gone), gone)
    kept = min(max(gone - back, 0), made.amount)
    return amount, amount - from_units(kept, made.currency)


def capture_of(charge: Any) -> Capture:
    """A succeeded charge of Stripe's in our words."""
    return Capture(
        payment_intent_id=id_of(charge.payment_intent) or charge.id,
        amount=from_units(charge.amount, charge.currency),
        refunded=from_units(charge.amount_refunded, charge.currency),
        attempt_id=from_metadata(charge, "attempt"),
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """A balance transaction: `amount` is signed, `fee` is taken from it; `kind` is Stripe's word."""

    id: str
    kind: str
    amount: Money
    fee: Money
    source_id: str | None
    at: datetime


def movement_of(made: Any) -> Movement:
    """Stripe's balance transaction in our words."""
    return Movement(
        id=made.id,
        kind=made.type,
        amount=from_units(made.amount, made.currency),
        fee=from_units(made.fee, made.currency),
        source_id=id_of(made.source),
        at=datetime.fromtimestamp(made.created, UTC),
    )


def id_of(thing: Any) -> str | None:
    """The id of what Stripe names or, expanded, shows."""
    return thing if thing is None or isinstance(thing, str) else str(thing.id)


def from_metadata(thing: Any, name: str) -> str | None:
    """What we once wrote into the object's metadata."""
    return thing.metadata[name] if thing.metadata and name in thing.metadata else None
