"""What the pages, the slip and the mails of a return say alike: its pieces, the postage, what the guarantee asks.

Knows words; refuses to decide anything: that is in `refunds`.
"""

from dataclasses import replace

from flask_babel import gettext as _

from storefront.policies import words
from storefront.policies.parts import Condition, MoneyBack
from storefront.refunds.return_records import LineAsked
from storefront.refunds.words import FAULTS, WITHDRAWAL


def called(title: str, variant_title: str) -> str:
    """A product with its variant, where it has more than one."""
    return f"{title}, {variant_title}" if variant_title else title


def pieces_text(asked: LineAsked, pieces: int | None = None) -> str:
    """“2 × Tray, large”; of so many pieces where not all that were asked for are meant."""
    counted = asked.line.quantity if pieces is None else pieces
    return f"{counted} × {called(asked.title, asked.variant_title)}"


def postage(promise: MoneyBack, *, reason: str) -> str:
    """Who pays for sending it back: the shop, where something is wrong with the goods."""
    if reason in FAULTS:
        return _("Because something is wrong with it, we pay the return postage.")
    return words.postage(promise.return_postage)


def asks(promise: MoneyBack, *, reason: str) -> tuple[str, ...]:
    """What the guarantee asks of goods that come back; nothing where something is wrong with them."""
    conditions = tuple(each for each in promise.conditions if each is not Condition.ANY_REASON)
    return (
        ()
        if reason in {*FAULTS, WITHDRAWAL}
        else tuple(words.conditions(replace(promise, conditions=conditions)))
    )
