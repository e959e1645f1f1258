"""An order written as it was promised: every price, tax, promise and address copied onto it.

Knows facts that are handed in; refuses to price anything. Its one function is a step.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from storefront import audit, clock
from storefront.config import settings
from storefront.database import Prepared, inserting, require_transaction, write
from storefront.money import Money
from storefront.orders import finding
from storefront.orders.discounts import kept_discounts
from storefront.orders.models import Fulfilment, Order, OrderLine, Source, number_of_id
from storefront.orders.steps import SHOPPER, Actor, owner
from storefront.pricing.offers import Given
from storefront.pricing.steps import Holder, take_uses


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line as it was priced; `total` is for the whole line, with tax, after `discount`. `left_out_by` is the slug
    by which the policy leaves it out of the guarantee."""

    variant_id: int
    product_id: int
    title: str
    variant_title: str
    sku: str | None
    quantity: int
    unit: Money
    net: Money
    tax: Money
    total: Money
    tax_basis_points: int
    requires_shipping: bool
    left_out_by: str | None = None
    post_id: int | None = None
    discount: Money | None = None
    is_gift_card: bool = False


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as it is promised, before it is written; the posts that led to it are ids that are known to exist."""

    draft_id: str
    cart_id: str
    email: str
    delivery: dict[str, Any]
    billing: dict[str, Any]
    country: str
    lines: tuple[LineFacts, ...]
    goods: Money
    shipping: Money
    shipping_net: Money
    shipping_tax: Money
    net: Money
    tax: Money
    total: Money
    shipping_code: str
    shipping_name: str
    delivery_from_on: date | None
    delivery_to_on: date | None
    policy_version_id: int
    terms: list[str]
    hold_until: datetime
    first_post_id: int | None = None
    last_post_id: int | None = None
    discount: Money | None = None
    tax_included: bool = True
    shipping_rate: int = 0
    given: tuple[Given, ...] = ()
    credit: Money | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An order that was just written: what its payment page says of it."""

    id: int
    email: str
    total: Money

    @property
    def number(self) -> int:
        """What people call it by."""
        return number_of_id(self.id)


def write_order(facts: OrderFacts, *, source: Source = Source.SHOP, by: Actor = SHOPPER) -> Written:
    """Write the order with every promise copied onto it; a customer who is signed in owns it. A step."""
    is_to_send = any(line.requires_shipping for line in facts.lines)
    require_transaction()
    now = clock.now()
    order = {
        "draft_id": facts.draft_id,
        "cart_id": facts.cart_id,
        "customer_id": owner(by),
        "email": facts.email,
        "delivery": facts.delivery,
        "billing": facts.billing,
        "country": facts.country,
        "currency": facts.total.currency,
        "goods_minor": facts.goods.minor,
        "discount_minor": facts.discount.minor if facts.discount else 0,
        "discounts": kept_discounts(facts.given),
        "shipping_minor": facts.shipping.minor,
        "shipping_net_minor": facts.shipping_net.minor,
        "shipping_tax_minor": facts.shipping_tax.minor,
        "net_minor": facts.net.minor,
        "tax_minor": facts.tax.minor,
        "tax_included": facts.tax_included,
        "shipping_tax_basis_points": facts.shipping_rate,
        "total_minor": facts.total.minor,
        "credit_minor": facts.credit.minor if facts.credit else 0,
        "captured_minor": 0,
        "refunded_minor": 0,
        "shipping_code": facts.shipping_code,
        "shipping_name": facts.shipping_name,
        "delivery_from_on": facts.delivery_from_on,
        "delivery_to_on": facts.delivery_to_on,
        "policy_version_id": facts.policy_version_id,
        "terms": facts.terms,
        "is_demo": settings().is_sandbox,
        "placed_at": now,
        "hold_until": facts.hold_until,
        "fulfilment": Fulfilment.UNSHIPPED if is_to_send else Fulfilment.NOTHING,
        "source": source,
        "first_post_id": facts.first_post_id,
        "last_post_id": facts.last_post_id,
    }
    # Rows and no objects: nobody changes them in this transaction.
    order_id: int = write(_adding(Order, tuple(order)), order).key
    lines = [
        {**_line(order_id, position, line), "tax_included": facts.tax_included}
        for position, line in enumerate(facts.lines)
    ]
    write(_adding(OrderLine, tuple(lines[0])), lines)
    if facts.given:
        take_uses(facts.given, Holder(order_id, facts.cart_id, facts.email))
    finding.add_words(order_id, _words(facts), placed_at=now, total_minor=facts.total.minor)
    audit.record("order.placed", subject=("order", order_id), actor=by)
    return Written(order_id, facts.email, facts.total)


@lru_cache
def _adding(model: type[Any], columns: tuple[str, ...]) -> Prepared:
    return inserting(model, *columns)


def _words(facts: OrderFacts) -> set[str]:
    return finding.words_of_order(
        email=facts.email,
        addresses=(facts.delivery, facts.billing),
        codes=(line.sku for line in facts.lines),
    )


def _line(order_id: int, position: int, line: LineFacts) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "position": position,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "title": line.title,
        "variant_title": line.variant_title,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_minor": line.unit.minor,
        "discount_minor": line.discount.minor if line.discount else 0,
        "net_minor": line.net.minor,
        "tax_minor": line.tax.minor,
        "total_minor": line.total.minor,
        "tax_basis_points": line.tax_basis_points,
        "requires_shipping": line.requires_shipping,
        "left_out_by": line.left_out_by,
        "is_gift_card": line.is_gift_card,
        "post_id": line.post_id,
    }
