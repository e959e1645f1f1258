"""What orders know of a person: who, where to, and every line of what was bought.

Amounts, documents and the ledger stay as tax law wants them; the person becomes a pseudonym.
"""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import people
from storefront.accounts.models import Customer
from storefront.database import session
from storefront.orders.books import Document, LedgerEntry
from storefront.orders.finding import OrderWord, index_order
from storefront.orders.kept_views import KeptView
from storefront.orders.models import Fulfilment, Order, OrderLine, OrderNote, OrderState, number_of_id
from storefront.orders.parcels import Shipment, ShipmentLine
from storefront.orders.refund import Refund, RefundState

_CODES = (
    "state", "country", "currency", "shipping_code", "shipping_name", "cancel_code", "fulfilment", "source",
)  # fmt: skip
_WAITING = (OrderState.AWAITING_PAYMENT, OrderState.PROCESSING)
# As `Order.is_to_ship` says it of one.
_TO_SHIP = (
    (Order.state == OrderState.PAID)
    & Order.fulfilment.in_((Fulfilment.UNSHIPPED, Fulfilment.PARTLY))
    & ((Order.captured_minor == 0) | (Order.refunded_minor < Order.captured_minor))
)
_UNDER_WAY = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT)


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Orders with their lines, documents, refunds and entries in the books."""
    return (
        *_parcels(person),
        *_views(person),
        people.Holding(
            people.table_of(OrderNote),
            OrderNote.order_id.in_(person.order_ids),
            forget={"text": None, "erased_at": person.until},
            keeps=("key", "author_kind", "author_id"),
            # Who works here is not about the person.
            hidden=("author_kind", "author_id"),
        ),
        # The same once more, cut into words: nothing to tell.
        people.Holding(people.table_of(OrderWord), OrderWord.order_id.in_(person.order_ids), told=False),
        *_books(person),
        _refunds(person),
        people.Holding(
            people.table_of(OrderLine),
            OrderLine.order_id.in_(person.order_ids),
            forget={},
            keeps=("title", "variant_title", "sku", "left_out_by"),
        ),
        _orders(person),
        _mentions(person),
    )


def _parcels(person: people.Person) -> tuple[people.Holding, ...]:
    """A tracking number leads to a door; what was in the parcel is in the books."""
    parcels = Shipment.order_id.in_(person.order_ids)
    ids = sa.select(Shipment.id).where(parcels)
    return (
        people.Holding(people.table_of(ShipmentLine), ShipmentLine.shipment_id.in_(ids), forget={}),
        people.Holding(
            people.table_of(Shipment),
            parcels,
            forget={"tracking_number": None},
            keeps=("key", "carrier"),
            subject="shipment",
        ),
    )


def _views(person: people.Person) -> tuple[people.Holding, ...]:
    return (
        people.Holding(people.table_of(KeptView), KeptView.customer_id.in_(person.customer_ids)),
        # A colleague's view that looks for the person.
        people.Holding(
            people.table_of(KeptView),
            people.says(KeptView.filters, person.emails) | people.says(KeptView.name, person.emails),
            told=False,
        ),
    )


def _books(person: people.Person) -> tuple[people.Holding, ...]:
    return (
        people.Holding(
            people.table_of(Document),
            Document.order_id.in_(person.order_ids),
            forget={},
            keeps=("kind", "refund_id"),
        ),
        people.Holding(
            people.table_of(LedgerEntry),
            LedgerEntry.order_id.in_(person.order_ids),
            forget={},
            keeps=("kind", "currency", "stripe_id"),
        ),
    )


def _refunds(person: people.Person) -> people.Holding:
    return people.Holding(
        people.table_of(Refund),
        Refund.order_id.in_(person.order_ids),
        forget={},
        keeps=(
            "id",
            "attempt_id",
            "state",
            "currency",
            "reason",
            "source",
            "stripe_refund_id",
            "failure_code",
            "form_key",
            "retry_of",
            "split_of",
            "requested_by",
            "decided_by",
        ),
        # Who works here is not about the person.
        hidden=("requested_by", "decided_by"),
        subject="refund",
    )


def _orders(person: people.Person) -> people.Holding:
    return people.Holding(
        people.table_of(Order),
        Order.id.in_(person.order_ids),
        forget={
            "email": person.pseudonym,
            "delivery": country_alone,
            "billing": country_alone,
            "customer_id": None,
            "draft_id": None,
            "cart_id": f"erased-{person.code}",
            # What somebody read is nothing that tax law asks for.
            "first_post_id": None,
            "last_post_id": None,
        },
        keeps=("terms", "discounts", *_CODES),
        subject="order",
    )


def _mentions(person: people.Person) -> people.Holding:
    """Somebody else's orders: only the address on them is the person's, and their owner's takes its place."""
    owners = sa.select(Customer.email).where(Customer.id == Order.customer_id).scalar_subquery()
    return people.Holding(
        people.table_of(Order),
        Order.id.in_(person.mentions),
        forget={"email": owners},
        keeps=("delivery", "billing", "terms", "discounts", "cart_id", "draft_id", *_CODES),
        told=False,
    )


def country_alone(address: Any) -> dict[str, str]:
    """Of an address what tax is counted by."""
    return {"country": str((address or {}).get("country", ""))}


@people.tidies
def find_by_what_is_left(person: people.Person) -> None:
    """Orders are found by what they still say. A step."""
    for order_id in sorted(person.order_ids | person.mentions):
        index_order(order_id)


@people.objects
def in_the_way(person: people.Person) -> list[str]:
    """Orders that somebody still has to pay or to send, and money on its way back."""
    said = []
    for number in _numbers(Order.state.in_(_WAITING), person):
        said.append(_("Order %(number)s is not finished: pay it, or let it expire, first.", number=number))
    for number in _numbers(_TO_SHIP, person):
        said.append(_("Order %(number)s is still to be sent; its parcel needs the address.", number=number))
    under_way = sa.select(Refund.order_id).where(Refund.state.in_(_UNDER_WAY))
    for number in _numbers(Order.id.in_(under_way), person):
        said.append(_("Money for order %(number)s is still on its way back.", number=number))
    return said


def _numbers(condition: sa.ColumnElement[bool], person: people.Person) -> list[int]:
    found = sa.select(Order.id).where(Order.id.in_(person.order_ids), condition).order_by(Order.id)
    return [number_of_id(order_id) for order_id in session().scalars(found)]
