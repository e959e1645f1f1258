"""A shopper asks to send something back: what it would come to, and the request itself.

Knows when nobody has to look at it; refuses to know pages. A form sent twice is one request.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock
from storefront.database import release, session, transaction
from storefront.errors import Refused
from storefront.orders.models import Order
from storefront.orders.money_back import SYSTEM, Actor
from storefront.orders.steps import lock_order
from storefront.refunds.granting import (
    await_goods,
    claim_pieces,
    grant,
    keep_decision,
    keep_words,
    lines_of,
    tell,
    write_down,
    write_request,
)
from storefront.refunds.returnable import Returnable, returnable
from storefront.refunds.returns import (
    ReturnNoteKind,
    ReturnRequest,
    Verdict,
)
from storefront.refunds.weighing import Asked, Weighed, facts_of, weigh
from storefront.refunds.words import RETURN_REASONS

LONGEST_RETURN_NOTE = 1000
_FORM_KEY = re.compile(r"[0-9a-f]{32}")


class NotCovered(Refused):
    """The guarantee does not cover a line: it is passed on to a person only where the shopper says so."""


class Changed(Refused):
    """What would be paid back is no longer what was shown."""


def preview_return(order_id: int, asked: Asked) -> tuple[Returnable, Weighed]:
    """What a request would come to, and whether somebody would have to look at it; writes nothing. Raises Refused,
    NotFound."""
    _check_words(asked)
    of = returnable(order_id, at=clock.now())
    weighed = weigh(of, asked)
    release()
    return of, weighed


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: `shown_minor` is the amount that it showed, `key` (32 hex digits) its own."""

    asked: Asked
    shown_minor: int
    key: str


def request_return(order_id: int, sent: Sent, *, by: Actor) -> int:
    """Ask for pieces' money back, and answer the request's id; the same form again, however often and at once, is the
    same request, and a changed one under its key is refused.

    Covered, and with what was asked before within the policy's limit, it is approved on the spot. Raises NotCovered,
    Changed, Refused, NotFound.
    """
    return _request(order_id, sent, allow=_covered, by=by)


def request_exception(order_id: int, sent: Sent, *, by: Actor) -> int:
    """The same for what the guarantee does not cover: a person decides. Raises Changed, Refused, NotFound."""
    return _request(order_id, sent, allow=lambda _weighed: None, by=by)


def _covered(weighed: Weighed) -> None:
    for part in weighed.parts:
        if not part.of.cover.allowed:
            said = part.of.cover.explanation
            raise NotCovered(f"{part.of.line.title}: {said}", field=f"pieces-{part.of.line.id}")


def _request(order_id: int, sent: Sent, *, allow: Callable[[Weighed], None], by: Actor) -> int:
    _check_words(sent.asked)
    if not _FORM_KEY.fullmatch(sent.key):
        raise Refused(_("This form is not complete. Please begin anew."))
    key = f"{order_id}-{sent.key}"
    with transaction():
        order = lock_order(order_id)
        known = session().scalar(sa.select(ReturnRequest).where(ReturnRequest.form_key == key))
        if known is not None:
            _check_same(known, sent.asked)
            return int(known.id)
        of = returnable(order_id, at=clock.now())
        weighed = weigh(of, sent.asked)
        allow(weighed)
        if weighed.amount.minor != sent.shown_minor:
            raise Changed(_("What we would pay back has changed meanwhile. Please look at it once more."))
        request = write_request(order, of, weighed, sent.asked, key=key)
        claim_pieces(order, request, weighed)
        keep_words(request, sent.asked.note, kind=ReturnNoteKind.SHOPPER)
        write_down("return.asked", order, request, by=by)
        _decide(order, request, of, weighed)
        return request.id


def _check_same(before: ReturnRequest, asked: Asked) -> None:
    """Somebody went back and changed what they ask for: it is not the request that stands, and is not lost silently.
    What they wrote besides may be erased, and is not compared."""
    pieces = {line.order_line_id: line.quantity for line in lines_of(before.id)}
    wanted = {line_id: count for line_id, count in asked.pieces.items() if count}
    if (pieces, before.reason, before.to_credit) != (wanted, asked.reason, asked.to_credit):
        raise Refused(
            _(
                "This form was sent before, as return %(number)s. Please begin a new one for anything else.",
                number=before.number,
            )
        )


def _check_words(asked: Asked) -> None:
    if asked.reason not in RETURN_REASONS:
        raise Refused(_("Choose one of the reasons."), field="reason")
    if len(asked.note) > LONGEST_RETURN_NOTE:
        raise Refused(_("A note has at most %(most)s characters.", most=LONGEST_RETURN_NOTE), field="note")


def _decide(order: Order, request: ReturnRequest, of: Returnable, weighed: Weighed) -> None:
    """What the policy says of itself: approved on the spot, or for a person to decide."""
    verdict = Verdict.APPROVED if weighed.is_automatic else Verdict.WAITS
    keep_decision(request, verdict, weighed.ground, facts=facts_of(of, weighed))
    if not weighed.is_automatic:
        tell("return_asked", order, request)
        return
    write_down("return.approved", order, request, by=SYSTEM, code=weighed.ground)
    if weighed.goods_first:
        await_goods(order, request)
    else:
        grant(order, request, by=SYSTEM)
