"""Who may see an order: the browser that was shown its signed link, its payment page or its e-mail address.

Knows the cookie and the link; refuses to know what is on an order's page.
"""

import hmac

from flask import Response, url_for

from storefront.orders.models import number_of_id
from storefront.web import read_cookie, set_cookie, sign, unsign

_PURPOSE = "order"
_COOKIE = "orders"
# A browser remembers its newest orders; every older one is found again by its link or by number and e-mail.
MOST_REMEMBERED = 20
# Longer than the default money-back window, so that its last day finds the page still open.
KEPT_DAYS = 90


def remember_order(response: Response, order_id: int) -> None:
    """Let this browser see the order from now on. Only on responses that are no-store."""
    others = [each for each in remembered_orders() if each != order_id]
    kept = [*others, order_id][-MOST_REMEMBERED:]
    set_cookie(response, _COOKIE, sign(_COOKIE, kept), days=KEPT_DAYS)


def remembered_orders() -> list[int]:
    """The ids of the orders that this browser may see, the newest last."""
    found = unsign(_COOKIE, read_cookie(_COOKIE))
    return [each for each in found if type(each) is int] if isinstance(found, list) else []


def may_see(order_id: int) -> bool:
    """Whether this browser was shown the order before."""
    return order_id in remembered_orders()


def order_link(order_id: int, *, origin: str = "") -> str:
    """The address that opens the order for whoever holds it; absolute with an `origin`."""
    return origin + url_for("shop.order", number=number_of_id(order_id), key=order_key(order_id))


def order_key(order_id: int) -> str:
    """What a link about the order carries to open it."""
    return sign(_PURPOSE, order_id)


def opens(key: str | None, order_id: int) -> bool:
    """Whether the key of a link is this order's."""
    signed = unsign(_PURPOSE, key)
    return type(signed) is int and signed == order_id


def is_same_email(typed: str, kept: str) -> bool:
    """Whether both are one e-mail address to people: capitals and spaces around it do not count.

    Compared in constant time.
    """
    first, second = (text.strip().casefold().encode() for text in (typed, kept))
    return hmac.compare_digest(first, second)
