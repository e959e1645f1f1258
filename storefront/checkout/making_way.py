"""Earlier orders that make way for a new one: those of the same checkout, and those of the same cart in another.

Knows who holds what an order lacks; refuses to cancel what is paid, being paid, or somebody else's.
"""

from datetime import datetime
from typing import Any, NoReturn

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.cart.contents import Cart
from storefront.catalogue.stock import SoldOut
from storefront.checkout.giving_up import cancel_unpaid
from storefront.credit.models import CreditAccount, CreditUse
from storefront.credit.steps import CreditGone
from storefront.database import lock, session
from storefront.errors import Refused
from storefront.orders.models import Order, OrderLine, OrderState, Source
from storefront.pricing.models import Discount, DiscountUse
from storefront.pricing.steps import DiscountOver
from storefront.web.text import moment_text

# What an order lacks when it is refused, as the guard that refused it names it.
Lacking = CreditGone | DiscountOver | SoldOut


class AlreadyPaid(Refused):
    """This checkout has led to a paid order; `order_id` is it."""

    def __init__(self, message: str, *, order_id: int) -> None:
        super().__init__(message)
        self.order_id = order_id


def already(order_id: int) -> AlreadyPaid:
    """What is raised where an order is paid, or being paid."""
    return AlreadyPaid(_("This order is already on its way to you."), order_id=order_id)


def make_way(order_id: int) -> None:
    """Cancel an earlier order, after asking Stripe; raises AlreadyPaid where it was paid."""
    if not cancel_unpaid(order_id, code="changed"):
        standing = session().get(Order, order_id)
        if standing is not None and standing.state != OrderState.CANCELLED:
            raise already(order_id)


class InTheWay(Exception):
    """Orders of this cart hold what another one lacks; `order_ids` are the shopper's own, and can make way for it."""

    def __init__(self, order_ids: list[int]) -> None:
        super().__init__(order_ids)
        self.order_ids = order_ids


def raise_in_the_way(lacking: Lacking, *, cart: Cart, draft_id: str, customer_id: int | None) -> NoReturn:
    """Raises InTheWay with the shopper's orders of this cart, in other drafts, that wait for their payment and hold
    what this one lacks.

    Whoever has the cart's id is the shopper: it is random, and stands in their cookie or with their account alone.
    Only what another account ordered, at the same device, is not theirs.

    Raises Refused where another account's orders are in the way, and `lacking` where no order is. A step, of the
    transaction in which it was lacking: of pieces nobody can have let go between the guard and this look. Of a code
    or of credit somebody may; who then reads that it is gone presses once more.
    """
    _keep_others_away(lacking)
    holding = session().execute(_holding(lacking, cart.id, draft_id)).all()
    theirs = [row.id for row in holding if row.customer_id in {None, customer_id}]
    others = [row for row in holding if row.id not in theirs]
    if theirs and _is_enough(lacking, cart, theirs):
        raise InTheWay(theirs) from lacking
    if others:
        raise Refused(
            _(
                "An order that was placed from this cart with another account waits for its payment, and holds "
                "what you need until %(time)s. Please sign in with that account, or try again then.",
                time=moment_text(max(row.hold_until for row in others), "short"),
            )
        )
    raise lacking


def _keep_others_away(lacking: Lacking) -> None:
    """Until the commit, as the variants are since the order was reckoned: a guard that refused locks nothing."""
    match lacking:
        case DiscountOver():
            lock(Discount, lacking.discount_id)
        case CreditGone():
            lock(CreditAccount, lacking.account_id)


def _is_enough(lacking: Lacking, cart: Cart, order_ids: list[int]) -> bool:
    """Whether the cart could have what it lacks without these orders: of pieces it may need more than they hold."""
    if not isinstance(lacking, SoldOut):
        return True
    held = sa.select(sa.func.coalesce(sa.func.sum(OrderLine.quantity), 0)).where(
        OrderLine.order_id.in_(order_ids), OrderLine.variant_id == lacking.variant_id
    )
    return lacking.left + int(session().scalar(held) or 0) >= cart.quantity_of(lacking.variant_id)


def _holding(lacking: Lacking, cart_id: str, draft_id: str) -> sa.Select[int, int | None, datetime]:
    """Shoppers' orders of the cart that would leave what is lacking to it if they were cancelled."""
    return (
        sa.select(Order.id, Order.customer_id, Order.hold_until)
        .where(
            Order.cart_id == cart_id,
            # The one that is being written has the draft's id already.
            Order.draft_id.is_distinct_from(draft_id),
            Order.source == Source.SHOP,
            Order.state == OrderState.AWAITING_PAYMENT,
            Order.id.in_(_holders(lacking)),
        )
        .order_by(Order.id)
    )


def _holders(lacking: Lacking) -> sa.Select[Any]:
    """Ids of the orders that hold it."""
    match lacking:
        case SoldOut():
            return sa.select(OrderLine.order_id).where(OrderLine.variant_id == lacking.variant_id)
        case DiscountOver():
            used = sa.select(DiscountUse.order_id).join(Discount, Discount.id == DiscountUse.discount_id)
            # What ended, or was changed, comes back to nobody.
            is_full = Discount.uses >= Discount.total_limit
            if lacking.person is not None:
                is_full = DiscountUse.person == lacking.person
            return used.where(Discount.id == lacking.discount_id, Discount.ended_at.is_(None), is_full)
    held = sa.select(CreditUse.order_id).join(CreditAccount, CreditAccount.id == CreditUse.account_id)
    return held.where(
        CreditAccount.id == lacking.account_id,
        CreditAccount.closed_at.is_(None),
        CreditUse.released_at.is_(None),
    )
