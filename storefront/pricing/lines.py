"""A basket's amounts, as an order freezes them: per line, for shipping, and in all.

Knows that the parts always add up to the total; refuses to know what is sold, or for how much.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storefront.money import Money
from storefront.pricing.tax import TaxSplit, split_added, split_included, step_of


@dataclass(frozen=True, slots=True)
class LineToPrice:
    """`quantity` (≥ 1) pieces at `unit_price`, less the line's part of the discounts, if any; `rate_bp` is its own
    rate of tax, None the basket's."""

    unit_price: Money
    quantity: int
    discount: Money | None = None
    rate_bp: int | None = None

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
    rate_bp: int

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


def price_lines(
    lines: Sequence[LineToPrice], *, shipping: Money, rate_bp: int, included: bool = True
) -> PricedBasket:
    """Price a basket, tax rounded per line: `included` in prices and shipping, or added to them. `rate_bp` is of
    shipping and of lines without a rate of their own. Raises ValueError on mixed currencies."""
    priced = tuple(price_line(line, rate_bp=rate_bp, included=included) for line in lines)
    nothing = subtotal = split_included(Money.zero(shipping.currency), rate_bp)
    for line in priced:
        subtotal += line.amounts
    goods = PricedBasket(lines=priced, shipping=nothing, subtotal=subtotal, whole=subtotal)
    return with_shipping(goods, shipping, rate_bp=rate_bp, included=included) if shipping else goods


def price_line(line: LineToPrice, *, rate_bp: int, included: bool = True) -> PricedLine:
    """Price one line, its tax rounded; `rate_bp` where it has no rate of its own."""
    own = rate_bp if line.rate_bp is None else line.rate_bp
    discount = line.discount or Money.zero(line.unit_price.currency)
    amounts = _split(line.after, own, included=included)
    return PricedLine(line.unit_price, line.quantity, amounts, discount, own)


def with_shipping(
    goods: PricedBasket, shipping: Money, *, rate_bp: int, included: bool = True
) -> PricedBasket:
    """The same lines, sent for `shipping` instead."""
    if shipping.minor < 0:
        raise ValueError("shipping costs nothing or something")
    sent = _split(chargeable(shipping), rate_bp, included=included)
    return replace(goods, shipping=sent, whole=goods.subtotal + sent)


def _split(amount: Money, rate_bp: int, *, included: bool) -> TaxSplit:
    return split_included(amount, rate_bp) if included else split_added(amount, rate_bp)


def chargeable(amount: Money) -> Money:
    """The nearest amount that can be charged, half up: three-decimal currencies go in steps of ten."""
    step = step_of(amount.currency)
    return amount if step == 1 else Money(amount.share(1, step).minor * step, amount.currency)
