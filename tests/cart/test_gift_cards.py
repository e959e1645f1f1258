"""Gift cards in a cart: untaxed, undiscounted, sent by nobody, and counted towards nothing."""

from dataclasses import replace

import pytest

from storefront.cart.quote import Cart, Quote
from storefront.money import Money
from storefront.policies.parts import Basis
from storefront.pricing.models import DiscountKind
from storefront.pricing.rates import set_rate
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_gift_card_product, a_variant
from tests.builders.discounts import BY, a_discount
from tests.policies.documents import a_document, a_method, a_zone

pytestmark = pytest.mark.usefixtures("inside")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def with_code(*lines: tuple[int, int]) -> Cart:
    """A cart in which CODE was typed."""
    return replace(a_cart(*lines), code="CODE")


def test_gift_cards_alone_are_ordered_without_tax_or_shipping() -> None:
    a_policy(a_document(a_zone("*", methods=(a_method(price_minor=490),))))
    set_rate("DE", "", "standard", 1900, by=BY)
    amount = a_gift_card_product(2500)[0]

    quote = Quote.of(a_cart((amount.id, 99)), country="DE")

    assert quote.is_orderable
    assert (quote.total, quote.tax, quote.shipping) == (eur(247500), eur(0), eur(0))
    assert (quote.requires_shipping, [each.code for each in quote.options]) == (False, ["none"])
    assert (quote.lines[0].is_gift_card, quote.lines[0].on_hand) == (True, None)


def test_beside_goods_they_are_neither_taxed_nor_reduced() -> None:
    a_policy()
    set_rate("DE", "", "standard", 1900, by=BY)
    a_discount("", percent=10)
    a_discount("CODE", percent=50)
    amount, kit = a_gift_card_product(5000)[0], a_variant(price_minor=2000)

    quote = Quote.of(with_code((amount.id, 1), (kit.id, 1)), country="DE")

    card, goods = quote.lines
    assert (card.total, card.tax, card.discount) == (eur(5000), eur(0), None)
    assert (goods.total, goods.discount) == (eur(900), eur(1100))
    assert quote.tax == goods.tax


def test_a_code_takes_nothing_off_gift_cards_and_is_not_used_up() -> None:
    a_policy()
    a_discount("CODE", percent=50)
    amount = a_gift_card_product(5000)[0]

    quote = Quote.of(with_code((amount.id, 1)), country="DE")

    assert (quote.discount, quote.given) == (eur(0), ())
    assert "for other goods" in quote.code_says


@pytest.mark.parametrize(("goods_minor", "holds"), [(4999, False), (5000, True)])
def test_they_do_not_count_towards_a_discounts_least_sum(goods_minor: int, holds: bool) -> None:
    a_policy()
    a_discount("CODE", percent=10, minimum_minor=5000)
    amount, kit = a_gift_card_product(5000)[0], a_variant(price_minor=goods_minor)

    quote = Quote.of(with_code((amount.id, 4), (kit.id, 1)), country="DE")

    assert bool(quote.discount) is holds


@pytest.mark.parametrize(("goods_minor", "shipping"), [(4999, 490), (5000, 0)])
@pytest.mark.parametrize("basis", list(Basis))
def test_they_do_not_count_towards_free_shipping(goods_minor: int, shipping: int, basis: Basis) -> None:
    method = a_method(price_minor=490, free_from_minor=5000, basis=basis)
    a_policy(a_document(a_zone("*", methods=(method,))))
    amount, kit = a_gift_card_product(5000)[0], a_variant(price_minor=goods_minor)

    quote = Quote.of(a_cart((amount.id, 4), (kit.id, 1)), country="DE")

    assert quote.shipping == eur(shipping)
    assert (quote.progress and quote.progress.missing) == (eur(1) if shipping else None)


def test_a_discount_of_shipping_is_not_used_up_by_gift_cards() -> None:
    a_policy(a_document(a_zone("*", methods=(a_method(price_minor=490),))))
    a_discount("", kind=DiscountKind.SHIPPING)
    amount = a_gift_card_product(5000)[0]

    quote = Quote.of(a_cart((amount.id, 1)), country="DE")

    assert (quote.given, quote.shipping) == ((), eur(0))
