"""Cart to order to payment page: what happens when a shopper says “Order and pay”.

Each action opens one transaction around steps; Stripe is called with none open.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock, jobs
from storefront.cart.payer import Payer
from storefront.cart.queries import Standing
from storefront.cart.queries import standing as standing_of
from storefront.cart.quote import Cart, Quote, QuoteLine
from storefront.catalogue import stock
from storefront.checkout.drafts import DraftFacts, lock_draft
from storefront.checkout.models import CheckoutDraft
from storefront.checkout.payment_page import open_payment
from storefront.checkout.session_params import session_params
from storefront.checkout.settlement import cancel_unpaid, settle_payment
from storefront.config import settings
from storefront.content.queries import known_posts
from storefront.credit.queries import spent_by
from storefront.credit.steps import spend
from storefront.database import Prepared, read, session, transaction
from storefront.errors import Refused
from storefront.orders.discounts import typed_code
from storefront.orders.guarantee import goods_left_out
from storefront.orders.models import Order, OrderState, Source
from storefront.orders.steps import (
    SHOPPER,
    Actor,
    LineFacts,
    OrderFacts,
    owner,
    quantities,
    write_order,
)
from storefront.payments.models import PaymentAttempt, new_id
from storefront.payments.steps import write_attempt
from storefront.policies.document import PolicyDocument
from storefront.policies.terms import GiftCards, terms
from storefront.pricing.models import DiscountUse
from storefront.pricing.steps import DiscountOver
from storefront.web import address
from storefront.web.kept import kept
from storefront.web.text import page_locale

__all__ = [
    "AlreadyPaid",
    "EmptyCart",
    "Placed",
    "TotalChanged",
    "cancel_unpaid",
    "open_payment",
    "place_order",
    "settle_payment",
]

# Stripe refuses sessions that would close sooner than this; a minute is for the call itself.
SHORTEST_SESSION = timedelta(minutes=31)


class EmptyCart(Refused):
    """There is nothing to order."""


class TotalChanged(Refused):
    """What is to be paid, or by what, is no longer what the review showed; `quote` is what it is now."""

    def __init__(self, message: str, *, quote: Quote) -> None:
        super().__init__(message)
        self.quote = quote


class AlreadyPaid(Refused):
    """This checkout has led to a paid order; `order_id` is it."""

    def __init__(self, message: str, *, order_id: int) -> None:
        super().__init__(message)
        self.order_id = order_id


@dataclass(frozen=True, slots=True)
class Ordered:
    """What “Order and pay” said; `shown_total_minor` is what the review showed, in minor units, and
    `shown_credit_minor` what of it credit was to pay. `customer_id` is whose store credit may be used."""

    cart: Cart
    shipping_code: str
    shown_total_minor: int
    shown_credit_minor: int = 0
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """Who makes an order, and for how long its goods are held at least."""

    source: Source = Source.SHOP
    by: Actor = SHOPPER
    held_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that waits for its payment."""

    order_id: int
    attempt_id: str


def place_order(
    draft_id: str,
    *,
    cart: Cart,
    shipping_code: str,
    shown_total_minor: int,
    shown_credit_minor: int = 0,
    origin: str,
    by: Actor = SHOPPER,
) -> Placed:
    """Make the draft's one open order, or find it: the same form again gives the same order, a changed cart first
    cancels the earlier one. `shown_total_minor` is what the review showed, in minor units, and `shown_credit_minor`
    what of it credit was to pay; a customer who places it owns it.

    Raises EmptyCart, TotalChanged, AlreadyPaid, stock.SoldOut, CreditGone, NotFound (no draft), PaymentUnavailable.
    """
    customer_id = owner(by)
    form = Ordered(cart, shipping_code, shown_total_minor, shown_credit_minor, customer_id)
    while True:
        earlier = _open_order(draft_id)
        if earlier is not None and not _is_the_same(earlier, draft_id, form):
            _make_way(earlier)
        try:
            with transaction():
                draft = lock_draft(draft_id)
                standing = _open_order(draft_id)
                if standing is None:
                    stands = _standing_of(cart)
                    return write(
                        draft, cart, orderable(draft, form, stands), origin=origin, making=Making(by=by)
                    )
                if _is_the_same(standing, draft_id, form):
                    return _standing(standing)
        except DiscountOver:
            # What this cart itself holds, by another draft, is there for it: that one makes way.
            holding = _holding_by_other_drafts(cart.id, draft_id)
            if not holding:
                raise
            for each in holding:
                _make_way(each)
        # Another tab ordered something else between the two looks; this one came last and wins.


def _open_order(draft_id: str) -> Order | None:
    """The draft's one order that is not cancelled."""
    # Most drafts have none, and to ask for an id takes a fifth of the time.
    found = read(_OPEN_ORDER, {"draft": draft_id})
    return session().get(Order, found[0].id, populate_existing=True) if found else None


