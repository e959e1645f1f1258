"""Random carts in currencies of 0, 2 and 3 decimals, tax in and on top, rates mixed, discounts stacked, paid with
gift cards and store credit: the parts of each add up to its total, and a refund of all its lines ends there.

2,000 of them; 100,000 with STOREFRONT_TEST_LONG=1.
"""

import os
import random

from storefront import money
from storefront.credit.models import CreditKind
from storefront.credit.tender import Funds, shares
from storefront.money import Money
from storefront.payments.units import minimum_charge, to_units
from storefront.pricing.lines import LineToPrice, PricedBasket, chargeable, price_lines
from storefront.pricing.models import DiscountKind
from storefront.pricing.offers import Offer, Worth, reduce
from storefront.pricing.tax import by_rate, step_of
from storefront.refunds.reckoning import share_of

MANY = 100_000 if os.environ.get("STOREFRONT_TEST_LONG") == "1" else 2_000
RATES = (0, 500, 550, 700, 1900, 2000, 2550, 10_000)


def an_offer(chance: random.Random, number: int, currency: str) -> Offer:
    kind = chance.choice(list(DiscountKind))
    return Offer(
        id=number,
        version=1,
        code=chance.choice((None, "CODE")),
        title="Sale",
        kind=kind,
        basis_points=chance.randint(1, 10_000) if kind == DiscountKind.PERCENT else 0,
        amount_minor=chance.randint(1, 20_000) if kind == DiscountKind.AMOUNT else 0,
        minimum=Money(chance.choice((0, 0, 5_000)), currency),
        products=chance.choice((None, frozenset({1, 2}), frozenset({3}))),
    )


def a_basket(chance: random.Random) -> tuple[PricedBasket, Money, Money, bool]:
    """A priced basket, its goods and its discounts as they were shown, and whether prices had tax in them."""
    currency, included = chance.choice(("JPY", "EUR", "KWD")), chance.random() < 0.5
    lines = [
        (
            chance.randint(1, 4),
            LineToPrice(
                chargeable(Money(chance.randint(0, 30_000), currency)),
                chance.choice((1, 1, 2, 3, 7, 99)),
                rate_bp=chance.choice(RATES),
            ),
        )
        for _each in range(chance.randint(1, 8))
    ]
    offers = [an_offer(chance, number, currency) for number in range(chance.randint(0, 4))]
    worths = [Worth(product, line.before) for product, line in lines]
    off = reduce(worths, offers, code=chance.choice(("", "CODE")), currency=currency).of_lines
    to_price = [
        LineToPrice(line.unit_price, line.quantity, each, line.rate_bp)
        for (_product, line), each in zip(lines, off, strict=True)
    ]
    shipping = Money(chance.choice((0, 490, 1234)), currency)
    basket = price_lines(to_price, shipping=shipping, rate_bp=chance.choice(RATES), included=included)
    goods = money.total((line.before for line in to_price), currency)
    return basket, goods, money.total(off, currency), included


def test_the_parts_of_every_basket_add_up_to_its_total() -> None:
    chance = random.Random(20261122)
    for _number in range(MANY):
        basket, goods, off, included = a_basket(chance)
        currency, total = basket.total.currency, basket.total
        parts = [*(line.amounts for line in basket.lines), basket.shipping]
        shown = basket.shipping.total if included else basket.shipping.net
        added = Money.zero(currency) if included else basket.tax

        assert total == goods - off + shown + added
        assert total == basket.net + basket.tax == money.total((part.total for part in parts), currency)
        assert basket.tax == money.total((part.tax for part in parts), currency)
        rates = [(line.rate_bp, line.amounts) for line in basket.lines]
        assert (
            money.total((each.tax for _rate, each in by_rate(rates)), currency) + basket.shipping.tax
            == basket.tax
        )
        assert all(part.total.minor % step_of(currency) == 0 and part.total.minor >= 0 for part in parts)
        assert all(_back(line.total, line.quantity, chance) == line.total for line in basket.lines)


def funds_of(chance: random.Random, currency: str) -> list[Funds]:
    """Up to five cards, full, nearly empty or closed."""
    return [
        Funds(
            f"crd_{number}",
            CreditKind.GIFT_CARD,
            "3TRA",
            Money(chance.choice((0, 1, chance.randint(1, 99), chance.randint(1, 90_000))), currency),
            is_closed=chance.random() < 0.1,
        )
        for number in range(chance.randint(0, 5))
    ]


def test_what_credit_pays_of_every_basket_and_the_rest_add_up_to_its_total() -> None:
    chance = random.Random(20261123)
    for _number in range(MANY):
        basket, _goods, _off, _included = a_basket(chance)
        total, currency = basket.total, basket.total.currency
        cards_sold = money.total((line.total for line in basket.lines if chance.random() < 0.2), currency)
        least, having = minimum_charge(currency), funds_of(chance, currency)

        tender = shares(total, cards_sold, having, least=least)

        assert money.total((part.amount for part in tender.parts), currency) + tender.rest == total
        # What is left can be charged, unless it was too little without credit.
        assert not tender.rest or tender.rest >= least or tender.rest == total
        assert to_units(tender.rest) >= 0
        assert tender.rest >= cards_sold
        usable = {each.account_id: each.balance for each in having if not each.is_closed}
        assert all(Money(0, currency) < part.amount <= usable[part.account_id] for part in tender.parts)


def _back(total: Money, pieces: int, chance: random.Random) -> Money:
    """What goes back when the pieces of a line do, in parts of any size."""
    gone, back = 0, Money.zero(total.currency)
    while gone < pieces:
        now = chance.randint(1, pieces - gone)
        back += share_of(total, of=pieces, before=gone, now=now)
        gone += now
    return back
