"""What people decide about money back: asked for, approved by another, declined, tried again, set aside.

Each locks the order first and reckons behind the lock; a form sent twice is one refund. Sending is in `actions`.
"""

import re

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.database import lock, session, transaction
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.orders.disputes import is_lost
from storefront.orders.models import Order, OrderState
from storefront.orders.money_back import Actor, RefundFacts, amount_said
from storefront.orders.refund import REPLACED, Refund, RefundState
from storefront.orders.steps import lock_order
from storefront.orders.tenders import Way, left_of_payment
from storefront.payments.models import PaymentAttempt, new_id
from storefront.refunds import queries
from storefront.refunds.models import NoteKind
from storefront.refunds.reckoning import Reckoned, Wanted, reckon
from storefront.refunds.steps import (
    approve,
    ask,
    copy_parts,
    decline,
    keep_note,
    keep_parts,
    way_again,
)
from storefront.refunds.words import REASONS

LONGEST_NOTE = 1000
_FORM_KEY = re.compile(r"[0-9a-f]{32}")


class SamePerson(Refused):
    """Whoever asked for a refund cannot approve it."""


def refund_order(order_id: int, wanted: Wanted, *, reason: str, note: str, form_key: str, by: Actor) -> str:
    """Give back what is wanted, and answer the refund's id; `form_key` (32 hex digits) is the form's own: sent
    again, however often and at once, it is the same refund.

    Above `STOREFRONT_REFUND_ALONE_UP_TO` it waits for another person. Raises NotFound, Disputed, Refused.
    """
    _check_words(reason, note, form_key)
    key = f"{order_id}-{form_key}"
    with transaction():
        order = lock_order(order_id)
        known = session().scalar(sa.select(Refund.id).where(Refund.form_key == key))
        if known is not None:
            return str(known)
        of = queries.refundable(order_id)
        reckoned = reckon(of, wanted)
        facts = RefundFacts(
            refund_id=new_id("ref"),
            attempt_id=of.attempt_id,
            amount=reckoned.amount,
            shipping=reckoned.shipping,
            reason=reason,
            form_key=key,
            way=wanted.way,
        )
        refund = ask(order, facts, by=by)
        keep_parts(order, refund, reckoned.parts)
        keep_note(refund, note, kind=NoteKind.NOTE)
        if not queries.needs_second_person(of, refund.amount):
            approve(order, refund, by=by)
        return refund.id


def preview_refund(order_id: int, wanted: Wanted) -> tuple[Reckoned, bool]:
    """What a refund would come to, and whether it would wait for a second person; writes nothing. Raises Refused."""
    of = queries.refundable(order_id)
    reckoned = reckon(of, wanted)
    return reckoned, queries.needs_second_person(of, reckoned.amount)


def _check_words(reason: str, note: str, form_key: str) -> None:
    if reason not in REASONS:
        raise Refused(_("Choose one of the reasons."), field="reason")
    if len(note) > LONGEST_NOTE:
        raise Refused(_("A note has at most %(most)s characters.", most=LONGEST_NOTE), field="note")
    if not _FORM_KEY.fullmatch(form_key):
        raise Refused(_("This form is not complete. Please begin anew."))


def approve_refund(refund_id: str, *, by: Actor) -> None:
    """Let go what somebody else asked for; goods go on the shelf now. The same person again changes nothing.

    Raises NotFound, SamePerson, Disputed, and Refused where it was declined.
    """
    with transaction():
        refund, order = _locked(refund_id)
        if refund.requested_by == str(by[1]):
            raise SamePerson(_("Another person has to approve what you have asked for."))
        if refund.state == RefundState.DECLINED:
            raise Refused(_("This refund was declined before."))
        if refund.state == RefundState.FAILED:
            raise Refused(_("This refund has failed. Try it again, or say how it was given back."))
        if refund.state == RefundState.REQUESTED:
            approve(order, refund, by=by)


def decline_refund(refund_id: str, *, why: str, by: Actor) -> None:
    """Refuse what was asked for, with the reason; whoever asked may take it back so. Nothing goes on the shelf.

    A second call changes nothing. Raises NotFound, and Refused where it was approved or no reason is given.
    """
    _check_why(why)
    with transaction():
        refund, order = _locked(refund_id)
        if refund.state == RefundState.DECLINED:
            return
        if refund.state != RefundState.REQUESTED:
            raise Refused(_("This refund was approved before."))
        if order.state == OrderState.CANCELLED and not is_lost(order):
            raise Refused(_("The order is cancelled: what was paid for it has to go back."))
        decline(order, refund, by=by)
        keep_note(refund, why, kind=NoteKind.DECLINED)
        _record("refund.declined", order, refund, by=by, why=why)