_OPEN_ORDER = Prepared(
    sa.select(Order.id).where(Order.draft_id == sa.bindparam("draft"), Order.state != OrderState.CANCELLED)
)


def _holding_by_other_drafts(cart_id: str, draft_id: str) -> list[Order]:
    """Orders of this cart that wait for their payment and hold discounts, made by shoppers' other drafts."""
    mine = (
        sa.select(Order)
        .join(DiscountUse, DiscountUse.order_id == Order.id)
        .where(
            DiscountUse.cart_id == cart_id,
            Order.source == Source.SHOP,
            Order.state == OrderState.AWAITING_PAYMENT,
            sa.or_(Order.draft_id.is_(None), Order.draft_id != draft_id),
        )
    )
    return list(session().scalars(mine.order_by(Order.id), execution_options={"populate_existing": True}))


def _is_the_same(order: Order, draft_id: str, form: Ordered) -> bool:
    """Whether the form would make the order that stands already, with a payment page that is still open."""
    draft = session().get(CheckoutDraft, draft_id)
    if order.state != OrderState.AWAITING_PAYMENT:
        return True
    return (
        draft is not None
        and order.cart_id == form.cart.id
        and order.total_minor == form.shown_total_minor
        and order.credit_minor == form.shown_credit_minor
        and typed_code(order) in {"", form.cart.code}
        and form.shipping_code in {"", order.shipping_code}
        and (order.email, order.delivery) == (draft.email, draft.delivery)
        and order.billing == (draft.billing or draft.delivery)
        and quantities(order.id) == _pieces(form.cart)
        and _is_paid_alike(order, form)
        and _is_payable(_newest_attempt(order.id))
    )


def _is_paid_alike(order: Order, form: Ordered) -> bool:
    """Whether the gift cards and the store credit that the order holds are those of the form."""
    held = spent_by([order.id]) if order.credit_minor else ()
    is_theirs = form.customer_id is not None and form.customer_id == order.customer_id
    spends = is_theirs and not form.cart.saves_credit
    return all(each.account_id in form.cart.cards if each.is_card else spends for each in held)


def _pieces(cart: Cart) -> dict[int, int]:
    """Pieces by variant id: what its order's lines amount to."""
    wanted: dict[int, int] = {}
    for line in cart.lines:
        wanted[line.variant_id] = wanted.get(line.variant_id, 0) + line.quantity
    return wanted


def _is_payable(attempt: PaymentAttempt) -> bool:
    now = clock.now()
    if attempt.session_id is None:
        return attempt.amount_minor == 0 or now + SHORTEST_SESSION <= attempt.expires_at
    return now < attempt.expires_at


def _newest_attempt(order_id: int) -> PaymentAttempt:
    newest = sa.select(PaymentAttempt).where(PaymentAttempt.order_id == order_id)
    return session().scalars(newest.order_by(PaymentAttempt.created_at.desc()).limit(1)).one()


def _make_way(earlier: Order) -> None:
    """Cancel an earlier order of the draft, after asking Stripe; raises AlreadyPaid where it was paid."""
    order_id = earlier.id
    if not cancel_unpaid(order_id, code="changed"):
        standing = session().get(Order, order_id)
        if standing is not None and standing.state != OrderState.CANCELLED:
            raise _already(order_id)


def _standing(order: Order) -> Placed:
    if order.state != OrderState.AWAITING_PAYMENT:
        raise _already(order.id)
    return Placed(order.id, _newest_attempt(order.id).id)


def _already(order_id: int) -> AlreadyPaid:
    return AlreadyPaid(_("This order is already on its way to you."), order_id=order_id)


def _standing_of(cart: Cart) -> Standing:
    """On which terms it would be ordered; raises EmptyCart or AlreadyPaid for a cart that was bought."""
    stands = standing_of(cart.id)
    if not stands.is_spent:
        return stands
    newest = sa.select(Order.id).where(Order.cart_id == cart.id, Order.state == OrderState.PAID)
    order_id = session().scalars(newest.order_by(Order.id.desc()).limit(1)).first()
    raise EmptyCart(_("Your cart is empty.")) if order_id is None else _already(order_id)


def orderable(draft: DraftFacts, form: Ordered, stands: Standing) -> Quote:
    """The quote under the variants' locks; raises EmptyCart, TotalChanged. A step."""
    if not form.cart.lines:
        raise EmptyCart(_("Your cart is empty."))
    country = str(draft.delivery.get("country", ""))
    quote = Quote.of(
        form.cart,
        country=country,
        shipping_code=form.shipping_code,
        stands=stands,
        email=draft.email,
        region=str(draft.delivery.get("country_area", "")),
        payer=_payer(form),
        for_update=True,
    )
    if not quote.is_orderable:
        raise TotalChanged(" ".join(quote.problems) or _("Something in your cart has changed."), quote=quote)
    if quote.total.minor != form.shown_total_minor:
        raise TotalChanged(_("The total has changed since you last saw it."), quote=quote)
    if quote.tender.paid.minor != form.shown_credit_minor:
        raise TotalChanged(_("What your credit pays has changed since you last saw it."), quote=quote)
    return quote


