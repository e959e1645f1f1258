"""What payments know of a person: the calls we made and the events that Stripe sent.

Amounts, states and Stripe's ids stay, because the books are proved with them; what they said about a person goes.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import people
from storefront.database import session
from storefront.payments.models import AttemptState, Dispute, DisputeState, PaymentAttempt, StripeEvent

_OPEN = (DisputeState.INQUIRY, DisputeState.OPEN)


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Attempts to be paid for the person's orders, disputes about them, and every event that names either."""
    named = people.says(StripeEvent.payload, [*person.emails, *person.typed, *_marks(person)])
    return (
        people.Holding(
            people.table_of(StripeEvent),
            named & (StripeEvent.received_at <= person.until),
            forget={"payload": "{}"},
            keeps=("id", "type"),
        ),
        people.Holding(
            people.table_of(Dispute),
            Dispute.order_id.in_(person.order_ids),
            forget={},
            keeps=("attempt_id", "stripe_id", "state", "currency", "reason"),
            subject="dispute",
        ),
        people.Holding(
            people.table_of(PaymentAttempt),
            PaymentAttempt.order_id.in_(person.order_ids),
            forget={"params": {}, "session_url": None},
            keeps=("id", "state", "currency", "session_id", "payment_intent_id", "problem"),
            subject="attempt",
        ),
    )


@people.objects
def in_the_way(person: people.Person) -> list[str]:
    """A dispute that is not decided, a payment that somebody has to look at."""
    disputed = sa.select(Dispute.id).where(Dispute.order_id.in_(person.order_ids), Dispute.state.in_(_OPEN))
    looked_at = sa.select(PaymentAttempt.id).where(
        PaymentAttempt.order_id.in_(person.order_ids), PaymentAttempt.state == AttemptState.REVIEW
    )
    said = []
    if session().scalar(disputed.limit(1)) is not None:
        said.append(
            _("A payment is disputed at the bank; what it is about must be kept until that is decided.")
        )
    if session().scalar(looked_at.limit(1)) is not None:
        said.append(_("A payment is being looked at; what it is about must be kept until that is done."))
    return said


def _marks(person: people.Person) -> list[str]:
    """What events call the person's payments by."""
    ids = sa.select(PaymentAttempt.id, PaymentAttempt.session_id, PaymentAttempt.payment_intent_id)
    rows = session().execute(ids.where(PaymentAttempt.order_id.in_(person.order_ids)))
    return [each for row in rows for each in row if each]
