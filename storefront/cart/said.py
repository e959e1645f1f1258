"""What a change of the cart has to say on the page that is shown next: facts, carried there by a signed cookie.

Knows the sentences; refuses to be kept in a session, which a guest does not have for it, or in the cart's own cookie,
which a page that only shows the cart never writes.
"""

from collections.abc import Iterable
from typing import NamedTuple

from flask import Response
from flask_babel import ngettext

from storefront import web
from storefront.cart.lines import QuoteLine, too_few
from storefront.web.text import gettext as _

NAME = "said"
# What nobody has looked at by then need not be said any more.
_SECONDS = 600


class Said(NamedTuple):
    """Something that happened to a line: it was added, taken out, or, where only so many were `left`, cut to them; or
    to a discount code or gift card, which was taken or taken out."""

    what: str
    variant_id: int = 0
    asked: int = 0
    left: int = 0


def tell(response: Response, said: Iterable[Said]) -> None:
    """Let the next page that shows the cart say it."""
    if facts := list(said):
        web.set_cookie(response, NAME, web.sign(NAME, facts), seconds=_SECONDS)


def told() -> tuple[Said, ...]:
    """What the change before this page has to say; nothing where the cookie is not of our making."""
    text = web.read_cookie(NAME)
    facts = web.unsign(NAME, text) if text else None
    return tuple(said for said in map(_fact, facts) if said) if isinstance(facts, list) else ()


def forget(response: Response) -> None:
    """It was shown."""
    web.set_cookie(response, NAME, "", seconds=0)


def sentence(said: Said, line: QuoteLine | None) -> str:
    """It in words; "" where that line is in the cart no longer."""
    if said.what == "removed":
        return _("It was taken out of your cart.")
    if said.what == "code_taken":
        return _("The discount code is applied.")
    if said.what == "code_out":
        return _("The code was taken out.")
    if said.what == "card_taken":
        return _("The gift card is used for this order.")
    if said.what == "card_out":
        return _("The gift card was taken out; nothing was taken from it.")
    if line is None:
        return ""
    if said.what == "added":
        return _("%(title)s is in your cart.", title=line.title)
    kept = ngettext("We have kept %(num)d for you.", "We have kept %(num)d for you.", said.left)
    return f"{too_few(said.asked, said.left)} {kept}"


def _fact(value: object) -> Said | None:
    """As `tell` wrote it: an older version may have written another form."""
    match value:
        case [
            "added" | "removed" | "kept" | "code_taken" | "code_out" | "card_taken" | "card_out" as what,
            int(variant_id),
            int(asked),
            int(left),
        ]:
            return Said(what, variant_id, asked, left)
    return None
