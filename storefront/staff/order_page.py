"""The page of one order as staff read it: what to do next, then everything about it.

Knows words; refuses to read anything: the facts are handed in. What to do next is in `order_standing`, the ways
on are in `order_ways`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import clock
from storefront.cart.sums import SumRow, Sums, discount_rows, tax_note, tax_rows
from storefront.checkout.addresses import address_lines
from storefront.config import settings
from storefront.mail.models import MailState, OutgoingMail
from storefront.money import Money
from storefront.orders.access import order_link
from storefront.orders.books import DocumentKind
from storefront.orders.discounts import discounts_of
from storefront.orders.models import Fulfilment, Order, OrderNote, OrderState, Source
from storefront.orders.queries import LineShown, OrderRecord
from storefront.orders.taxes import shipping_price, taxes_of_order
from storefront.policies import words
from storefront.policies.rules import Decision
from storefront.shop.order_page import paid_rows
from storefront.shop.parcels import ParcelPrinted, parcels
from storefront.staff.cover_words import cover_text
from storefront.staff.job_words import mail_title
from storefront.staff.order_facts import OrderFacts
from storefront.staff.order_history import Moment, actor_name, moments
from storefront.staff.order_standing import NextStep, Tag, next_step, promised, state_tag, tags, warning
from storefront.staff.return_words import ReturnRow
from storefront.staff.return_words import row as return_row
from storefront.staff.withdrawal_words import Notice, notices_of_order
from storefront.web.text import day_text, moment_text, money_text


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
        tags=tags(facts),
        next=next_step(facts, now=clock.now()),
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
        promised=promised(order),
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
        warning=warning(facts),
        returns=tuple(return_row(each) for each in facts.returns),
    )


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
            state=state_tag(order).text,
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
