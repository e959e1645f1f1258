"""An order as its page and its mails print it: lines, sums, addresses, terms, what happened and what comes.

Knows words and addresses; refuses to read anything: the record is handed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_skeleton, format_time
from flask import url_for
from flask_babel import gettext as _

from storefront.cart.payer import payer_name
from storefront.cart.sums import SumRow, Sums, discount_rows, tax_note, tax_rows
from storefront.checkout.addresses import address_lines
from storefront.config import settings
from storefront.credit.queries import Spent
from storefront.money import Money
from storefront.orders.books import DocumentKind
from storefront.orders.discounts import discounts_of
from storefront.orders.guarantee import events_of_order
from storefront.orders.models import Fulfilment, Order, OrderState, Source
from storefront.orders.queries import LineShown, OrderRecord
from storefront.orders.refund import REPLACED, RefundState
from storefront.orders.taxes import shipping_price, taxes_of_order
from storefront.pictures.plates import Plate, plate
from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.rules import window_ends_on
from storefront.shop.frame import the_locale
from storefront.shop.order_words import Standing, standing
from storefront.shop.parcels import ParcelPrinted, happened, parcels
from storefront.web.text import day_text, money_text


@dataclass(frozen=True, slots=True)
class LinePrinted:
    """A line; `url` is None where the product has left the shop."""

    title: str
    url: str | None
    options: str
    quantity: int
    unit: Money
    total: Money
    picture: Plate | None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, or will."""

    title: str
    text: str | None
    done: bool


@dataclass(frozen=True, slots=True)
class DocumentPrinted:
    """An invoice or credit note by its number, and where it is read and printed."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class OrderPrinted:
    """What `templates/shop/order.html` and the mails call `order`."""

    number: int
    kicker: str
    heading: str
    lead: str
    demo: bool
    pay_url: str | None
    pay_action: str | None
    pay_text: str
    hold: str | None
    timeline: tuple[Step, ...]
    lines: tuple[LinePrinted, ...]
    sums: Sums
    sums_title: str
    delivery_address: list[str]
    billing_address: list[str] | None
    email: str
    shipping_method: str
    terms: list[str]
    documents: tuple[DocumentPrinted, ...]
    parcels: tuple[ParcelPrinted, ...]


# Waits for a second person in the shop, or was not to be: nothing was promised to the shopper.
_NOT_DECIDED = (RefundState.REQUESTED, RefundState.DECLINED)


def printed(record: OrderRecord, *, document: PolicyDocument, now: datetime) -> OrderPrinted:
    """The order as it stands at the aware instant `now`; `document` is the policy it was sold under."""
    order = record.order
    stands, is_by_link = standing(record, now=now), order.source == Source.STAFF
    return OrderPrinted(
        number=order.number,
        kicker=_("Order %(number)s, placed on %(day)s", number=order.number, day=day_text(order.placed_at)),
        heading=stands.heading,
        lead=stands.lead,
        demo=order.is_demo,
        pay_url=None if is_by_link or not stands.can_be_paid else url_for("checkout.review"),
        pay_action=url_for("shop.pay", number=order.number) if is_by_link and stands.can_be_paid else None,
        pay_text=_("Pay %(amount)s", amount=money_text(order.by_card)),
        hold=_("Your goods are held until %(time)s.", time=moment(order.hold_until, now=now))
        if stands.can_be_paid
        else None,
        timeline=tuple(_timeline(record, stands)),
        lines=tuple(line_printed(line) for line in record.lines),
        sums=_sums(record),
        sums_title=_("Paid") if order.is_paid else _("The sum"),
        delivery_address=whereto(order),
        billing_address=None if order.billing == order.delivery else address_lines(order.billing),
        email=order.email,
        shipping_method=order.shipping_name,
        terms=_terms(record, document),
        documents=_documents(record),
        parcels=parcels(record),
    )


def whereto(order: Order) -> list[str]:
    """The lines of the address that the goods go to."""
    return address_lines(order.delivery)


def moment(at: datetime, *, now: datetime) -> str:
    """An instant in the shop's zone: the time alone if it is today, else with its day."""
    zone = settings().timezone
    time = format_time(at.astimezone(zone), "short", locale=the_locale())
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return time
    return _("%(day)s, %(time)s", day=day_text(at), time=time)


def line_printed(line: LineShown) -> LinePrinted:
    """A line of an order as its pages print it."""
    return LinePrinted(
        title=line.title,
        url=url_for("shop.product", slug=line.slug) if line.slug else None,
        options=line.variant_title,
        quantity=line.quantity,
        unit=line.unit,
        total=line.before,
        # The title beside it says what it is: an alternative text would be read twice.
        picture=plate(line.picture, alt=""),
    )


