"""The payment page of an attempt: opened once, found again whenever it is asked for.

Knows keys and lost answers; refuses to know what was ordered.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.checkout.giving_up import cancel_unpaid
from storefront.checkout.settlement import WAITING, settle_payment
from storefront.database import Prepared, lock_all, read, recoverable_transaction, release
from storefront.errors import NotFound, Refused
from storefront.orders.models import Order, OrderState
from storefront.payments import gateway
from storefront.payments.evidence import PaymentSession
from storefront.payments.models import PaymentAttempt
from storefront.payments.steps import open_attempt


def open_payment(attempt_id: str, *, origin: str) -> str:
    """The address of the payment page for an attempt, opening it at Stripe if need be; the same call again gives
    the same page. Where nothing is due, or all was paid meanwhile, it settles and answers "".

    Raises PaymentUnavailable (try again), PaymentDeclined, NotFound, and Refused where the order is no longer open.
    """
    attempt = next(iter(read(_ATTEMPT, {"attempt": attempt_id})), None)
    release()
    if attempt is None:
        raise NotFound()
    if attempt.amount_minor == 0 or attempt.state not in WAITING:
        return _settled(attempt_id)
    if attempt.session_id is not None:
        is_open = gateway.session_by_id(attempt.session_id).status == "open"
        return attempt.session_url or "" if is_open else _settled(attempt_id)
    call = _Call(attempt.id, attempt.order_id, attempt.params, attempt.created_at)
    made = _open(call)
    if _keep(call, made):
        return made.url or ""
    gateway.expire_session(made.id)
    return _settled(attempt_id)


_ATTEMPT = Prepared(
    sa.select(
        *(PaymentAttempt.id, PaymentAttempt.order_id, PaymentAttempt.state, PaymentAttempt.amount_minor),
        *(PaymentAttempt.params, PaymentAttempt.created_at),
        *(PaymentAttempt.session_id, PaymentAttempt.session_url),
    ).where(PaymentAttempt.id == sa.bindparam("attempt"))
)


@dataclass(frozen=True, slots=True)
class _Call:
    """The one call that an attempt makes, as it was frozen."""

    attempt_id: str
    order_id: int
    params: dict[str, Any]
    created_at: datetime


def _open(call: _Call) -> PaymentSession:
    """Open the page at Stripe, or find the one whose answer was lost in a stored failure.

    Where there is none the key is burnt: the order makes way, so that the next try is a new row with a new key.
    """
    try:
        return gateway.open_session(call.params, key=call.attempt_id)
    except gateway.Replayed:
        made = gateway.find_session(call.attempt_id, since=call.created_at)
        if made is None:
            cancel_unpaid(call.order_id, code="not_opened")
            raise
        return made


def _keep(call: _Call, made: PaymentSession) -> bool:
    """Store the session; False where the attempt ended while Stripe answered. One that is lost is found at Stripe by
    the attempt's id."""
    with recoverable_transaction():
        lock_all(Order, [call.order_id])
        return open_attempt(call.attempt_id, session_id=made.id, url=made.url)


def _settled(attempt_id: str) -> str:
    """What there is to say where no page is to be opened: nothing, or that the order is gone."""
    if settle_payment(attempt_id).state == OrderState.CANCELLED:
        raise Refused(_("This order is no longer open. Please look at your cart again."))
    return ""
