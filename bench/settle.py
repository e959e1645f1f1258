"""`python -m bench.settle`: the worker does all that is due, while Stripe answers from within that all is paid.

Prints how many orders were settled and the seconds it took, mails included; its settings come from the environment.
"""

import time

import sqlalchemy as sa

from storefront import create_app, jobs
from storefront.database import release, session
from storefront.money import Money
from storefront.orders.models import Order, OrderState
from storefront.payments import gateway
from storefront.payments.evidence import PaymentSession
from storefront.payments.models import PaymentAttempt


def main() -> None:
    """Settle everything, and tell how fast."""
    app = create_app()
    with app.app_context():
        vars(gateway)["session_by_id"] = _paid
        before, began = _paid_orders(), time.perf_counter()
        jobs.drain(app)
        print(_paid_orders() - before, time.perf_counter() - began)


def _paid(session_id: str) -> PaymentSession:
    attempt = (
        session().scalars(sa.select(PaymentAttempt).where(PaymentAttempt.session_id == session_id)).one()
    )
    found = PaymentSession(
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
    release()
    return found


def _paid_orders() -> int:
    paid = sa.select(sa.func.count()).select_from(Order).where(Order.state == OrderState.PAID)
    count = session().scalar(paid) or 0
    release()
    return count


if __name__ == "__main__":
    main()
