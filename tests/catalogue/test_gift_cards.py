"""A product that is credit: never counted, sent or struck, and what it is stays once it was ordered."""

from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa

from storefront.catalogue import actions
from storefront.catalogue.edits import ProductTexts, VariantTexts
from storefront.catalogue.models import Product
from storefront.catalogue.queries import product_page
from storefront.database import session
from storefront.errors import Refused
from storefront.orders.models import OrderLine
from tests.builders.catalogue import (
    a_gift_card_product,
    a_product,
    moved,
    product_facts,
    the_product,
    the_variants,
    variant_facts,
)
from tests.builders.editing import STAFF, last_entry, say, say_of_variant
from tests.builders.orders import an_order

pytestmark = pytest.mark.usefixtures("inside")


def test_goods_that_become_a_gift_card_are_no_longer_counted_or_sent() -> None:
    product = a_product("card", variant_facts(on_hand=3, weight_grams=90, was_minor=9900))

    assert say("card", is_gift_card=True)

    amount = the_variants("card")[0]
    assert (amount.on_hand, amount.requires_shipping, amount.weight_grams) == (None, False, 0)
    assert (amount.compare_at_minor, moved(amount.id)) == (None, 0)
    assert the_product("card").is_available
    assert last_entry(("product", product.id))[1] == {"is_gift_card": ("False", "True")}


def test_a_new_gift_card_and_its_amounts_are_so_from_the_start() -> None:
    texts = ProductTexts(title="Card", is_gift_card=True)
    product_id = actions.draft_product(texts, VariantTexts(price_minor=2500), pieces=7, by=STAFF)

    say_of_variant(the_variants("card")[0].id, requires_shipping=True, weight_grams=10, price_minor=3000)

    amount = the_variants("card")[0]
    assert (amount.product_id, amount.price_minor) == (product_id, 3000)
    assert (amount.on_hand, amount.requires_shipping, amount.weight_grams) == (None, False, 0)


def test_a_gift_card_is_not_counted_by_hand() -> None:
    amount = a_gift_card_product()[0]

    with pytest.raises(Refused, match="never counted"):
        actions.count_stock(amount.id, 3, by=STAFF)


def test_a_gift_card_needs_an_amount() -> None:
    amount = a_gift_card_product()[0]
    free = a_product("free", variant_facts(price_minor=0))

    with pytest.raises(Refused, match="above zero"):
        say_of_variant(amount.id, price_minor=0)
    with pytest.raises(Refused, match="above zero"):
        say(free.slug, is_gift_card=True)
    with pytest.raises(Refused, match="above zero"):
        a_gift_card_product(0, slug="nothing")


def test_another_amount_is_no_reduction(frozen: ModuleType) -> None:
    amount = a_gift_card_product(5000)[0]
    frozen.advance(timedelta(days=40))

    say_of_variant(amount.id, price_minor=2500)

    assert product_page("gift-card").variants[0].was is None


def test_what_was_ordered_stays_what_it_was() -> None:
    slug = ordered_slug(an_order())
    facts = product_facts(slug, variant_facts(), is_gift_card=True)

    with pytest.raises(Refused, match="stays what it is"):
        say(slug, is_gift_card=True)
    with pytest.raises(Refused, match="stays what it is"):
        actions.save_product(facts)

    assert not the_product(slug).is_gift_card


def ordered_slug(order_id: int) -> str:
    """The address of what an order has."""
    sold = sa.select(Product.slug).join(OrderLine, OrderLine.product_id == Product.id)
    return str(session().scalar(sold.where(OrderLine.order_id == order_id)))


def test_a_list_that_says_nothing_of_it_leaves_a_gift_card_alone() -> None:
    a_gift_card_product(2500)
    again = product_facts(
        "gift-card", variant_facts("25", price_minor=2500, on_hand=4), title="Gift card", options=("Amount",)
    )

    actions.save_product(again)

    amount = the_variants("gift-card")[0]
    assert (the_product("gift-card").is_gift_card, amount.on_hand, amount.requires_shipping) == (
        True,
        None,
        False,
    )


def test_a_list_may_turn_counted_goods_into_a_gift_card() -> None:
    a_product("card", variant_facts(on_hand=3))

    actions.save_product(product_facts("card", variant_facts(on_hand=3), is_gift_card=True))

    amount = the_variants("card")[0]
    assert (amount.on_hand, amount.requires_shipping, moved(amount.id)) == (None, False, 0)
