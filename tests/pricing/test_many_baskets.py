"""Random carts in currencies of 0, 2 and 3 decimals, tax in and on top, rates mixed, discounts stacked, paid with
gift cards and store credit: the parts of each add up to its total, and refunds of all its lines, in any order and
split, end at what was captured and what credit paid.

2,000 of them; 100,000 in `make check`.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from storefront import money
from storefront.credit.models import CreditKind
from storefront.credit.tender import Funds, shares
from storefront.money import Money
from storefront.payments.units import minimum_charge, to_units
from storefront.pricing.lines import LineToPrice, PricedBasket, chargeable, price_lines
from storefront.pricing.models import DiscountKind
from storefront.pricing.offers import Offer, Worth, reduce
from storefront.pricing.tax import by_rate, step_of
from storefront.refunds.reckoning import LineLeft, Refundable, Wanted, reckon

many_of_them = pytest.mark.parametrize("many", [2_000, pytest.param(100_000, marks=pytest.mark.long)])
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
    reduced = reduce(worths, offers, code=chance.choice(("", "CODE")), currency=currency)
    off = reduced.of_lines
    to_price = [
        LineToPrice(line.unit_price, line.quantity, each, line.rate_bp)
        for (_product, line), each in zip(lines, off, strict=True)
    ]
    shipping = Money(0 if reduced.free_shipping else chance.choice((0, 490, 1234)), currency)
    basket = price_lines(to_price, shipping=shipping, rate_bp=chance.choice(RATES), included=included)
    goods = money.total((line.before for line in to_price), currency)
    return basket, goods, money.total(off, currency), included


@many_of_them
def test_the_parts_of_every_basket_add_up_to_its_total(many: int) -> None:
    chance = random.Random(20261122)
    for _number in range(many):
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


@many_of_them
def test_what_credit_pays_of_every_basket_and_the_rest_add_up_to_its_total(many: int) -> None:
    chance = random.Random(20261123)
    for _number in range(many):
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


@many_of_them
def test_refunds_of_all_of_every_basket_end_at_what_was_captured_and_what_credit_paid(many: int) -> None:
    chance = random.Random(20261124)
    for _number in range(many):
        basket, _goods, _off, _included = a_basket(chance)
        total, currency = basket.total, basket.total.currency
        nothing = Money.zero(currency)
        tender = shares(total, nothing, funds_of(chance, currency), least=minimum_charge(currency))
        of = refundable(basket, captured=tender.rest)

        by_stripe, as_credit, parts = nothing, nothing, nothing
        for wanted in in_any_order(of, chance):
            worth = money.total((line.worth(wanted.pieces.get(line.id, 0)) for line in of.lines), currency)
            if worth + (wanted.shipping or nothing):
                reckoned = reckon(of, wanted)
                by_stripe, as_credit = by_stripe + reckoned.by_stripe, as_credit + reckoned.credit
                assert not reckoned.by_hand
                parts += reckoned.amount
            of = less(of, wanted, parts=parts, total=total, at_stripe=tender.rest - by_stripe)

        assert parts == total
        assert by_stripe == tender.rest
        assert as_credit == money.total((part.amount for part in tender.parts), currency)
        assert not of.left
        assert not any(line.left for line in of.lines)


def refundable(basket: PricedBasket, *, captured: Money) -> Refundable:
    """All of a basket, as an order that was paid with so much at Stripe and the rest as credit."""
    lines = tuple(
        LineLeft(number, number, "Kit", "", line.quantity, line.total, 0, 0)
        for number, line in enumerate(basket.lines)
    )
    whole, nothing = basket.total, Money.zero(basket.total.currency)
    return Refundable(1, "att_1", captured, whole, captured, basket.shipping.total, lines, nothing, None)


def in_any_order(of: Refundable, chance: random.Random) -> Iterator[Wanted]:
    """Every piece and the shipping, each once: some alone, some together."""
    shipping = -1
    waiting = [line.id for line in of.lines for _piece in range(line.quantity)] + [shipping]
    chance.shuffle(waiting)
    while waiting:
        now = [waiting.pop() for _each in range(min(len(waiting), chance.choice((1, 2, 5, 40))))]
        pieces = {line.id: now.count(line.id) for line in of.lines}
        yield Wanted(pieces, of.shipping_left if shipping in now else None)


def less(of: Refundable, wanted: Wanted, *, parts: Money, total: Money, at_stripe: Money) -> Refundable:
    """What is left when this has gone back too."""
    lines = tuple(replace(line, refunded=line.refunded + wanted.pieces.get(line.id, 0)) for line in of.lines)
    shipping = Money.zero(total.currency) if wanted.shipping else of.shipping_left
    return replace(of, lines=lines, left=total - parts, at_stripe=at_stripe, shipping_left=shipping)
