"""`python -m bench.settle`: the worker looks into all events, while Stripe answers from within that all is paid, and
writes the mails that follow.

Prints how many orders were settled and the seconds it took until the last mail was written; its settings come from
the environment.
"""

import time

import sqlalchemy as sa

from storefront import create_app, jobs
from storefront.database import Prepared, read, release, session
from storefront.mail.models import MailState, OutgoingMail
from storefront.money import Money
from storefront.orders.models import Order, OrderState
from storefront.payments import gateway
from storefront.payments.evidence import PaymentSession
from storefront.payments.models import PaymentAttempt

# What a paid order is made of; the pictures of the demo's goods are due at the same time, and take longer.
JOBS = ("webhooks.handle", "mail.send")
LONGEST_SECONDS = 600


def main() -> None:
    """Settle everything, and tell how fast."""
    app = create_app()
    with app.app_context():
        vars(gateway)["session_by_id"] = _paid
        before, began = _count(_PAID), time.perf_counter()
        jobs.drain(app, seconds=LONGEST_SECONDS, only=JOBS)
        seconds = time.perf_counter() - began
        if _count(_OWED):
            raise RuntimeError("some mails were not written")
        print(_count(_PAID) - before, seconds)


def _paid(session_id: str) -> PaymentSession:
    (attempt,) = read(_ATTEMPT, {"session": session_id})
    release()
    return PaymentSession(
        id=session_id,
        url=None,
        status="complete",
        payment_status="paid",
        amount=Money(attempt.amount_minor, attempt.currency),
        attempt_id=attempt.id,
        payment_intent_id=f"pi_{attempt.id}",
        intent_status="succeeded",
        livemode=False,
    )


_ATTEMPT = Prepared(
    sa.select(PaymentAttempt.id, PaymentAttempt.amount_minor, PaymentAttempt.currency).where(
        PaymentAttempt.session_id == sa.bindparam("session")
    )
)
_PAID = sa.select(sa.func.count()).select_from(Order).where(Order.state == OrderState.PAID)
_OWED = sa.select(sa.func.count()).select_from(OutgoingMail).where(OutgoingMail.state == MailState.OWED)


def _count(statement: sa.Select[int]) -> int:
    found = session().scalar(statement) or 0
    release()
    return int(found)


if __name__ == "__main__":
    main()
