"""A cart: variants and how many of each, as a value that is never changed but replaced.

Knows its limits; refuses to know prices, stock and where it is kept.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from storefront.errors import Refused

MOST_LINES = 50
MOST_PIECES = 999
MOST_CARDS = 5


class CartFull(Refused):
    """The cart holds as many different goods, pieces of one, or gift cards as it may."""


@dataclass(frozen=True, slots=True)
class CartLine:
    """`quantity` pieces of a variant; `seen_minor` is the price last shown for one, told and never charged.

    `post_id` is the post whose card or link put it in, as the form said: whether there is one is seen when it is
    ordered.
    """

    variant_id: int
    quantity: int
    seen_minor: int | None = None
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Cart:
    """Lines of different variants, oldest first; `country` (ISO 3166) is where they go, once said.

    `first_post` and `last_post` are the first and the latest post read on the device, in shops that remember them;
    `code` is the discount code that was typed, as `offers.code_key` makes it; `cards` are the ids of gift cards whose
    codes were. `saves_credit`: a customer's store credit is left alone.
    """

    id: str = ""
    lines: tuple[CartLine, ...] = ()
    country: str = ""
    first_post: int | None = None
    last_post: int | None = None
    code: str = ""
    cards: tuple[str, ...] = ()
    saves_credit: bool = False

    def __bool__(self) -> bool:
        return bool(self.lines)

    @property
    def pieces(self) -> int:
        """How many pieces it holds in all."""
        return sum(line.quantity for line in self.lines)

    def quantity_of(self, variant_id: int) -> int:
        """How many pieces of a variant it holds; none is 0."""
        return sum(line.quantity for line in self.lines if line.variant_id == variant_id)

    def add(self, variant_id: int, quantity: int, *, post_id: int | None = None) -> "Cart":
        """The cart with `quantity` (≥ 1) pieces more, under an id if it had none; raises CartFull.

        What is in it already stays with the post it came from; what came from none is now from this one.
        """
        before = self.quantity_of(variant_id)
        if before + quantity > MOST_PIECES:
            raise CartFull(_("An order takes at most %(most)s pieces of one thing.", most=MOST_PIECES))
        if before:
            return self._of_post(variant_id, post_id).change(variant_id, before + quantity)
        if len(self.lines) >= MOST_LINES:
            raise CartFull(_("A cart holds at most %(most)s different things.", most=MOST_LINES))
        line = CartLine(variant_id, quantity, post_id=post_id)
        return replace(self, id=self.id or new_id(), lines=(*self.lines, line))

    def change(self, variant_id: int, quantity: int) -> "Cart":
        """The cart with that many pieces of a variant that is in it; 0 takes it out."""
        if quantity < 1:
            return self.remove(variant_id)
        if quantity == self.quantity_of(variant_id):
            return self
        return self._with(
            replace(each, quantity=quantity) if each.variant_id == variant_id else each for each in self.lines
        )

    def remove(self, variant_id: int) -> "Cart":
        """The cart without a variant."""
        return self._with(each for each in self.lines if each.variant_id != variant_id)

    def without(self, bought: Mapping[int, int], *, rest_id: str) -> "Cart":
        """What is left of the cart once so many pieces by variant were bought of it: a cart of its own."""
        left = tuple(
            replace(each, quantity=each.quantity - bought.get(each.variant_id, 0))
            for each in self.lines
            if each.quantity > bought.get(each.variant_id, 0)
        )
        if not left:
            return Cart(country=self.country)
        # What a code or a gift card was typed for is bought.
        return replace(self, id=rest_id, lines=left, code="", cards=())

    def with_the_larger(self, other: "Cart") -> "Cart":
        """This cart and another as one: of what is in both the larger quantity, this one's lines first. What is more
        than a cart holds is left out.

        A line that came from no post takes the other's. This cart's first post stays the first; the other's latest,
        from the device at hand, becomes the latest, and so does its code: it was typed later.
        """
        mine = self
        for each in other.lines:
            quantity = max(each.quantity, self.quantity_of(each.variant_id))
            mine = mine._of_post(each.variant_id, each.post_id).change(each.variant_id, quantity)
        news = [each for each in other.lines if not self.quantity_of(each.variant_id)]
        return replace(
            mine,
            lines=(*mine.lines, *news)[:MOST_LINES],
            country=self.country or other.country,
            first_post=self.first_post or other.first_post,
            last_post=other.last_post or self.last_post,
            code=other.code or self.code,
            cards=tuple(dict.fromkeys((*self.cards, *other.cards)))[:MOST_CARDS],
        )

    def with_card(self, card_id: str) -> "Cart":
        """The cart that is paid with a gift card, too, once; raises CartFull."""
        if card_id in self.cards:
            return self
        if len(self.cards) >= MOST_CARDS:
            raise CartFull(_("An order takes at most %(most)s gift cards.", most=MOST_CARDS))
        return replace(self, cards=(*self.cards, card_id))

    def without_card(self, card_id: str) -> "Cart":
        """The cart that is not paid with a gift card."""
        return replace(self, cards=tuple(each for each in self.cards if each != card_id))

    def having_read(self, first_post: int | None, last_post: int | None) -> "Cart":
        """The cart of a device on which these were the first and the latest post read; the first one stays."""
        return replace(self, first_post=self.first_post or first_post, last_post=last_post or self.last_post)

    def _of_post(self, variant_id: int, post_id: int | None) -> "Cart":
        if post_id is None:
            return self
        return self._with(
            replace(each, post_id=each.post_id or post_id) if each.variant_id == variant_id else each
            for each in self.lines
        )

    def having_seen(self, prices_minor: Mapping[int, int]) -> "Cart":
        """The cart that remembers these prices, by variant, as the last ones shown."""
        seen = prices_minor.get
        return self._with(
            each
            if seen(each.variant_id, each.seen_minor) == each.seen_minor
            else replace(each, seen_minor=seen(each.variant_id))
            for each in self.lines
        )

    def _with(self, lines: Iterable[CartLine]) -> "Cart":
        return replace(self, lines=tuple(lines))


def as_list(cart: Cart) -> list[Any]:
    """The cart in a few bytes a line, for JSON."""
    lines = [[each.variant_id, each.quantity, each.seen_minor, each.post_id] for each in cart.lines]
    more = [cart.first_post, cart.last_post, cart.code, list(cart.cards), cart.saves_credit]
    # No more of it than there is to say: it is sent with every request.
    size = next((size for size in (5, 4, 3) if more[size - 1]), 2 if cart.first_post or cart.last_post else 0)
    return [cart.id, lines, cart.country, *more[:size]]


def from_list(value: Any) -> Cart:
    """The cart that was written so, or an empty one: an older version may have written another form."""
    match value:
        case [str(id_), list(lines), str(country), *more] if len(lines) <= MOST_LINES:
            known = [_line(line) for line in lines]
            return Cart(id_, tuple(line for line in known if line), country, *_more(more))
    return Cart()


_More = tuple[int | None, int | None, str, tuple[str, ...], bool]


def _more(value: list[Any]) -> _More:
    """The posts that were read, the code, the gift cards, and whether credit is saved: what of it was written."""
    written = [*value, *(None, None, "", [], False)[len(value) :]]
    match written:
        case [int() | None as first, int() | None as last, str(code), list(cards), bool(saves)]:
            return (
                first,
                last,
                code,
                tuple(each for each in cards if isinstance(each, str))[:MOST_CARDS],
                saves,
            )
    return None, None, "", (), False


def _line(value: Any) -> CartLine | None:
    match value:
        case [int(variant_id), int(quantity), int() | None as seen, int() | None as post_id]:
            if 1 <= quantity <= MOST_PIECES:
                return CartLine(variant_id, quantity, seen, post_id)
    return None


def new_id() -> str:
    """An id of 128 random bits."""
    return secrets.token_urlsafe(16)
