"""What the goods of a cart come to: each line with its rate of tax, less its part of the discounts.

Knows goods, rates and discounts; refuses to know where it is sent, and who pays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from storefront import money
from storefront.cart.contents import Cart, CartLine
from storefront.cart.lines import unit_price
from storefront.catalogue.shown import CartGoods
from storefront.config import settings
from storefront.money import Money
from storefront.policies.rules import BasketFacts, LineFacts
from storefront.pricing.lines import LineToPrice, PricedBasket, price_lines, with_shipping
from storefront.pricing.offers import Offer, Reduced, Worth, reduce
from storefront.pricing.rates import Rates
from storefront.pricing.tax import TaxSplit, by_rate


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The goods, `before` discounts and, in `basket`, after them, sent for nothing so far; `facts` are what shipping
    is priced by, `shipping_rate` (basis points) what it is taxed at."""

    before: Money
    basket: PricedBasket
    reduced: Reduced
    facts: BasketFacts
    shipping_rate: int

    def sent_for(self, shipping: Money) -> PricedBasket:
        """The same goods, sent for so much."""
        included = settings().prices_include_tax
        return with_shipping(self.basket, shipping, rate_bp=self.shipping_rate, included=included)

    def taxes(self, whole: PricedBasket) -> tuple[tuple[int, TaxSplit], ...]:
        """What each rate comes to in the whole."""
        of_lines = ((line.rate_bp, line.amounts) for line in whole.lines)
        return tuple(by_rate([*of_lines, (self.shipping_rate, whole.shipping)]))


def reckon(cart: Cart, found: Mapping[int, CartGoods], *, rates: Rates, offers: Sequence[Offer]) -> Reckoned:
    """The goods of a cart under the discounts that it meets."""
    made = settings()
    goods = [found.get(line.variant_id) for line in cart.lines]
    lines = [_to_price(line, each, rates) for line, each in zip(cart.lines, goods, strict=True)]
    before = money.total((line.before for line in lines), made.currency)
    reduced = reduce(_worths(lines, goods), offers, code=cart.code, currency=made.currency)
    if reduced.given:
        pairs = zip(lines, reduced.of_lines, strict=True)
        lines = [replace(line, discount=off) for line, off in pairs]
    rate = rates.of_shipping(made.shipping_tax, _rates_sent(goods, rates))
    free, included = Money.zero(made.currency), made.prices_include_tax
    basket = price_lines(lines, shipping=free, rate_bp=rate, included=included)
    return Reckoned(before, basket, reduced, BasketFacts(made.currency, _facts(lines, goods)), rate)


def _to_price(line: CartLine, goods: CartGoods | None, rates: Rates) -> LineToPrice:
    # Credit is taxed when it is spent (Directive 2006/112/EC Art. 30b(2): a voucher for goods of several rates).
    rate = None if goods is None else 0 if goods.is_gift_card else rates.of(goods.tax_class)
    return LineToPrice(unit_price(goods, settings().currency), line.quantity, rate_bp=rate)


def _worths(lines: Sequence[LineToPrice], goods: Sequence[CartGoods | None]) -> list[Worth]:
    return [
        Worth(each.product_id if each else 0, line.before, is_credit=_is_credit(each))
        for line, each in zip(lines, goods, strict=True)
    ]


def _facts(lines: Sequence[LineToPrice], goods: Sequence[CartGoods | None]) -> tuple[LineFacts, ...]:
    """The lines that count towards thresholds of shipping: all but credit."""
    pairs = zip(lines, goods, strict=True)
    return tuple(LineFacts(line.before, line.after) for line, each in pairs if not _is_credit(each))


def _is_credit(goods: CartGoods | None) -> bool:
    return goods is not None and goods.is_gift_card


def _rates_sent(goods: Sequence[CartGoods | None], rates: Rates) -> list[int]:
    sent = (each for each in goods if each is not None and each.requires_shipping and each.is_sold)
    return [rates.of(each.tax_class) for each in sent]
