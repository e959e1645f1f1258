"""What may be typed about a cart: pieces and variants, as whole numbers in plain digits.

Knows shape only; refuses to know stock.
"""

import re

from flask_babel import gettext as _

from storefront.cart.contents import MOST_PIECES
from storefront.errors import Refused

# The query by which a link in a post tells the form of the product's page which post it was.
FROM_POST = "from_post"

_PIECES = re.compile(r"0*([0-9]{1,3})")
_ID = re.compile(r"[1-9][0-9]{0,17}")
_FROM = re.compile(rf"[?&]{FROM_POST}=({_ID.pattern})(?:[&#]|$)")


class NotAQuantity(Refused):
    """A text does not say how many pieces."""


def quantity_of(text: str, *, least: int) -> int:
    """The pieces that were typed, `least` to 999 in ASCII digits; raises NotAQuantity on anything else."""
    found = _PIECES.fullmatch(text.strip())
    if found is None or int(found[1]) < least:
        sentence = _(
            "“%(typed)s” is not a number of pieces. Write a whole number from 1 to %(most)s.",
            typed="".join(letter for letter in text.strip()[:20] if letter.isprintable()),
            most=MOST_PIECES,
        )
        raise NotAQuantity(sentence, field="quantity")
    return int(found[1])


def id_of(text: str) -> int | None:
    """The id of a row in `text`, or None where it cannot be one."""
    return int(text) if _ID.fullmatch(text) else None


def post_in_address(address: str) -> int | None:
    """The id of the post whose link led to a page of this address, or None."""
    found = _FROM.search(address)
    return int(found[1]) if found else None