def _sums(record: OrderRecord) -> Sums:
    order, taxes = record.order, taxes_of_order(record)
    rows = [SumRow(_("Goods"), Money(order.goods_minor, order.currency))]
    rows.extend(discount_rows(discounts_of(order)))
    shipping = shipping_price(order)
    if shipping or any(line.requires_shipping for line in record.lines):
        label = _("Shipping to %(country)s", country=words.country(order.country))
        rows.append(SumRow(label, shipping, "" if shipping else _("free")))
    if not order.tax_included:
        rows.extend(tax_rows(taxes))
    note = tax_note(taxes, order.currency) if order.tax_included else None
    paid, rest = paid_rows(record)
    return Sums(tuple(rows), _("Total"), order.total, note, paid, rest)


def paid_rows(record: OrderRecord) -> tuple[tuple[SumRow, ...], SumRow | None]:
    """How an order that credit pays is, or was, paid, and what of it is still to pay, if anything: nothing of one
    that credit does not pay, or that was cancelled unpaid."""
    order = record.order
    if not record.credit or (order.paid_at is None and order.state == OrderState.CANCELLED):
        return (), None
    if order.paid_at is None:
        held = tuple(SumRow(payer_name(each.code_end), -each.amount) for each in record.credit)
        return held, SumRow(_("To pay"), order.by_card)
    rows = [SumRow(_paid_by(each), each.amount) for each in record.credit]
    if order.by_card:
        rows.append(SumRow(_("Paid by card"), order.by_card))
    return tuple(rows), None


def _paid_by(spent: Spent) -> str:
    if spent.is_card:
        return _("Paid by gift card ending %(end)s", end=spent.code_end)
    return _("Paid by store credit")


def _terms(record: OrderRecord, document: PolicyDocument) -> list[str]:
    """The sentences it was sold under, and the last day of the guarantee once that is known."""
    order, events = record.order, events_of_order(record, zone=settings().timezone)
    last = window_ends_on(document.money_back, line=events, zone=settings().timezone)
    has_goods = not all(line.is_gift_card for line in record.lines)
    if last is None or not document.money_back.is_offered or not has_goods:
        return list(order.terms)
    return [*order.terms, _("The last day to ask for your money back is %(day)s.", day=day_text(last))]


def _documents(record: OrderRecord) -> tuple[DocumentPrinted, ...]:
    names = {DocumentKind.INVOICE: _("Invoice"), DocumentKind.CREDIT_NOTE: _("Credit note")}
    return tuple(
        DocumentPrinted(
            f"{names[each.kind]} {each.number}",
            url_for("shop.document", number=record.order.number, document_id=each.id),
        )
        for each in record.documents
    )


def _timeline(record: OrderRecord, stands: Standing) -> Iterator[Step]:
    order = record.order
    yield Step(_("Ordered"), _moment_of(order.placed_at), done=True)
    if order.paid_at is not None:
        paid = _("Paid %(amount)s", amount=money_text(order.total))
        yield Step(paid, _moment_of(order.paid_at), done=True)
    if order.cancelled_at is not None:
        yield Step(_("Cancelled"), _moment_of(order.cancelled_at), done=True)
    yield from (
        _money_back(refund.state, Money(refund.amount_minor, refund.currency), refund.ended_at)
        for refund in record.refunds
        if refund.failure_code != REPLACED and refund.state not in _NOT_DECIDED
    )
    if order.state == OrderState.CANCELLED:
        return
    if order.paid_at is None:
        yield Step(_("Paid"), stands.next_text, done=False)
    yield from (Step(title, day, done=True) for title, day in happened(record))
    if not order.is_paid or order.is_to_ship:
        rest = _("The rest packed and handed to the carrier")
        title = rest if order.has_shipped else _("Packed and handed to the carrier")
        yield Step(title, None, done=False)
    if not order.is_paid or order.is_to_ship or order.fulfilment == Fulfilment.SHIPPED:
        yield Step(_("With you"), arrival_text(order.delivery_from_on, order.delivery_to_on), done=False)


def _money_back(state: RefundState, amount: Money, ended_at: datetime | None) -> Step:
    text = money_text(amount)
    when = _moment_of(ended_at) if ended_at else None
    if state == RefundState.SETTLED:
        return Step(_("%(amount)s paid back", amount=text), when, done=True)
    if state == RefundState.FAILED:
        return Step(_("%(amount)s could not be paid back; we see to it", amount=text), when, done=True)
    return Step(_("%(amount)s paid back", amount=text), _("on its way to you"), done=False)


def _moment_of(at: datetime) -> str:
    return moment(at, now=datetime.min.replace(tzinfo=at.tzinfo))


def arrival_text(first: date | None, last: date | None) -> str | None:
    """When it should be there, as days of the week; None where nothing was promised."""
    if first is None or last is None:
        return None
    days = [format_skeleton("MMMEd", day, locale=the_locale()) for day in (first, last)]
    return days[0] if first == last else _("%(first)s to %(last)s", first=days[0], last=days[1])
