"""What a code that was typed does: a gift card pays, a discount is taken off.

Knows which of the two it is; refuses to say more to who only tries: a code that is neither reads as one that is over.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from storefront.cart.contents import Cart
from storefront.cart.offered import no_code
from storefront.cart.payer import why_not_card
from storefront.cart.queries import Standing
from storefront.cart.quote import Quote
from storefront.cart.said import Said
from storefront.credit.queries import find_card
from storefront.errors import Refused
from storefront.pricing.offers import code_key

# More than any code has, with room for spaces.
LONGEST_TYPED = 200


class Taken(NamedTuple):
    """What becomes of the cart, as it stands when it is kept, and what is said of it."""

    change: Callable[[Cart], Cart]
    said: tuple[Said, ...]


def take_typed(cart: Cart, typed: str, *, stands: Standing | None = None, email: str = "") -> Taken:
    """Take the code of a gift card or a discount; `email` is who orders, once it is known. Raises Refused with the
    reason."""
    typed = typed[:LONGEST_TYPED]
    card = find_card(typed, cart_id=cart.id)
    if card is not None:
        if problem := why_not_card(card):
            raise Refused(problem)
        card_id = card.account_id
        cart.with_card(card_id)
        return Taken(lambda standing: standing.with_card(card_id), (Said("card_taken"),))
    code = code_key(typed)
    quote = Quote.of(replace(cart, code=code), stands=stands, email=email)
    if not code or quote.code_says == no_code():
        raise Refused(no_code())
    said = () if quote.code_says else (Said("code_taken"),)
    return Taken(lambda standing: replace(standing, code=code), said)


def tries_a_code(form: Mapping[str, str]) -> bool:
    """Whether a form may be a guess: what takes something out reads no code."""
    return "code" in form and take_out(form) is None


def take_out(form: Mapping[str, str]) -> Taken | None:
    """Take out the gift card or the discount code that a form names; None where it takes nothing out."""
    if "remove_card" in form:
        card_id = form["remove_card"]
        return Taken(lambda standing: standing.without_card(card_id), (Said("card_out"),))
    if "remove" in form:
        return Taken(lambda standing: replace(standing, code=""), (Said("code_out"),))
    return None
