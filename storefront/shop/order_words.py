"""What an order's page opens with: how the order stands, in one line, and what that means.

Knows sentences for every state; refuses to decide anything.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from storefront.money import Money
from storefront.orders.models import Fulfilment, Order, OrderState
from storefront.orders.queries import OrderRecord
from storefront.orders.refund import RefundState
from storefront.web.text import money_text

# Reasons of refunds that make up for a payment which could not become an order.
_TOO_LATE = frozenset({"late_payment", "paid_twice"})


@dataclass(frozen=True, slots=True)
class Standing:
    """The heading and what it means; `next_text` is what the payment waits for."""

    heading: str
    lead: str
    can_be_paid: bool = False
    next_text: str | None = None


def standing(record: OrderRecord, *, now: datetime) -> Standing:
    """How the order stands at the aware instant `now`."""
    order = record.order
    if record.in_review:
        return _in_review(order)
    if order.state == OrderState.PAID:
        return _paid(record)
    if order.state == OrderState.PROCESSING:
        return Standing(
            _("Your payment is under way"),
            _(
                "The goods are held for you, and we send them when it is confirmed. We then write to %(email)s.",
                email=order.email,
            ),
            next_text=_("as soon as your bank has confirmed it"),
        )
    if order.state == OrderState.CANCELLED:
        return _cancelled(record)
    return _awaiting(order, now=now)


def _in_review(order: Order) -> Standing:
    return Standing(
        _("We are looking at your payment"),
        _(
            "What arrived is not what the order came to. A person looks at it and writes to %(email)s. "
            "Please do not pay again.",
            email=order.email,
        ),
        next_text=_("once a person has looked at it"),
    )


def _paid(record: OrderRecord) -> Standing:
    order = record.order
    settled = [each.amount_minor for each in record.refunds if each.state == RefundState.SETTLED]
    if settled and sum(settled) >= order.captured_minor:
        return Standing(
            _("Paid back"),
            _(
                "All of %(amount)s has gone back to you.",
                amount=money_text(Money(sum(settled), order.currency)),
            ),
        )
    if order.has_shipped:
        return _sent(order)
    return Standing(
        _("Paid. Thank you."),
        _(
            "The confirmation goes to %(email)s. The link in it opens this page at any time.",
            email=order.email,
        ),
    )


def _sent(order: Order) -> Standing:
    if order.fulfilment == Fulfilment.DELIVERED:
        return Standing(_("Delivered"), _("Everything you ordered has arrived. We hope you like it."))
    if order.fulfilment == Fulfilment.PARTLY:
        return Standing(
            _("A part of it is on its way"),
            _("The rest follows; we write to %(email)s when it leaves.", email=order.email),
        )
    return Standing(_("On its way to you"), _("Below you see what has left, and where you can follow it."))


def _cancelled(record: OrderRecord) -> Standing:
    order = record.order
    if any(each.reason in _TOO_LATE for each in record.refunds):
        return Standing(
            _("Cancelled, and your money goes back"),
            _("Your payment came when the goods were no longer held for you. You get all of it back."),
        )
    if order.captured_minor:
        back = _("What you have paid goes back the way it came.")
        return Standing(_("Cancelled"), " ".join(filter(None, [why_cancelled(order.cancel_code), back])))
    reasons = {
        "expired": _("It was not paid in time. Nothing has been charged."),
        "changed": _(
            "You went on with another order of this cart instead. Nothing has been charged for this one."
        ),
        "payment_returned": _("What you have paid goes back the way it came."),
        "payment_failed": _("The payment did not go through. Nothing has been charged."),
    }
    nothing = " ".join(filter(None, [why_cancelled(order.cancel_code), _("Nothing has been charged.")]))
    return Standing(_("Cancelled"), reasons.get(order.cancel_code or "", nothing))


def why_cancelled(code: str | None) -> str:
    """What a customer is told of why staff cancelled their order; nothing where that is the shop's own affair."""
    return {
        "customer_asked": _("You asked us to."),
        "cannot_deliver": _("We are sorry: we cannot deliver what you ordered."),
        "bad_address": _("We could not reach the address it was to go to."),
    }.get(code or "", "")


def _awaiting(order: Order, *, now: datetime) -> Standing:
    if now < order.hold_until:
        return Standing(
            _("Not paid yet"),
            _("As soon as %(amount)s is here, we pack your order.", amount=money_text(order.by_card)),
            can_be_paid=True,
            next_text=_("on our payment partner’s page"),
        )
    return Standing(
        _("The time to pay is over"),
        _("The goods are no longer held for you. If you have paid, this page says so within minutes."),
    )
