"""The discounts that an order was given, as it keeps them: copies, in words and amounts.

Knows how they are written and read back; refuses to know what became of the discounts themselves.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from storefront.money import Money
from storefront.orders.models import Order
from storefront.pricing.models import DiscountKind
from storefront.pricing.offers import Given


def kept_discounts(given: Iterable[Given]) -> list[dict[str, Any]]:
    """What is written with the order."""
    return [
        {
            "discount": each.id,
            "version": each.version,
            "code": each.code,
            "title": each.title,
            "kind": each.kind.value,
            "amount_minor": each.amount.minor,
        }
        for each in given
    ]


def discounts_of(order: Order) -> Sequence[Given]:
    """What the order was given."""
    return tuple(
        Given(
            id=each["discount"],
            version=each["version"],
            code=each["code"],
            title=each["title"],
            kind=DiscountKind(each["kind"]),
            amount=Money(each["amount_minor"], order.currency),
        )
        for each in order.discounts
    )


def typed_code(order: Order) -> str:
    """The code that took something off it; "" where none did."""
    return next((str(each["code"]) for each in order.discounts if each["code"]), "")


def frees_shipping(order: Order) -> bool:
    """Whether a discount made its usual way to ship free."""
    return any(each["kind"] == DiscountKind.SHIPPING for each in order.discounts)
