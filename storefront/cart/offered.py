"""The discounts that a cart meets: those that hold today by themselves, and the one whose code was typed.

Knows which goods each applies to and whether its uses are gone; refuses to reckon: that is `pricing.offers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock, people
from storefront.cart.contents import Cart
from storefront.catalogue.models import Placement
from storefront.config import settings
from storefront.database import Prepared, read
from storefront.money import Money
from storefront.pricing.models import Discount, DiscountGoods, DiscountKind
from storefront.pricing.offers import Offer, Reduced, Why
from storefront.pricing.queries import held_by_cart, uses_by
from storefront.web.text import money_text


@dataclass(frozen=True, slots=True)
class Offered:
    """What a cart meets; `takes_codes`: there is a code that could be typed."""

    offers: tuple[Offer, ...] = ()
    takes_codes: bool = False


def offered(cart: Cart, product_ids: Sequence[int], *, email: str = "") -> Offered:
    """The discounts that hold now, by one statement; by more only where the uses of one are limited.

    `email` is whose uses count towards a limit per person, once it is known.
    """
    today = clock.today(settings().timezone)
    said = {"code": cart.code, "products": sorted(set(product_ids)), "today": today}
    rows = read(_OFFERED, {**said, "currency": settings().currency})
    by_id: dict[int, list[Any]] = {}
    for row in rows:
        if row.id is not None:
            by_id.setdefault(row.id, []).append(row)
    firsts = [found[0] for found in by_id.values()]
    spent, used = _spent(cart, firsts), _used(cart, firsts, email=email)
    offers = tuple(_offer(found, is_spent=key in spent, is_used=key in used) for key, found in by_id.items())
    return Offered(offers, bool(rows and rows[0].takes_codes))


def _offer(rows: Sequence[Any], *, is_spent: bool, is_used: bool) -> Offer:
    row = rows[0]
    return Offer(
        id=row.id,
        version=row.version,
        code=row.code,
        title=row.title,
        kind=DiscountKind(row.kind),
        basis_points=row.basis_points,
        amount_minor=row.amount_minor,
        minimum=Money(row.minimum_minor, row.currency),
        products=None if row.for_all else frozenset(each.product_id for each in rows if each.product_id),
        is_spent=is_spent,
        is_used=is_used,
    )


def _spent(cart: Cart, rows: Sequence[Any]) -> set[int]:
    """Ids of those whose uses are gone; one that this cart's own order holds is there for it. One statement at the
    most."""
    full = {row.id for row in rows if row.total_limit is not None and row.uses >= row.total_limit}
    return full - held_by_cart(cart.id) if full else full


def _used(cart: Cart, rows: Sequence[Any], *, email: str) -> set[int]:
    """Ids of those that this person has had as often as anyone may; nothing before it is known who orders. One
    statement at the most."""
    limits = {row.id: row.person_limit for row in rows if row.person_limit is not None} if email else {}
    used = uses_by(people.email_key(email), limits, besides_cart=cart.id) if limits else {}
    return {key for key, limit in limits.items() if used.get(key, 0) >= limit}


def _offered() -> sa.Select[Any]:
    code, today = sa.bindparam("code", type_=sa.String), sa.bindparam("today", type_=sa.Date)
    products = sa.bindparam("products", expanding=True, type_=sa.BigInteger)
    codes = sa.select(sa.literal(1)).where(Discount.code.is_not(None), Discount.ended_at.is_(None))
    shop = sa.select(codes.exists().label("takes_codes")).subquery("shop")
    holds = sa.and_(
        sa.or_(Discount.code.is_(None), Discount.code == code),
        Discount.ended_at.is_(None),
        Discount.currency == sa.bindparam("currency", type_=sa.String),
        sa.or_(Discount.from_on.is_(None), Discount.from_on <= today),
        sa.or_(Discount.until_on.is_(None), Discount.until_on >= today),
    )
    placed = sa.and_(
        Placement.collection_id == DiscountGoods.collection_id, Placement.product_id.in_(products)
    )
    return (
        sa.select(
            shop.c.takes_codes,
            *(Discount.id, Discount.version, Discount.code, Discount.title, Discount.kind),
            *(Discount.basis_points, Discount.amount_minor, Discount.minimum_minor, Discount.currency),
            *(Discount.for_all, Discount.person_limit, Discount.total_limit, Discount.uses),
            sa.func.coalesce(DiscountGoods.product_id, Placement.product_id).label("product_id"),
        )
        .select_from(shop)
        .outerjoin(Discount, holds)
        .outerjoin(DiscountGoods, DiscountGoods.discount_id == Discount.id)
        .outerjoin(Placement, placed)
        .order_by(Discount.id)
    )


_OFFERED = Prepared(_offered())


def why_not(code: str, reduced: Reduced) -> str:
    """Why a code takes nothing off, as a sentence; "" where it does. Who tries codes learns nothing: one that never
    was, one that is over and one that is used up read alike; only who has used one reads that."""
    if reduced.why is None:
        return ""
    if reduced.why == Why.TOO_LITTLE and reduced.missing is not None:
        return _(
            "The code %(code)s applies from a higher sum: %(missing)s is missing.",
            code=code,
            missing=money_text(reduced.missing),
        )
    if reduced.why == Why.USED:
        return _("This code has already been used with this e-mail address.")
    if reduced.why == Why.NOT_THESE:
        return _("The code %(code)s is for other goods than those in your cart.", code=code)
    if reduced.why == Why.NOT_NEEDED:
        return _("The code %(code)s takes nothing more off this cart; it is not used up.", code=code)
    return no_code()


def no_code() -> str:
    """What is said of every code that is not valid."""
    return _("This code is not valid, or no longer. Please check how it is written.")
