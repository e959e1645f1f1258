"""What is known of carts in the database: which were bought, what customers keep, and on which terms it would be now.

Knows spent ids and saved carts; refuses to write.
"""

from typing import NamedTuple

import sqlalchemy as sa

from storefront.cart.contents import Cart, from_list
from storefront.cart.models import SavedCart, SpentCart
from storefront.catalogue.queries import CART_GOODS, cart_goods_in
from storefront.catalogue.shown import CartGoods
from storefront.credit.models import CreditAccount, CreditKind
from storefront.database import Prepared, read
from storefront.policies.queries import NEWEST, Policy, in_force
from storefront.pricing.models import Discount, TaxRate


def is_spent(cart_id: str) -> bool:
    """Whether an order of this cart was paid, by one query."""
    return bool(read(SPENT, {"cart": cart_id}))


def rest_of(cart: Cart) -> Cart:
    """What is in a cart that nobody has paid: all of it, by one query; what was put in while its order waited, where
    that was paid; nothing where it went into a customer's."""
    # By its id: one that was emptied has it still.
    while cart.id and (rows := read(SPENT, {"cart": cart.id})):
        if rows[0].rest_id is None:
            return Cart(country=cart.country)
        bought = {int(variant_id): pieces for variant_id, pieces in rows[0].bought.items()}
        cart = cart.without(bought, rest_id=rows[0].rest_id)
    return cart


class Standing(NamedTuple):
    """On which terms it would be now, and whether an order of the cart was paid; `has_discounts` and
    `has_rates` (of tax): there are some that a quote has to look at; `has_cards`: somebody has a gift card."""

    policy: Policy
    is_spent: bool
    has_discounts: bool
    has_rates: bool
    has_cards: bool


def standing(cart_id: str = "") -> Standing:
    """How a cart, or any, stands, by one query."""
    rows = read(_STANDING, {"cart": cart_id})
    policy = in_force(rows)
    return Standing(policy, *(bool(getattr(rows[0], name)) for name in Standing._fields[1:]))


def goods_and_spent(variant_id: int, cart_id: str) -> tuple[CartGoods | None, bool]:
    """What a cart must know of a variant, None where it never existed, and whether an order of this cart was paid
    (False where there is no such variant), by one query."""
    rows = read(_GOODS, {"ids": [variant_id], "cart": cart_id})
    return cart_goods_in(rows).get(variant_id), bool(rows and rows[0].is_spent)


_spent = sa.select(SpentCart.id).where(SpentCart.id == sa.bindparam("cart"))
_rest = sa.select(SpentCart.bought, SpentCart.rest_id).where(SpentCart.id == sa.bindparam("cart"))


def saved_cart(customer_id: int) -> Cart:
    """The customer's cart, by one query."""
    rows = read(_SAVED, {"customer": customer_id})
    return from_list(rows[0].contents) if rows else Cart()


_SAVED = sa.select(SavedCart.contents).where(SavedCart.customer_id == sa.bindparam("customer"))
SPENT = Prepared(_rest)
_cards = sa.select(CreditAccount.id).where(CreditAccount.kind == CreditKind.GIFT_CARD)
_running = sa.select(Discount.id).where(Discount.ended_at.is_(None))
_STANDING = Prepared(
    NEWEST.add_columns(
        _spent.exists().label("is_spent"),
        _running.exists().label("has_discounts"),
        sa.select(TaxRate.id).exists().label("has_rates"),
        _cards.exists().label("has_cards"),
    )
)
_GOODS = Prepared(CART_GOODS.add_columns(_spent.exists().label("is_spent")))
