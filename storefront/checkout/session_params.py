"""Everything Stripe is told about a payment, frozen with the attempt.

Knows the parameters of a Checkout Session; refuses to call anyone.
"""

import copy
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from storefront.cart.quote import Quote
from storefront.config import settings
from storefront.money import Money, total
from storefront.orders.placing import Written
from storefront.payments.units import to_units
from storefront.web import address, sign

# Stripe's longest product name is 250 characters.
LONGEST_NAME = 250
# The languages of its payment page: https://docs.stripe.com/js/appendix/supported_locales
_LANGUAGES = frozenset(
    """
    bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR
    ro ru sk sl sv th tr vi zh zh-HK zh-TW
    """.split()  # noqa: SIM905
)


def session_params(
    order: Written, quote: Quote, *, attempt_id: str, expires_at: datetime, origin: str
) -> dict[str, Any]:
    """The call that opens the payment page: one item per line with its sealed total, one for shipping; where credit
    pays a part, one item for the rest.

    Raises ValueError if the items do not add up to what is asked for: nobody may be charged a sum that is not
    the order's.
    """
    items = _items(order, quote)
    if total((amount for _name_, amount in items), order.total.currency) != order.total - quote.tender.paid:
        raise ValueError(f"the items of order {order.number} do not add up to what is to pay")
    ids = {"order": str(order.number), "attempt": attempt_id}
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "client_reference_id": attempt_id,
        "metadata": ids,
        "payment_intent_data": {"metadata": ids, "description": _("Order %(number)s", number=order.number)},
        "line_items": [_item(name, amount) for name, amount in items if amount],
        "customer_email": order.email,
        "expires_at": int(expires_at.timestamp()),
        "success_url": address("checkout.returned", origin=origin, token=sign("attempt", attempt_id)),
        "cancel_url": address("checkout.left", origin=origin, token=sign("attempt", attempt_id)),
        "adaptive_pricing": {"enabled": False},
        "locale": _stripe_locale(),
        **_methods(),
    }


def _items(order: Written, quote: Quote) -> list[tuple[str, Money]]:
    if quote.tender.parts:
        return [(_("Order %(number)s, rest to pay", number=order.number), quote.tender.rest)]
    items = [(_name(line.quantity, line.title, line.variant_title), line.total) for line in quote.lines]
    if quote.shipping:
        items.append((quote.chosen.name if quote.chosen else _("Shipping"), quote.shipping))
    return items


def params_anew(
    params: dict[str, Any], *, attempt_id: str, expires_at: datetime, email: str, origin: str
) -> dict[str, Any]:
    """The call of an earlier attempt for the next one: the same sealed items under another attempt's id."""
    anew = copy.deepcopy(params)
    for ids in (anew["metadata"], anew["payment_intent_data"]["metadata"]):
        ids["attempt"] = attempt_id
    anew["client_reference_id"] = attempt_id
    anew["customer_email"] = email
    anew["expires_at"] = int(expires_at.timestamp())
    token = sign("attempt", attempt_id)
    anew["success_url"] = address("checkout.returned", origin=origin, token=token)
    anew["cancel_url"] = address("checkout.left", origin=origin, token=token)
    return anew


def _item(name: str, amount: Money) -> dict[str, Any]:
    product = {"name": name[:LONGEST_NAME]}
    price = {"currency": amount.currency.lower(), "unit_amount": to_units(amount), "product_data": product}
    return {"quantity": 1, "price_data": price}


def _name(quantity: int, title: str, variant_title: str) -> str:
    name = f"{title}, {variant_title}" if variant_title else title
    return f"{quantity} × {name}" if quantity > 1 else name


def _methods() -> dict[str, Any]:
    """Only what settles at once, unless the shop accepts waiting for days."""
    if settings().delayed_payments:
        return {}
    return {"allowed_payment_method_types": ["card"]}


def _stripe_locale() -> str:
    """The shop's language as Stripe calls it; the browser's own where Stripe does not speak the shop's."""
    locale = get_locale()
    if locale is None:
        return "auto"
    tags = (f"{locale.language}-{locale.territory}", locale.language)
    return next((tag for tag in tags if tag in _LANGUAGES), "auto")
