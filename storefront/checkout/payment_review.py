"""What people decide about a payment that is not what was asked: accept it, or give all of it back.

Each locks the order as settlement does, and decides about what is in review then. Stripe is not asked: what it took
is in the ledger, and what goes back is sent by the worker.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, mail
from storefront.cart.steps import spend
from storefront.catalogue import stock
from storefront.checkout.calling_off import take_again
from storefront.database import session, transaction
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.orders.disputes import Disputed, refuse_disputed
from storefront.orders.models import Order, OrderState
from storefront.orders.money_back import Actor
from storefront.orders.refund import Refund
from storefront.orders.steps import let_go, lock_order, mark_cancelled, mark_paid, quantities
from storefront.orders.tenders import captured_by, left_of_payment
from storefront.payments.models import AttemptState, PaymentAttempt
from storefront.payments.steps import end_attempt, lock_attempt, waiting_attempts
from storefront.refunds.steps import give_all_back

LONGEST_WHY = 1000
# Why a payment went back that a person did not accept.
RETURNED = "payment_returned"


def accept_payment(attempt_id: str, *, why: str, by: Actor) -> None:
    """Take what came as the payment: the order is paid, and what came too much goes back. A second call changes
    nothing.

    Raises NotFound, Disputed, and Refused where less came than was asked or is left of it, for another currency, test
    money, an order that is paid already, goods that are gone, or without a reason.
    """
    _check_why(why)
    with transaction():
        order, attempt = _locked(attempt_id)
        if _was_accepted(order, attempt):
            return
        _require_review(attempt)
        # Some of it may have gone back in Stripe's dashboard meanwhile.
        left = left_of_payment(attempt)
        if (problem := why_not_accepted(order, attempt, left)) is not None:
            raise Refused(problem)
        # An order that was paid and then cancelled has had its invoice: it does not come to life again.
        if order.state == OrderState.CANCELLED and (order.paid_at is not None or not take_again(order)):
            raise Refused(_not_there(order))
        end_attempt(attempt, AttemptState.PAID, problem=attempt.problem)
        mark_paid(order)
        spend(order.cart_id, quantities(order.id))
        surplus = left - Money(attempt.amount_minor, attempt.currency)
        if surplus:
            give_all_back(order, attempt_id=attempt.id, amount=surplus, reason="overpaid", by=by)
        _record("payment.accepted", order, attempt, by=by, why=why)


def _not_there(order: Order) -> str:
    if order.credit_minor:
        return _(
            "The goods, or the gift card or credit that paid a part, are no longer there: give the payment back."
        )
    return _("The goods are no longer there: give the payment back.")


def return_payment(attempt_id: str, *, why: str, by: Actor) -> None:
    """Give back all that came, and cancel the order unless it is paid otherwise or still may be; shopper told. A
    second call changes nothing. Raises NotFound, Disputed, and Refused without a reason or a payment in review."""
    _check_why(why)
    with transaction():
        order, attempt = _locked(attempt_id)
        if attempt.state == AttemptState.PAID and _was_returned(attempt):
            return
        _require_review(attempt)
        left = left_of_payment(attempt)
        if left:
            give_all_back(order, attempt_id=attempt.id, amount=left, reason=RETURNED, by=by)
        # Its money came and went: settlement, which looks again at what was never paid, has nothing to do here.
        end_attempt(attempt, AttemptState.PAID, problem=attempt.problem)
        _call_off(order)
        facts = {"order_id": order.id, "attempt_id": attempt.id}
        mail.owe(RETURNED, subject=f"attempt:{attempt.id}", recipient=order.email, facts=facts)
        _record("payment.returned", order, attempt, by=by, why=why)


def _was_accepted(order: Order, attempt: PaymentAttempt) -> bool:
    return attempt.state == AttemptState.PAID and order.is_paid and not _was_returned(attempt)


def _was_returned(attempt: PaymentAttempt) -> bool:
    back = sa.select(Refund.id).where(Refund.attempt_id == attempt.id, Refund.reason == RETURNED)
    return session().scalar(back.limit(1)) is not None


def _require_review(attempt: PaymentAttempt) -> None:
    if attempt.state != AttemptState.REVIEW:
        raise Refused(_("This payment is not in review: somebody may have decided about it just now."))


def why_not_accepted(order: Order, attempt: PaymentAttempt, left: Money) -> str | None:
    """Why a payment in review, of which so much is left, cannot be accepted; None where it can."""
    if order.is_paid:
        return _("The order is paid by another payment: give this one back.")
    if attempt.problem == "livemode":
        return _("Test money cannot be accepted for real goods.")
    if left.currency != order.currency:
        return _("Money of another currency cannot be accepted.")
    if left.minor < attempt.amount_minor:
        return _("Less came than was asked, or is left of it, so it can only go back.")
    try:
        refuse_disputed(order)
    except Disputed:
        return _("This order’s money is disputed at a bank: see what the bank decides first.")
    return None


def _call_off(order: Order) -> None:
    if order.state not in {OrderState.AWAITING_PAYMENT, OrderState.PROCESSING} or waiting_attempts(order.id):
        return
    mark_cancelled(order, code=RETURNED)
    # In the order in which they are taken: nobody who orders the same waits for this, and this for them.
    stock.give_back(quantities(order.id), reference=f"order:{order.id}")
    let_go(order)


def _check_why(why: str) -> None:
    if not why:
        raise Refused(_("Say why."), field="why")
    if len(why) > LONGEST_WHY:
        raise Refused(_("A reason has at most %(most)s characters.", most=LONGEST_WHY), field="why")


def _record(verb: str, order: Order, attempt: PaymentAttempt, *, by: Actor, why: str) -> None:
    captured = captured_by(attempt)
    detail = {
        "attempt": (None, attempt.id),
        "amount": (None, f"{captured.decimal} {captured.currency}"),
        "why": (None, why),
    }
    audit.record(verb, subject=("order", order.id), actor=by, code=attempt.problem, detail=detail)


def _locked(attempt_id: str) -> tuple[Order, PaymentAttempt]:
    order_id = session().scalar(sa.select(PaymentAttempt.order_id).where(PaymentAttempt.id == attempt_id))
    if order_id is None:
        raise NotFound()
    order = lock_order(order_id)
    return order, lock_attempt(attempt_id)
