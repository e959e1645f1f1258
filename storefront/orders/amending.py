"""Where an order goes and whom we write to, put right before anything was sent.

Knows that what was paid stays what it is; refuses to know how an address looks: the checkout's form has checked it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.catalogue.models import Product
from storefront.config import settings
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.actions import record_change
from storefront.orders.discounts import frees_shipping
from storefront.orders.finding import index_order
from storefront.orders.models import Fulfilment, Order, OrderLine, OrderState
from storefront.orders.steps import Actor, lock_order
from storefront.orders.taxes import shipping_price
from storefront.policies import words
from storefront.policies.queries import policy_by_id
from storefront.policies.rules import BasketFacts, LineFacts, shipping_options
from storefront.pricing.rates import STANDARD, Rates, rates_for
from storefront.pricing.steps import move_uses


class Stale(Refused):
    """Somebody else changed the same thing since it was shown; `standing` is what it is now."""

    def __init__(self, message: str, *, standing: Any) -> None:
        super().__init__(message)
        self.standing = standing


def fingerprint(value: Any) -> str:
    """What a form remembers of the value (JSON) it was filled with, to tell whether it changed since."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def change_contact(order_id: int, *, email: str, seen: str, by: Actor) -> None:
    """Write to another address from now on; `email` has the form's shape already, `seen` is the fingerprint of what
    the form showed. Raises Stale, Refused once something was sent, NotFound."""
    with transaction():
        order = lock_order(order_id)
        _require_unsent(order)
        before = order.email
        if before == email:
            return
        if fingerprint(before) != seen:
            raise Stale(_stale(), standing=before)
        order.email = email
        move_uses(order.id, before=before, email=email)
        index_order(order.id)
        record_change(order, "order.contact_changed", by=by, before={"email": before}, after={"email": email})


def change_delivery(order_id: int, *, delivery: Mapping[str, str], seen: str, by: Actor) -> None:
    """Send it elsewhere; `delivery` has passed the checkout's own form, `seen` is the fingerprint of what was shown.

    What was paid stays what it is: a country that would have cost something else is refused. The bill keeps its
    address. Raises Stale, Refused, NotFound.
    """
    with transaction():
        order = lock_order(order_id)
        _require_unsent(order)
        before, after = dict(order.delivery), dict(delivery)
        if before == after:
            return
        if fingerprint(before) != seen:
            raise Stale(_stale(), standing=before)
        if after["country"] != order.country:
            _require_the_same_price(order, after["country"])
        if any(after.get(name, "") != before.get(name, "") for name in ("country", "country_area")):
            _require_the_same_tax(order, after)
        order.delivery, order.country = after, after["country"]
        index_order(order.id)
        record_change(
            order,
            "order.delivery_changed",
            by=by,
            before={"delivery": _as_text(before)},
            after={"delivery": _as_text(after)},
        )


def _require_unsent(order: Order) -> None:
    if order.state == OrderState.CANCELLED:
        raise Refused(_("This order is cancelled."))
    if order.has_shipped:
        raise Refused(_("A parcel has left already: what was promised for it can no longer be changed."))


def _require_the_same_price(order: Order, country: str) -> None:
    """Whether shipping would have cost the same; tax is asked for besides."""
    if order.fulfilment == Fulfilment.NOTHING:
        return
    place = words.country(country)
    facts = BasketFacts(order.currency, _line_facts(order))
    document = policy_by_id(order.policy_version_id).document
    options = shipping_options(document, country=country, facts=facts)
    if options and frees_shipping(order):
        options = [replace(options[0], price=Money.zero(order.currency)), *options[1:]]
    option = next((each for each in options if each.code == order.shipping_code), None)
    if not options:
        raise Refused(_("The terms of this order do not serve %(country)s.", country=place), field="country")
    if option is None or option.price != shipping_price(order):
        raise _another_price(place)


def _require_the_same_tax(order: Order, address: Mapping[str, str]) -> None:
    """Whether all of it would have been taxed at the rates that it was sold at. Where the same rate holds for both
    places, whatever it is today, it did when it was sold."""
    usual = settings().tax_basis_points
    there, before = (
        rates_for(str(each.get("country", "")), str(each.get("country_area", "")), usual=usual)
        for each in (address, order.delivery)
    )
    lines = (
        session()
        .execute(
            sa.select(OrderLine.tax_basis_points, Product.tax_class)
            .join(Product, Product.id == OrderLine.product_id)
            .where(OrderLine.order_id == order.id)
        )
        .all()
    )
    is_abroad = address.get("country") != order.delivery.get("country")
    for line in lines:
        if _differs(line.tax_class, line.tax_basis_points, there, before, is_abroad=is_abroad):
            raise _another_price(words.country(address["country"]))
    # Shipping that is taxed as the goods are has just been seen to.
    is_its_own = order.shipping_minor and settings().shipping_tax != "highest"
    sent_at = order.shipping_tax_basis_points
    if is_its_own and _differs(STANDARD, sent_at, there, before, is_abroad=is_abroad):
        raise _another_price(words.country(address["country"]))


def _differs(tax_class: str, sold_at: int, there: Rates, before: Rates, *, is_abroad: bool) -> bool:
    key = there.key_of(tax_class)
    is_same = key == before.key_of(tax_class) and not (is_abroad and key)
    return not is_same and there.of(tax_class) != sold_at


def _another_price(place: str) -> Refused:
    return Refused(
        _(
            "Sending it to %(country)s would have cost something else, and what was agreed stays. Cancel this "
            "order and make a new one.",
            country=place,
        ),
        field="country",
    )


def _line_facts(order: Order) -> tuple[LineFacts, ...]:
    lines = session().scalars(sa.select(OrderLine).where(OrderLine.order_id == order.id))
    in_currency = order.currency
    return tuple(
        LineFacts(
            before := Money(line.unit_minor * line.quantity, in_currency), before - _off(line, in_currency)
        )
        for line in lines
        if not line.is_gift_card
    )


def _off(line: OrderLine, currency: str) -> Money:
    return Money(line.discount_minor, currency)


def _stale() -> str:
    return _(
        "Somebody has changed this since you opened it. Both versions are shown: choose, then save again."
    )


def _as_text(address: Mapping[str, Any]) -> str:
    return json.dumps(address, ensure_ascii=False, sort_keys=True)
