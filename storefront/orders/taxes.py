"""The tax of an order by its rates, as they were when it was placed.

Knows what stands on the order; refuses to look a rate up.
"""

from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.queries import OrderRecord
from storefront.pricing.tax import TaxSplit, by_rate


def taxes_of_order(record: OrderRecord) -> list[tuple[int, TaxSplit]]:
    """What each rate (basis points) comes to: lines and shipping as they were priced, the lowest rate first."""
    lines = [(line.tax_basis_points, TaxSplit(line.net, line.tax, line.total)) for line in record.lines]
    return by_rate([*lines, (record.order.shipping_tax_basis_points, shipping_split(record.order))])


def shipping_split(order: Order) -> TaxSplit:
    """Shipping with its tax."""
    amounts = (order.shipping_net_minor, order.shipping_tax_minor, order.shipping_minor)
    return TaxSplit(*(Money(minor, order.currency) for minor in amounts))


def shipping_price(order: Order) -> Money:
    """Shipping as prices were shown: with tax in it, or without."""
    return shipping_split(order).total if order.tax_included else shipping_split(order).net