def _payer(form: Ordered) -> Payer:
    """Nothing is asked of credit where none was shown and the cart names no card. An earlier order of the draft has
    made way by now."""
    return Payer(form.customer_id if form.shown_credit_minor else None)


def write(draft: DraftFacts, cart: Cart, quote: Quote, *, origin: str, making: Making) -> Placed:
    """Write the order with its attempt, take its goods and the credit that pays it; raises CreditGone. A step."""
    now = clock.now()
    expires_at = now + timedelta(minutes=settings().session_minutes)
    hold_until = max(expires_at + timedelta(minutes=settings().hold_margin_minutes), now + making.held_for)
    facts = _of_known_posts(_facts(draft, cart, quote, now=now, hold_until=hold_until))
    order = write_order(facts, source=making.source, by=making.by)
    stock.take(_pieces(cart), reference=f"order:{order.id}")
    if quote.tender.parts:
        spend(order.id, quote.tender.parts, cart_id=cart.id)
    attempt_id = new_id("att")
    params = session_params(order, quote, attempt_id=attempt_id, expires_at=expires_at, origin=origin)
    if making.source is Source.STAFF:
        # Whoever pays by a link has no checkout to go back to.
        params["cancel_url"] = address("shop.order", origin=origin, number=order.number)
    write_attempt(
        attempt_id=attempt_id,
        order_id=order.id,
        amount=quote.tender.rest,
        params=params,
        expires_at=expires_at,
    )
    jobs.enqueue("checkout.expire", {"order_id": order.id}, key=f"expire:{order.id}", at=hold_until)
    return Placed(order.id, attempt_id)


def _facts(draft: DraftFacts, cart: Cart, quote: Quote, *, now: datetime, hold_until: datetime) -> OrderFacts:
    option = quote.chosen
    today = now.astimezone(settings().timezone).date()
    left_out = goods_left_out((line.product_id for line in quote.lines), quote.policy.document.money_back)
    arrival = quote.arrival(today=today) or (None, None)
    return OrderFacts(
        draft_id=draft.id,
        cart_id=cart.id,
        email=draft.email,
        delivery=dict(draft.delivery),
        billing=dict(draft.billing or draft.delivery),
        country=quote.country,
        lines=tuple(_line_facts(line, left_out_by=left_out.get(line.product_id)) for line in quote.lines),
        goods=quote.goods,
        shipping=quote.shipping,
        shipping_net=quote.shipping_net,
        shipping_tax=quote.shipping_tax,
        net=quote.net,
        tax=quote.tax,
        total=quote.total,
        shipping_code=option.code if option else "",
        shipping_name=option.name if option else "",
        delivery_from_on=arrival[0],
        delivery_to_on=arrival[1],
        policy_version_id=quote.policy.id,
        terms=_terms(
            quote.policy.document,
            country=quote.country,
            zone=settings().timezone,
            method=option.code if option else None,
            language=str(page_locale()),
            gift_cards=quote.gift_cards,
        ),
        hold_until=hold_until,
        first_post_id=cart.first_post,
        last_post_id=cart.last_post,
        discount=quote.discount,
        tax_included=quote.tax_included,
        shipping_rate=quote.shipping_rate,
        given=quote.given,
        credit=quote.tender.paid,
    )


# The same sentences for the same policy: to word them took a twentieth of an order.
@kept(most=256)
def _terms(
    document: PolicyDocument,
    *,
    country: str,
    zone: ZoneInfo,
    method: str | None,
    language: str,
    gift_cards: GiftCards,
) -> list[str]:
    return terms(document, country=country, zone=zone, method=method, gift_cards=gift_cards)


def _of_known_posts(facts: OrderFacts) -> OrderFacts:
    """The facts without posts that never were public: forms and links may name anything. One statement where one is
    named, none elsewhere."""
    named = {facts.first_post_id, facts.last_post_id, *(line.post_id for line in facts.lines)} - {None}
    if not named:
        return facts
    public = known_posts(post_id for post_id in named if post_id)
    known: dict[int | None, int] = {post_id: post_id for post_id in public}
    return replace(
        facts,
        lines=tuple(replace(line, post_id=known.get(line.post_id)) for line in facts.lines),
        first_post_id=known.get(facts.first_post_id),
        last_post_id=known.get(facts.last_post_id),
    )


# What an order's line has beyond what was priced is said beside it.
_PRICED = tuple(name for name in LineFacts.__dataclass_fields__ if name != "left_out_by")


def _line_facts(line: QuoteLine, *, left_out_by: str | None) -> LineFacts:
    names: dict[str, Any] = {name: getattr(line, name) for name in _PRICED}
    return LineFacts(**names, left_out_by=left_out_by)
