"""A customer's account in words: where things are, and how each order stands in a word or two.

Knows sentences and addresses; refuses to read anything: the orders are handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.credit.models import CreditCause
from storefront.money import Money
from storefront.orders.credit_accounts import AccountRow, EntryRow
from storefront.orders.models import Fulfilment, Order, OrderState
from storefront.orders.owners import OwnOrder
from storefront.shop.frame import Link
from storefront.web.text import day_text


@dataclass(frozen=True, slots=True)
class OrderListed:
    """An order in its owner's list; `placed` and `goods` are texts."""

    number: int
    url: str
    placed: str
    state: str
    goods: str
    total: Money


@dataclass(frozen=True, slots=True)
class CreditMoved:
    """A change of the balance: what it was, on which day, by how much, and the order it belongs to ("" for none)."""

    what: str
    day: str
    amount: Money
    order_url: str
    number: int | None


@dataclass(frozen=True, slots=True)
class OwnCredit:
    """Store credit and what moved on it, the newest first."""

    balance: Money
    is_closed: bool
    moved: tuple[CreditMoved, ...]


def own_credit(account: AccountRow, entries: Sequence[EntryRow]) -> OwnCredit:
    """Store credit as its owner reads it."""
    return OwnCredit(account.balance, account.closed_at is not None, tuple(_moved(each) for each in entries))


def _moved(entry: EntryRow) -> CreditMoved:
    words = {
        CreditCause.GRANTED: _("Given by us"),
        CreditCause.SPENT: _("Paid for an order"),
        CreditCause.GIVEN_BACK: _("Back from an order that was not paid"),
        CreditCause.REFUNDED: _("Refund"),
    }
    url = url_for("shop.order", number=entry.number) if entry.number else ""
    what = words.get(entry.cause, _("Put right by us"))
    return CreditMoved(what, day_text(entry.at, "long"), entry.amount, url, entry.number)


def listed(orders: Sequence[OwnOrder]) -> tuple[OrderListed, ...]:
    """Orders as the account lists them."""
    return tuple(
        OrderListed(
            number=own.order.number,
            url=url_for("shop.order", number=own.order.number),
            placed=day_text(own.order.placed_at, "long"),
            state=in_short(own.order),
            goods=_goods(own),
            total=own.order.total,
        )
        for own in orders
    )


def in_short(order: Order) -> str:
    """How an order stands, in a word or two."""
    if order.state != OrderState.PAID:
        return _unpaid()[order.state]
    if order.captured_minor and not order.refundable:
        return _("Paid back")
    return _sent()[order.fulfilment]


def _unpaid() -> dict[OrderState, str]:
    return {
        OrderState.AWAITING_PAYMENT: _("Waits for your payment"),
        OrderState.PROCESSING: _("Payment under way"),
        OrderState.CANCELLED: _("Cancelled"),
    }


def _sent() -> dict[Fulfilment, str]:
    return {
        Fulfilment.NOTHING: _("Paid"),
        Fulfilment.UNSHIPPED: _("Paid, to be sent"),
        Fulfilment.PARTLY: _("A part is on its way"),
        Fulfilment.SHIPPED: _("On its way"),
        Fulfilment.DELIVERED: _("Delivered"),
    }


def _goods(own: OwnOrder) -> str:
    """“Lion’s mane kit and 2 more things”."""
    first, more = own.titles[:1], len(own.titles) - 1
    if not first:
        return ""
    if not more:
        return first[0]
    return ngettext(
        "%(title)s and %(num)d more thing", "%(title)s and %(num)d more things", more, title=first[0]
    )


def places() -> tuple[Link, ...]:
    """Where the parts of an account are."""
    return (
        Link(_("Orders"), url_for("shop.own_orders")),
        Link(_("Addresses"), url_for("shop.addresses")),
        Link(_("Letters"), url_for("shop.own_letters")),
        Link(_("Sign-in and security"), url_for("accounts.security")),
        Link(_("Your data"), url_for("privacy.own")),
        Link(_("Sign out"), url_for("accounts.leaving")),
    )
