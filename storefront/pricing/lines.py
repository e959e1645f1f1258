"""A basket's amounts, as an order freezes them: per line, for shipping, and in all.

Knows that the parts always add up to the total; refuses to know what is sold, or for how much.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storefront.money import Money, exponent
from storefront.pricing.tax import TaxSplit, split_included

# Stripe charges three-decimal currencies (KWD, BHD, …) in steps of ten: https://docs.stripe.com/currencies
THREE_DECIMAL_STEP = 10


@dataclass(frozen=True, slots=True)
class LineToPrice:
    """`quantity` (≥ 1) pieces at `unit_price`, tax included, less the line's part of the discounts, if any."""

    unit_price: Money
    quantity: int
    discount: Money | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit_price.minor < 0:
            raise ValueError(f"{self.quantity} × {self.unit_price} is no line")
        if self.discount is not None and not 0 <= self.discount.minor <= self.before.minor:
            raise ValueError(f"{self.discount} cannot be taken off {self.before}")

    @property
    def before(self) -> Money:
        """The line before discounts, as it could be charged."""
        return chargeable(self.unit_price * self.quantity)

    @property
    def after(self) -> Money:
        """The line after discounts."""
        return self.before if self.discount is None else self.before - self.discount


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its amounts after `discount`; the total can be charged as it stands."""

    unit_price: Money
    quantity: int
    amounts: TaxSplit
    discount: Money

    @property
    def net(self) -> Money:
        """The total without tax."""
        return self.amounts.net

    @property
    def tax(self) -> Money:
        """The tax within the total."""
        return self.amounts.tax

    @property
    def total(self) -> Money:
        """What is paid for the line."""
        return self.amounts.total


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """Lines, shipping and the whole: Σ line totals + shipping = total, and likewise net and tax."""

    lines: tuple[PricedLine, ...]
    shipping: TaxSplit
    subtotal: TaxSplit
    whole: TaxSplit

    @property
    def net(self) -> Money:
        """The order's total without tax."""
        return self.whole.net

    @property
    def tax(self) -> Money:
        """The tax within the order's total."""
        return self.whole.tax

    @property
    def total(self) -> Money:
        """What is paid in all."""
        return self.whole.total


def price_lines(lines: Sequence[LineToPrice], *, shipping: Money, rate_bp: int) -> PricedBasket:
    """Price a basket at one included rate, rounded per line; raises ValueError on mixed currencies."""
    priced = tuple(price_line(line, rate_bp=rate_bp) for line in lines)
    nothing = subtotal = split_included(Money.zero(shipping.currency), rate_bp)
    for line in priced:
        subtotal += line.amounts
    goods = PricedBasket(lines=priced, shipping=nothing, subtotal=subtotal, whole=subtotal)
    return with_shipping(goods, shipping, rate_bp=rate_bp) if shipping else goods


def price_line(line: LineToPrice, *, rate_bp: int) -> PricedLine:
    """Price one line, tax included, rounded."""
    discount = line.discount or Money.zero(line.unit_price.currency)
    return PricedLine(line.unit_price, line.quantity, split_included(line.after, rate_bp), discount)


def with_shipping(goods: PricedBasket, shipping: Money, *, rate_bp: int) -> PricedBasket:
    """The same lines, sent for `shipping` instead."""
    if shipping.minor < 0:
        raise ValueError("shipping costs nothing or something")
    sent = split_included(chargeable(shipping), rate_bp)
    return replace(goods, shipping=sent, whole=goods.subtotal + sent)


def chargeable(amount: Money) -> Money:
    """The nearest amount that can be charged, half up: three-decimal currencies go in steps of ten."""
    step = step_of(amount.currency)
    return amount if step == 1 else Money(amount.share(1, step).minor * step, amount.currency)


def step_of(currency: str) -> int:
    """The smallest difference between two amounts that can be charged, in minor units."""
    return THREE_DECIMAL_STEP if exponent(currency) == 3 else 1
