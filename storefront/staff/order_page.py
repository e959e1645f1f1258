"""The page of one order as staff read it: what to do next, then everything about it.

Knows words and ways on; refuses to read anything: the facts are handed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import clock
from storefront.cart.page import SumRow, Sums, discount_rows, tax_note, tax_rows
from storefront.checkout.addresses import address_lines
from storefront.config import settings
from storefront.mail.models import MailState, OutgoingMail
from storefront.money import Money
from storefront.orders.access import order_link
from storefront.orders.discounts import discounts_of
from storefront.orders.models import DocumentKind, Fulfilment, Order, OrderNote, OrderState, Source
from storefront.orders.queries import LineShown, OrderRecord
from storefront.orders.taxes import shipping_price, taxes_of_order
from storefront.policies import words
from storefront.policies.rules import Decision
from storefront.refunds.returns import LIVE
from storefront.shop.order_page import arrival_text, paid_rows
from storefront.shop.parcels import ParcelPrinted, parcels
from storefront.staff.cover_words import cover_text
from storefront.staff.job_words import mail_title
from storefront.staff.order_facts import OrderFacts
from storefront.staff.order_history import Moment, actor_name, moments
from storefront.staff.return_words import ReturnRow
from storefront.staff.return_words import row as return_row
from storefront.staff.withdrawal_words import Notice, notices_of_order
from storefront.web.text import day_text, moment_text, money_text


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


@dataclass(frozen=True, slots=True)
class LinePrinted:
    """A line of the order, with how much of it is still to be sent and whether the guarantee covers it."""

    id: int
    title: str
    url: str | None
    more: str
    quantity: int
    unit: Money
    total: Money
    sent: str
    cover: str


@dataclass(frozen=True, slots=True)
class NotePrinted:
    """A note of staff; `text` is None once it was erased."""

    id: int
    text: str | None
    who: str
    at: str
    erase_url: str


@dataclass(frozen=True, slots=True)
class MailPrinted:
    """A mail about the order."""

    title: str
    to: str
    at: str
    state: str
    is_bad: bool
    url: str


@dataclass(frozen=True, slots=True)
class Way:
    """A link, such as to a document or to another order."""

    title: str
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderShown:
    """What `templates/staff/order/page.html` calls `order`."""

    number: int
    title: str
    lead: str
    tags: tuple[Tag, ...]
    next: NextStep
    lines: tuple[LinePrinted, ...]
    parcels: tuple[ParcelPrinted, ...]
    sums: Sums
    money: tuple[SumRow, ...]
    email: str
    name: str
    delivery_address: list[str]
    billing_address: list[str] | None
    shipping: str
    promised: str
    terms: list[str]
    policy: str
    others: tuple[Way, ...]
    others_text: str
    mails: tuple[MailPrinted, ...]
    moments: list[Moment]
    notes: tuple[NotePrinted, ...]
    papers: tuple[Way, ...]
    customer_url: str
    link: str
    withdrawn: tuple[Notice, ...]
    warning: str | None
    returns: tuple[ReturnRow, ...]


def shown(facts: OrderFacts) -> OrderShown:
    """The order as staff read it."""
    record, order = facts.record, facts.record.order
    delivery = address_lines(order.delivery)
    return OrderShown(
        number=order.number,
        title=_("Order %(number)s", number=order.number),
        lead=_(
            "%(whose)s. %(at)s",
            whose=_whose(order),
            at=moment_text(order.placed_at, "medium"),
        ),
        tags=_tags(facts),
        next=_next(facts, now=clock.now()),
        lines=tuple(
            _line(line, facts.cover.get(line.id), is_off=bool(order.cancelled_at)) for line in record.lines
        ),
        parcels=parcels(record),
        sums=_sums(record),
        money=_money(facts),
        email=order.email,
        name=str(order.delivery.get("name", "")),
        delivery_address=delivery,
        billing_address=None if order.billing == order.delivery else address_lines(order.billing),
        shipping=order.shipping_name,
        promised=_promised(order),
        terms=list(order.terms),
        policy=_("Policy %(version)s", version=order.policy_version_id),
        others=tuple(_other(each) for each in facts.others),
        others_text=_others_text(facts),
        mails=tuple(_mail(order, each) for each in facts.mails),
        moments=moments(facts.entries, people=facts.people),
        notes=tuple(_note(order, each, facts.people) for each in facts.notes),
        papers=_papers(facts),
        customer_url=order_link(order.id),
        link=order_link(order.id, origin=settings().origin)
        if order.source == Source.STAFF and order.state == OrderState.AWAITING_PAYMENT
        else "",
        withdrawn=notices_of_order(facts.withdrawals),
        warning=_warning(facts),
        returns=tuple(return_row(each) for each in facts.returns),
    )


def _warning(facts: OrderFacts) -> str | None:
    if facts.is_disputed:
        return _("This payment is disputed: the bank decides. Think before you send anything.")
    waiting = [each.request.number for each in facts.returns if each.request.state in LIVE]
    if waiting and facts.record.order.is_to_ship:
        return _(
            "Goods of this order are asked back (%(returns)s). Look before you send the rest.",
            returns=", ".join(waiting),
        )
    return None


def _tags(facts: OrderFacts) -> tuple[Tag, ...]:
    order = facts.record.order
    found = [_state_tag(order)]
    if order.is_paid:
        found.append(fulfilment_tag(order.fulfilment))
    if facts.record.in_review:
        found.append(Tag(_("Payment in review"), "bad"))
    if facts.is_disputed:
        found.append(Tag(_("Disputed"), "bad"))
    if order.is_paid and order.captured_minor and not order.refundable:
        found.append(Tag(_("Refunded")))
    if order.source == Source.STAFF:
        found.append(Tag(_("Made by staff")))
    if order.is_demo:
        found.append(Tag(_("DEMO"), "marker"))
    return tuple(found)


def _state_tag(order: Order) -> Tag:
    names = {
        OrderState.AWAITING_PAYMENT: Tag(_("Not paid")),
        OrderState.PROCESSING: Tag(_("Payment under way"), "marker"),
        OrderState.PAID: Tag(_("Paid"), "good"),
        OrderState.CANCELLED: Tag(_("Cancelled")),
    }
    return names[OrderState(order.state)]


def fulfilment_tag(fulfilment: str) -> Tag:
    """How far an order has come, in a word."""
    names = {
        Fulfilment.NOTHING: Tag(_("Nothing to send")),
        Fulfilment.UNSHIPPED: Tag(_("To pack"), "marker"),
        Fulfilment.PARTLY: Tag(_("Partly sent"), "marker"),
        Fulfilment.SHIPPED: Tag(_("Sent"), "good"),
        Fulfilment.DELIVERED: Tag(_("Delivered"), "good"),
    }
    return names[Fulfilment(fulfilment)]


def _next(facts: OrderFacts, *, now: datetime) -> NextStep:
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
        return NextStep(_("Next: pack and send"), f"{pieces} {_promised(order)}".strip(), "ship")
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


def _promised(order: Order) -> str:
    days = arrival_text(order.delivery_from_on, order.delivery_to_on)
    return _("Promised for %(days)s.", days=days) if days else ""


def _whose(order: Order) -> str:
    """Who ordered and from where; of a person who was erased only the country is left."""
    where = str(order.delivery.get("city", "")) or words.country(order.country)
    return ", ".join(each for each in (str(order.delivery.get("name", "")), where) if each)


def _line(line: LineShown, cover: Decision | None, *, is_off: bool) -> LinePrinted:
    more = ", ".join(each for each in (line.sku, line.variant_title) if each)
    return LinePrinted(
        id=line.id,
        title=line.title,
        url=url_for("shop.product", slug=line.slug) if line.slug else None,
        more=more,
        quantity=line.quantity,
        unit=line.unit,
        total=line.before,
        sent=_sent(line, to_ship=0 if is_off else line.to_ship),
        cover=cover_text(cover),
    )


def _sent(line: LineShown, *, to_ship: int) -> str:
    if not line.requires_shipping:
        return _("nothing to send")
    said = [
        ngettext("%(num)d sent", "%(num)d sent", line.shipped) if line.shipped else "",
        ngettext("%(num)d to send", "%(num)d to send", to_ship) if to_ship else "",
    ]
    called_off = line.quantity - line.shipped - to_ship
    if called_off:
        said.append(ngettext("%(num)d called off", "%(num)d called off", called_off))
    return ", ".join(each for each in said if each)


def _sums(record: OrderRecord) -> Sums:
    order, taxes = record.order, taxes_of_order(record)
    rows = [SumRow(_("Goods"), Money(order.goods_minor, order.currency))]
    rows.extend(discount_rows(discounts_of(order)))
    shipping = shipping_price(order)
    rows.append(SumRow(order.shipping_name or _("Shipping"), shipping, "" if shipping else _("free")))
    if not order.tax_included:
        rows.extend(tax_rows(taxes))
    note = tax_note(taxes, order.currency) if order.tax_included else None
    paid, rest = paid_rows(record)
    return Sums(tuple(rows), _("Total"), order.total, note, paid, rest)


def _money(facts: OrderFacts) -> tuple[SumRow, ...]:
    order = facts.record.order
    rows = [SumRow(_("Captured"), Money(order.captured_minor, order.currency))]
    if order.refunded_minor:
        rows.append(SumRow(_("Given back, or on its way"), Money(-order.refunded_minor, order.currency)))
        rows.append(SumRow(_("Left"), order.refundable))
    return tuple(rows)


def _other(order: Order) -> Way:
    return Way(
        title=_("Order %(number)s", number=order.number),
        url=url_for("staff.order", number=order.number),
        text=_(
            "%(day)s, %(amount)s, %(state)s",
            day=day_text(order.placed_at, "medium"),
            amount=money_text(order.total),
            state=_state_tag(order).text,
        ),
    )


def _others_text(facts: OrderFacts) -> str:
    if not facts.others:
        return _("The first order with this address.")
    if not facts.others_total:
        return _("No other paid order with this address.")
    return ngettext(
        "%(num)d other paid order with this address.",
        "%(num)d other paid orders with this address.",
        facts.others_total,
    )


def mail_state(mail: OutgoingMail) -> str:
    """How a mail stands, in words."""
    names = {
        MailState.OWED: _("waits to be sent"),
        MailState.SENT: _("sent"),
        MailState.KEPT: _("kept in the mailbox"),
        MailState.REFUSED: _("refused by the mail server"),
        MailState.DROPPED: _("not wanted any more"),
    }
    return names[MailState(mail.state)]


def _mail(order: Order, mail: OutgoingMail) -> MailPrinted:
    return MailPrinted(
        title=mail.title or mail_title(mail.kind),
        to=mail.recipient,
        at=moment_text(mail.sent_at or mail.created_at, "short"),
        state=mail_state(mail),
        is_bad=mail.state == MailState.REFUSED,
        url=url_for("staff.order_mail", number=order.number, mail_id=mail.id),
    )


def _note(order: Order, note: OrderNote, people: Mapping[str, str]) -> NotePrinted:
    return NotePrinted(
        id=note.id,
        text=note.text,
        who=actor_name(note.author_kind, note.author_id, people),
        at=moment_text(note.at, "short"),
        erase_url=url_for("staff.erase_note", number=order.number, note_id=note.id),
    )


def _papers(facts: OrderFacts) -> tuple[Way, ...]:
    order = facts.record.order
    found = []
    if order.is_paid and order.fulfilment != Fulfilment.NOTHING:
        found.append(Way(_("Packing slip"), url_for("staff.packing_slips", n=order.number)))
    for each in facts.record.documents:
        name = _("Invoice") if each.kind == DocumentKind.INVOICE else _("Credit note")
        found.append(
            Way(f"{name} {each.number}", url_for("staff.document", number=order.number, document_id=each.id))
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Ways:
    """Where this person may go on from the order; "" where they may not."""

    refund: str
    review: str
    cancel: str
    contact: str
    delivery: str


def ways(facts: OrderFacts, *, may: Callable[[str], bool]) -> Ways:
    """The ways on for somebody who `may` do what they may do."""
    order = facts.record.order
    number = order.number
    can_edit = may("orders.edit") and order.state != OrderState.CANCELLED and not order.has_shipped
    can_cancel = can_edit and order.state != OrderState.PROCESSING
    return Ways(
        refund=there("staff.order_refunds", number=number)
        if order.captured_minor and may("refunds.make")
        else "",
        review=there("staff.payment_review") if facts.record.in_review and may("payments.review") else "",
        cancel=url_for("staff.cancel", number=number) if can_cancel else "",
        contact=url_for("staff.contact", number=number) if can_edit else "",
        delivery=url_for("staff.delivery", number=number) if can_edit else "",
    )


def there(endpoint: str, **values: Any) -> str:
    """The address of a page, "" where this shop has none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def today() -> date:
    """Today in the shop's zone: what a day of arrival begins with."""
    return clock.today(settings().timezone)


def ship_fields(facts: OrderFacts, typed: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """The pieces of the shipment form by line: what is left, or what was typed."""
    return [
        {
            "id": line.id,
            "name": f"pieces_{line.id}",
            "title": f"{line.title}, {line.variant_title}" if line.variant_title else line.title,
            "left": line.to_ship,
            "value": line.to_ship if typed is None else typed.get(f"pieces_{line.id}", ""),
        }
        for line in facts.record.lines
        if line.to_ship
    ]
