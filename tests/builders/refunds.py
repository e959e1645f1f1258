"""Paid orders that are given back, and payments that are not what was asked, through the shop's own actions.

Knows what staff would want; refuses to write rows of its own.
"""

import copy
import secrets
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from storefront.checkout.actions import Placed, settle_payment
from storefront.config import settings
from storefront.database import release, session, transaction
from storefront.money import Money
from storefront.orders.models import OrderLine
from storefront.payments import gateway
from storefront.payments.steps import keep_session, lock_attempt
from storefront.policies.models import PolicyVersion
from storefront.refunds.deciding import refund_order
from storefront.refunds.models import RefundLine
from storefront.refunds.queries import refundable
from storefront.refunds.reckoning import Wanted
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_variant
from tests.builders.payments import Shopper, a_draft, a_shopper, attempt, open_page, pay, place
from tests.policies.documents import a_document, a_method, a_zone
from tests.servers.stripe import StripeStandIn

# Two people of the staff, by the ids that the record knows them by.
INES, OMAR = ("staff", 7), ("staff", 8)

Change = Callable[[dict[str, Any]], None]


def a_paid_basket(
    sandbox: StripeStandIn, *lines: tuple[int, int], shipping_minor: int = 0, on_hand: int | None = 10
) -> Placed:
    """A paid order of lines (price of one piece in minor units, pieces). Opens transactions."""
    if shipping_minor:
        method = a_method(price_minor=shipping_minor, free_from_minor=None)
        a_policy(a_document(a_zone(methods=(method,))))
    elif session().scalar(sa.select(PolicyVersion.id).limit(1)) is None:
        a_policy()
    goods = [
        (a_variant(title=f"Good {number}", price_minor=price, on_hand=on_hand).id, pieces)
        for number, (price, pieces) in enumerate(lines, start=1)
    ]
    placed = place(Shopper(a_draft(), a_cart(*goods, id=f"cart-{secrets.token_hex(4)}")))
    open_page(placed)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    return placed


def line_ids(placed: Placed) -> list[int]:
    """The ids of an order's lines, as they stand on it."""
    mine = sa.select(OrderLine.id).where(OrderLine.order_id == placed.order_id)
    return list(session().scalars(mine.order_by(OrderLine.position, OrderLine.id)))


def some_pieces(placed: Placed, *pieces: int, restock: bool = False, **wanted: Any) -> Wanted:
    """So many pieces of each line."""
    chosen = dict(zip(line_ids(placed), pieces, strict=False))
    back = frozenset(line_id for line_id, count in chosen.items() if count) if restock else frozenset()
    return Wanted(pieces=chosen, restock=back, **wanted)


def some_money(minor: int) -> Wanted:
    """An amount and nothing else."""
    return Wanted(amount=Money(minor, settings().currency))


def everything(placed: Placed, *, restock: bool = False) -> Wanted:
    """All that is left."""
    of = refundable(placed.order_id)
    release()
    pieces = {line.id: line.left for line in of.lines}
    return Wanted(pieces, of.shipping_left, None, frozenset(pieces) if restock else frozenset())


def ask_back(
    placed: Placed,
    wanted: Wanted,
    *,
    by: tuple[str, object] = INES,
    form_key: str | None = None,
    reason: str = "damaged",
    note: str = "",
) -> str:
    """Send the refund form; the refund's id."""
    key = form_key or secrets.token_hex(16)
    return refund_order(placed.order_id, wanted, reason=reason, note=note, form_key=key, by=by)


def parts(refund_id: str) -> list[tuple[int, int, int]]:
    """Pieces, amount in minor units and pieces on the shelf of each line of a refund."""
    mine = sa.select(RefundLine).where(RefundLine.refund_id == refund_id).order_by(RefundLine.order_line_id)
    return [(each.quantity, each.amount_minor, each.restocked) for each in session().scalars(mine)]


def paid_otherwise(sandbox: StripeStandIn, change: Change, *, shopper: Shopper | None = None) -> Placed:
    """An order of 24.00 € whose page at Stripe asked for something else, and was paid; nobody has looked yet."""
    placed = place(shopper or a_shopper(price_minor=2400, on_hand=3))
    params = copy.deepcopy(attempt(placed.attempt_id).params)
    change(params)
    release()
    made = gateway.open_session(params, key="another-key")
    with transaction():
        keep_session(lock_attempt(placed.attempt_id), session_id=made.id, url=made.url)
    pay(sandbox, placed)
    return placed


def a_payment_in_review(
    sandbox: StripeStandIn, *, minor: int = 3000, currency: str = "eur", shopper: Shopper | None = None
) -> Placed:
    """An order of 24.00 €, or a shopper's own, for which another amount came."""

    def another(params: dict[str, Any]) -> None:
        params["line_items"][0]["price_data"].update(unit_amount=minor, currency=currency)

    placed = paid_otherwise(sandbox, another, shopper=shopper)
    settle_payment(placed.attempt_id)
    return placed
