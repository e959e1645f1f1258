"""The lines of a cart against the shelf: is it sold, is there enough, is it still that price.

Knows goods and pieces; refuses to know shipping and totals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import ngettext

from storefront.cart.contents import Cart, CartLine
from storefront.catalogue.measures import Measured
from storefront.catalogue.shown import CartGoods
from storefront.money import Money
from storefront.pictures.plates import Picture
from storefront.pricing.lines import PricedLine, chargeable
from storefront.web.text import gettext as _

Holds = Callable[[str], Mapping[int, int]]
_holds: list[Holds] = []


def holds(function: Holds) -> Holds:
    """Mark the function that tells, for a cart's id, the pieces by variant that are already held for it.

    They are off the shelf, but for this cart they are there. Asked only where a line is short.
    """
    if function not in _holds:
        _holds.append(function)
    return function


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line as it would be sold now.

    `on_hand` is what this cart may have, None where pieces are not counted; `problem` says why it cannot be sold
    as it stands; `seen` is the price last shown, where it is another one now.
    """

    variant_id: int
    product_id: int
    title: str
    variant_title: str
    sku: str | None
    slug: str
    picture: Picture | None
    quantity: int
    unit: Money
    net: Money
    tax: Money
    total: Money
    tax_basis_points: int
    requires_shipping: bool
    on_hand: int | None
    problem: str | None
    seen: Money | None
    post_id: int | None = None
    discount: Money | None = None
    is_gift_card: bool = False
    contents: Measured | None = None

    @property
    def before(self) -> Money:
        """The line before discounts."""
        return self.unit * self.quantity

    @property
    def is_gone(self) -> bool:
        """Whether it can no longer be bought at all; then it has no page either."""
        return not self.slug

    @property
    def can_have(self) -> int:
        """How many of the pieces asked for this cart may have."""
        return self.quantity if self.on_hand is None else min(self.quantity, self.on_hand)


def unit_price(facts: CartGoods | None, currency: str) -> Money:
    """What one piece costs, as it can be charged; what is no longer sold costs nothing and enters no sum."""
    return chargeable(facts.price) if facts is not None and facts.is_sold else Money.zero(currency)


def quote_lines(
    cart: Cart, found: Mapping[int, CartGoods], priced: Sequence[PricedLine]
) -> tuple[QuoteLine, ...]:
    """Every line of the cart, in its order, with what is wrong with it; `priced` has their amounts."""
    held = _held(cart, found)
    pairs = zip(cart.lines, priced, strict=True)
    return tuple(
        _line(line, found.get(line.variant_id), each, held=held.get(line.variant_id, 0))
        for line, each in pairs
    )


def _held(cart: Cart, found: Mapping[int, CartGoods]) -> Mapping[int, int]:
    """Pieces already held for this cart, looked up only where the shelf alone is not enough."""
    if not any(_is_short(found.get(line.variant_id), line.quantity) for line in cart.lines):
        return {}
    return {variant_id: pieces for function in _holds for variant_id, pieces in function(cart.id).items()}


def _is_short(facts: CartGoods | None, quantity: int) -> bool:
    return facts is not None and facts.on_hand is not None and facts.on_hand < quantity


def _line(line: CartLine, facts: CartGoods | None, priced: PricedLine, *, held: int) -> QuoteLine:
    if facts is None or not facts.is_sold:
        return _gone(line, facts, priced)
    on_hand = None if facts.on_hand is None else facts.on_hand + held
    return QuoteLine(
        variant_id=line.variant_id,
        product_id=facts.product_id,
        title=facts.title,
        variant_title=facts.variant_title,
        sku=facts.sku,
        slug=facts.slug,
        picture=facts.picture,
        quantity=line.quantity,
        unit=priced.unit_price,
        net=priced.net,
        tax=priced.tax,
        total=priced.total,
        tax_basis_points=priced.rate_bp,
        requires_shipping=facts.requires_shipping,
        on_hand=on_hand,
        problem=_shortage(line.quantity, on_hand),
        seen=_seen(line, priced.unit_price),
        post_id=line.post_id,
        discount=priced.discount or None,
        is_gift_card=facts.is_gift_card,
        contents=facts.contents,
    )


def _gone(line: CartLine, facts: CartGoods | None, priced: PricedLine) -> QuoteLine:
    """A line of something that can no longer be bought: shown so that it can be taken out, never linked."""
    return QuoteLine(
        variant_id=line.variant_id,
        product_id=facts.product_id if facts else 0,
        title=facts.title if facts else _("Something we no longer have"),
        variant_title=facts.variant_title if facts else "",
        sku=None,
        slug="",
        picture=None,
        quantity=line.quantity,
        unit=priced.unit_price,
        net=priced.net,
        tax=priced.tax,
        total=priced.total,
        tax_basis_points=priced.rate_bp,
        requires_shipping=True,
        on_hand=0,
        problem=_("This is no longer sold. Remove it to go on."),
        seen=None,
    )


def _shortage(asked: int, on_hand: int | None) -> str | None:
    if on_hand is None or on_hand >= asked:
        return None
    return too_few(asked, on_hand) if on_hand else _("This is sold out. Remove it to go on.")


def _seen(line: CartLine, price: Money) -> Money | None:
    if line.seen_minor in {None, price.minor}:
        return None
    return Money(line.seen_minor or 0, price.currency)


def too_few(asked: int, left: int) -> str:
    """“You asked for 4; only 3 are left.”"""
    return ngettext(
        "You asked for %(asked)s; only %(num)d is left.",
        "You asked for %(asked)s; only %(num)d are left.",
        left,
        asked=asked,
    )
