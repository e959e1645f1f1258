"""Cart to order to payment page: what happens when a shopper says “Order and pay”.

Each action opens one transaction around steps; Stripe is called with none open.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.cart.queries import Standing
from storefront.cart.queries import standing as standing_of
from storefront.cart.quote import Cart, Quote
from storefront.catalogue.stock import SoldOut
from storefront.checkout.drafts import DraftFacts, lock_draft
from storefront.checkout.giving_up import cancel_unpaid
from storefront.checkout.making_way import AlreadyPaid, InTheWay, already, make_way, raise_in_the_way
from storefront.checkout.models import CheckoutDraft
from storefront.checkout.ordered import Ordered, OtherThanShown, is_the_same, newest_attempt, require_as_shown
from storefront.checkout.payment_page import open_payment
from storefront.checkout.settlement import settle_payment
from storefront.checkout.writing import Making, Placed, write
from storefront.credit.steps import CreditGone
from storefront.database import Prepared, read, session, transaction
from storefront.errors import Refused
from storefront.orders.models import Order, OrderState
from storefront.orders.steps import SHOPPER, Actor, owner
from storefront.pricing.steps import DiscountOver

__all__ = [
    "AlreadyPaid",
    "EmptyCart",
    "OtherThanShown",
    "Placed",
    "TotalChanged",
    "cancel_unpaid",
    "open_payment",
    "place_order",
    "settle_payment",
]


class EmptyCart(Refused):
    """There is nothing to order."""


class TotalChanged(Refused):
    """What is to be paid, or by what, is no longer what the review showed; `quote` is what it is now."""

    def __init__(self, message: str, *, quote: Quote) -> None:
        super().__init__(message)
        self.quote = quote


def place_order(
    draft_id: str,
    *,
    cart: Cart,
    shipping_code: str,
    shown_total_minor: int,
    shown_credit_minor: int = 0,
    seen: str = "",
    origin: str,
    by: Actor = SHOPPER,
) -> Placed:
    """Make the draft's one open order, or find it: the same form again gives the same order, a changed cart first
    cancels the earlier one. `shown_total_minor` is what the review showed, in minor units, and `shown_credit_minor`
    what of it credit was to pay, and `seen` what `as_shown` said of the rest ("": whatever it is); a customer who
    places it owns it.

    Raises EmptyCart, OtherThanShown, TotalChanged, AlreadyPaid, SoldOut, CreditGone, NotFound (no draft) and
    PaymentUnavailable.
    """
    customer_id = owner(by)
    form = Ordered(cart, shipping_code, shown_total_minor, shown_credit_minor, customer_id, seen)
    while True:
        earlier = _open_order(draft_id)
        if earlier is not None and _is_another(earlier, draft_id, form):
            make_way(earlier.id)
        try:
            with transaction():
                draft = lock_draft(draft_id)
                standing = _open_order(draft_id)
                if standing is None:
                    return _write(draft, form, origin=origin, by=by)
                if not _is_another(standing, draft_id, form):
                    return _standing(standing)
        except InTheWay as found:
            for order_id in found.order_ids:
                make_way(order_id)
        # Another tab ordered something else between the two looks; this one came last and wins.


def _write(draft: DraftFacts, form: Ordered, *, origin: str, by: Actor) -> Placed:
    cart = form.cart
    quote = orderable(draft, form, _standing_of(cart))
    try:
        return write(draft, cart, quote, origin=origin, making=Making(by=by))
    except (CreditGone, DiscountOver, SoldOut) as lacking:
        raise_in_the_way(lacking, cart=cart, draft_id=draft.id, customer_id=form.customer_id)


def _open_order(draft_id: str) -> Order | None:
    """The draft's one order that is not cancelled."""
    # Most drafts have none, and to ask for an id takes a fifth of the time.
    found = read(_OPEN_ORDER, {"draft": draft_id})
    order = session().get(Order, found[0].id, populate_existing=True) if found else None
    # Whoever cancels holds the order's lock, not the draft's: it may have come between the two statements.
    return order if order is not None and order.state != OrderState.CANCELLED else None


_OPEN_ORDER = Prepared(
    sa.select(Order.id).where(Order.draft_id == sa.bindparam("draft"), Order.state != OrderState.CANCELLED)
)


def _is_another(earlier: Order, draft_id: str, form: Ordered) -> bool:
    """Whether an earlier order has to make way. Raises OtherThanShown: it never does for what nobody saw."""
    draft = session().get(CheckoutDraft, draft_id)
    if draft is not None and form.cart.lines and earlier.state == OrderState.AWAITING_PAYMENT:
        require_as_shown(draft, form)
    return not is_the_same(earlier, draft_id, form)


def _standing(order: Order) -> Placed:
    if order.state != OrderState.AWAITING_PAYMENT:
        raise already(order.id)
    return Placed(order.id, newest_attempt(order.id).id)


def _standing_of(cart: Cart) -> Standing:
    """On which terms it would be ordered; raises EmptyCart or AlreadyPaid for a cart that was bought."""
    stands = standing_of(cart.id)
    if not stands.is_spent:
        return stands
    newest = sa.select(Order.id).where(Order.cart_id == cart.id, Order.state == OrderState.PAID)
    order_id = session().scalars(newest.order_by(Order.id.desc()).limit(1)).first()
    raise EmptyCart(_("Your cart is empty.")) if order_id is None else already(order_id)


def orderable(draft: DraftFacts, form: Ordered, stands: Standing) -> Quote:
    """The quote under the variants' locks; raises EmptyCart, OtherThanShown, TotalChanged. A step."""
    if not form.cart.lines:
        raise EmptyCart(_("Your cart is empty."))
    require_as_shown(draft, form)
    country = str(draft.delivery.get("country", ""))
    quote = Quote.of(
        form.cart,
        country=country,
        shipping_code=form.shipping_code,
        stands=stands,
        email=draft.email,
        region=str(draft.delivery.get("country_area", "")),
        # Nothing is asked of store credit where none was shown.
        customer_id=form.customer_id if form.shown_credit_minor else None,
        for_update=True,
    )
    if not quote.is_orderable:
        wrong = " ".join(filter(None, (*quote.problems, quote.unpayable)))
        raise TotalChanged(wrong or _("Something in your cart has changed."), quote=quote)
    if quote.total.minor != form.shown_total_minor:
        raise TotalChanged(_("The total has changed since you last saw it."), quote=quote)
    if quote.tender.paid.minor != form.shown_credit_minor:
        raise TotalChanged(_("What your credit pays has changed since you last saw it."), quote=quote)
    return quote
