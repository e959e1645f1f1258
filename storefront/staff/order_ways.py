"""Where staff may go on from an order, and what its form for a parcel begins with.

Knows addresses and fields; refuses to grant anything: what a person may do is handed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, url_for

from storefront import clock
from storefront.config import settings
from storefront.orders.models import OrderState
from storefront.staff.order_facts import OrderFacts


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