def retry_refund(refund_id: str, *, by: Actor) -> str:
    """Try a failed refund again, as another one with a key of its own, and answer its id: the same for each call.

    Raises NotFound, Disputed, and Refused where it has not failed or was set aside, or where nothing is left.
    """
    return _tried_again(refund_id, way=None, by=by)


def retry_as_credit(refund_id: str, *, by: Actor) -> str:
    """The same, but that all of it becomes credit, as for a card that has ended. Refuses money that was never the
    order's besides: that goes back by its payment alone."""
    return _tried_again(refund_id, way=Way.CREDIT, by=by)


def _tried_again(refund_id: str, *, way: Way | None, by: Actor) -> str:
    with transaction():
        failed, order = _locked(refund_id)
        again = session().scalars(sa.select(Refund).where(Refund.retry_of == refund_id)).one_or_none()
        if again is not None:
            _require_way(again, way)
            return again.id
        _require_open_failure(failed)
        of = queries.refundable(order.id)
        if way is Way.CREDIT and way_again(failed) is Way.STRIPE:
            raise Refused(_("This money goes back the way it came: by its payment, and not as credit."))
        refund = ask(order, _anew(failed, way or way_again(failed)), by=by)
        copy_parts(failed, to=refund)
        if not queries.needs_second_person(of, refund.amount):
            approve(order, refund, by=by)
        return refund.id


def _require_way(again: Refund, way: Way | None) -> None:
    """Somebody else may have had the same page open, and have pressed the other button."""
    attempt = session().get_one(PaymentAttempt, again.attempt_id)
    is_as_asked = (
        not again.by_stripe if way is Way.CREDIT else again.by_stripe or not left_of_payment(attempt)
    )
    if not is_as_asked:
        raise _tried_before()


def _tried_before() -> Refused:
    return Refused(_("This refund was tried again before."))


def _anew(failed: Refund, way: Way) -> RefundFacts:
    return RefundFacts(
        refund_id=new_id("ref"),
        attempt_id=failed.attempt_id,
        amount=failed.amount,
        shipping=Money(failed.shipping_minor, failed.currency),
        reason=failed.reason,
        retry_of=failed.id,
        way=way,
    )


def set_refund_aside(refund_id: str, *, why: str, by: Actor) -> None:
    """Say that a failed refund was seen to in another way, such as by bank transfer; it leaves the queue.

    A second call changes nothing. Raises NotFound, and Refused where it has not failed, or no reason is given.
    """
    _check_why(why)
    with transaction():
        refund, order = _locked(refund_id)
        if refund.set_aside_at is not None:
            return
        if session().scalar(sa.select(Refund.id).where(Refund.retry_of == refund_id)) is not None:
            raise _tried_before()
        _require_open_failure(refund)
        refund.set_aside_at = clock.now()
        keep_note(refund, why, kind=NoteKind.SET_ASIDE)
        _record("refund.set_aside", order, refund, by=by, why=why)


def _require_open_failure(refund: Refund) -> None:
    if refund.state != RefundState.FAILED or refund.failure_code == REPLACED:
        raise Refused(_("This refund has not failed."))
    if refund.set_aside_at is not None:
        raise Refused(_("This refund was seen to in another way."))


def _check_why(why: str) -> None:
    if not why:
        raise Refused(_("Say why."), field="why")
    if len(why) > LONGEST_NOTE:
        raise Refused(_("A reason has at most %(most)s characters.", most=LONGEST_NOTE), field="why")


def _record(verb: str, order: Order, refund: Refund, *, by: Actor, why: str) -> None:
    detail = {"refund": (None, refund.id), "amount": (None, amount_said(refund)), "why": (None, why)}
    audit.record(verb, subject=("order", order.id), actor=by, code=refund.reason, detail=detail)


def _locked(refund_id: str) -> tuple[Refund, Order]:
    order_id = session().scalar(sa.select(Refund.order_id).where(Refund.id == refund_id))
    if order_id is None:
        raise NotFound()
    order = lock_order(order_id)
    return lock(Refund, refund_id), order
