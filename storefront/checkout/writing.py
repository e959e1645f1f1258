"""An order written from its quote: its goods, its credit and its attempt with it.

Knows what an order freezes; refuses to look whether it may be: that was done under the same locks.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storefront import clock, jobs
from storefront.cart.quote import Cart, Quote, QuoteLine
from storefront.catalogue import stock
from storefront.checkout.drafts import DraftFacts
from storefront.checkout.ordered import pieces_of
from storefront.checkout.session_params import session_params
from storefront.config import settings
from storefront.content.queries import known_posts
from storefront.credit.steps import spend
from storefront.orders.guarantee import goods_left_out
from storefront.orders.models import Source
from storefront.orders.placing import LineFacts, OrderFacts, write_order
from storefront.orders.steps import SHOPPER, Actor
from storefront.payments.models import new_id
from storefront.payments.steps import write_attempt
from storefront.policies.document import PolicyDocument
from storefront.policies.terms import GiftCards, terms
from storefront.web import address
from storefront.web.kept import kept
from storefront.web.text import page_locale


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


def write(draft: DraftFacts, cart: Cart, quote: Quote, *, origin: str, making: Making) -> Placed:
    """Write the order with its attempt, take its goods and the credit that pays it; raises CreditGone. A step."""
    now = clock.now()
    expires_at = now + timedelta(minutes=settings().session_minutes)
    hold_until = max(expires_at + timedelta(minutes=settings().hold_margin_minutes), now + making.held_for)
    if quote.given:
        # Whoever cancels comes to the products first; here discounts are counted as the order is written.
        stock.lock_products({line.product_id for line in quote.lines})
    facts = _of_known_posts(_facts(draft, cart, quote, now=now, hold_until=hold_until))
    order = write_order(facts, source=making.source, by=making.by)
    stock.take(pieces_of(cart), reference=f"order:{order.id}")
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
