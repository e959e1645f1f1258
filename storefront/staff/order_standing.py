"""How an order stands, for staff: its tags, what to do next, and what to think of before.

Knows words for states; refuses to read anything: the facts are handed in.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.orders.models import Fulfilment, Order, OrderState, Source
from storefront.refunds.excess import sentences
from storefront.refunds.returns import LIVE
from storefront.shop.order_page import arrival_text
from storefront.staff.order_facts import OrderFacts
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class Tag:
    """A word about how the order stands; `kind` is "", "good", "bad" or "marker"."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a person does next; `does` names the form or link that the page offers for it."""

    title: str
    text: str
    does: str = ""


def tags(facts: OrderFacts) -> tuple[Tag, ...]:
    """The words beside its number."""
    order = facts.record.order
    found = [state_tag(order)]
    if order.is_paid:
        found.append(_fulfilment_tag(order.fulfilment))
    if facts.record.in_review:
        found.append(Tag(_("Payment in review"), "bad"))
    if facts.is_disputed:
        found.append(Tag(_("Disputed"), "bad"))
    if facts.not_owed:
        found.append(Tag(_("Given back and not owed"), "bad"))
    if order.is_paid and order.captured_minor and not order.refundable:
        found.append(Tag(_("Refunded")))
    if order.source == Source.STAFF:
        found.append(Tag(_("Made by staff")))
    if order.is_demo:
        found.append(Tag(_("DEMO"), "marker"))
    return tuple(found)


def state_tag(order: Order) -> Tag:
    """Whether its money is here, in a word."""
    names = {
        OrderState.AWAITING_PAYMENT: Tag(_("Not paid")),
        OrderState.PROCESSING: Tag(_("Payment under way"), "marker"),
        OrderState.PAID: Tag(_("Paid"), "good"),
        OrderState.CANCELLED: Tag(_("Cancelled")),
    }
    return names[OrderState(order.state)]


def _fulfilment_tag(fulfilment: str) -> Tag:
    names = {
        Fulfilment.NOTHING: Tag(_("Nothing to send")),
        Fulfilment.UNSHIPPED: Tag(_("To pack"), "marker"),
        Fulfilment.PARTLY: Tag(_("Partly sent"), "marker"),
        Fulfilment.SHIPPED: Tag(_("Sent"), "good"),
        Fulfilment.DELIVERED: Tag(_("Delivered"), "good"),
    }
    return names[Fulfilment(fulfilment)]


def next_step(facts: OrderFacts, *, now: datetime) -> NextStep:
    """What a person does next, at the aware instant `now`."""
    record, order = facts.record, facts.record.order
    if record.in_review:
        return NextStep(
            _("Next: decide about its payment"),
            _(
                "What arrived is not what was asked. The goods are held until somebody accepts it or gives it back."
            ),
            "review",
        )
    if order.state == OrderState.AWAITING_PAYMENT:
        return _waits_for_payment(order, now=now)
    if order.state == OrderState.PROCESSING:
        until = moment_text(order.hold_until, "short")
        return NextStep(
            _("Wait for the payment"), _("It is under way. The goods are held until %(until)s.", until=until)
        )
    if order.state == OrderState.CANCELLED:
        return NextStep(_("Nothing to do"), _("This order is cancelled."))
    return _next_when_paid(facts)


def _waits_for_payment(order: Order, *, now: datetime) -> NextStep:
    until = moment_text(order.hold_until, "short")
    if now >= order.hold_until:
        return NextStep(
            _("Wait a moment"),
            _("The time to pay is over. It is cancelled as soon as the payment partner answers."),
        )
    if order.source == Source.STAFF:
        return NextStep(
            _("Wait for the payment"),
            _("The customer has the link to pay. The goods are held until %(until)s.", until=until),
            "link",
        )
    return NextStep(
        _("Wait for the payment"),
        _("Nothing is paid yet. The goods are held until %(until)s.", until=until),
    )


def _next_when_paid(facts: OrderFacts) -> NextStep:
    order = facts.record.order
    if order.is_to_ship:
        left = sum(line.to_ship for line in facts.record.lines)
        pieces = ngettext("%(num)d piece is left to send.", "%(num)d pieces are left to send.", left)
        return NextStep(_("Next: pack and send"), f"{pieces} {promised(order)}".strip(), "ship")
    if order.fulfilment == Fulfilment.SHIPPED:
        return NextStep(
            _("Next: say when it arrived"),
            _("All of it is on its way. The guarantee may count from the day it arrives."),
            "deliver",
        )
    if order.fulfilment == Fulfilment.DELIVERED:
        return NextStep(_("Nothing to do"), _("Everything has arrived."))
    if order.captured_minor and not order.refundable:
        return NextStep(_("Nothing to do"), _("All of its money has gone back."))
    return NextStep(_("Nothing to do"), _("There is nothing to send."))


def promised(order: Order) -> str:
    """When it was said to arrive; "" where nothing was said."""
    days = arrival_text(order.delivery_from_on, order.delivery_to_on)
    return _("Promised for %(days)s.", days=days) if days else ""


def warning(facts: OrderFacts) -> str | None:
    """What to think of before anything is sent; None where nothing is odd."""
    if facts.is_disputed:
        return _("This payment is disputed: the bank decides. Think before you send anything.")
    if not_owed := [said for each in facts.not_owed for said in sentences(each)]:
        return " ".join(not_owed)
    waiting = [each.request.number for each in facts.returns if each.request.state in LIVE]
    if waiting and facts.record.order.is_to_ship:
        return _(
            "Goods of this order are asked back (%(returns)s). Look before you send the rest.",
            returns=", ".join(waiting),
        )
    return None
