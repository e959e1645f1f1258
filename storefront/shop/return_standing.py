"""How a return stands, as the shopper reads it: in a word, in a sentence, and step by step.

Knows words for states; refuses to decide anything: that is in `refunds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from storefront.orders.refund import RefundState
from storefront.refunds.destinations import went
from storefront.refunds.return_records import ReturnRecord
from storefront.refunds.returns import ReturnState
from storefront.refunds.taking_back import can_take_back, is_taken_back
from storefront.refunds.words import return_reason_words
from storefront.shop.order_page import Step
from storefront.shop.return_words import pieces_text
from storefront.web.text import day_text, money_text

# Refunds that somebody has to see to before the money goes.
_HELD_UP = {RefundState.FAILED, RefundState.REQUESTED, RefundState.DECLINED}


@dataclass(frozen=True, slots=True)
class ReturnPrinted:
    """A request as its page and the order's page print it."""

    number: str
    url: str
    heading: str
    lead: str
    state: str
    kind: str
    lines: tuple[str, ...]
    reason: str
    amount: str
    note: str
    told: str
    slip_url: str
    timeline: tuple[Step, ...]
    take_back_url: str = ""


def return_printed(record: ReturnRecord) -> ReturnPrinted:
    """The request as it stands."""
    request = record.request
    heading, lead = _standing(record)
    state, kind = _state_words(record)
    return ReturnPrinted(
        number=request.number,
        url=url_for("shop.one_return", number=record.number, return_id=request.id),
        heading=heading,
        lead=lead,
        state=state,
        kind=kind,
        lines=tuple(pieces_text(each) for each in record.lines),
        reason=return_reason_words(request.reason),
        amount=money_text(request.amount),
        note=next((each.text for each in record.notes if each.kind == "shopper"), ""),
        told=record.told,
        slip_url=url_for("shop.return_slip", number=record.number, return_id=request.id)
        if request.state == ReturnState.AWAITING_GOODS
        else "",
        timeline=tuple(_timeline(record)),
        take_back_url=url_for("shop.take_back", number=record.number, return_id=request.id)
        if can_take_back(record)
        else "",
    )


def returns_printed(records: Sequence[ReturnRecord]) -> list[ReturnPrinted]:
    """All requests of an order."""
    return [return_printed(each) for each in records]


def _state_words(record: ReturnRecord) -> tuple[str, str]:
    """How it stands, in a word for a tag, and the tag's kind."""
    request = record.request
    if is_taken_back(record):
        return _("Taken back"), ""
    if request.state == ReturnState.CLOSED and request.refund_id is None:
        return _("Ended"), ""
    if request.state == ReturnState.CLOSED and record.refund is not None and record.refund.state in _HELD_UP:
        return _("Not paid yet"), "marker"
    return {
        ReturnState.OPEN: (_("Waits for us"), "marker"),
        ReturnState.APPROVED: (_("Approved"), "good"),
        ReturnState.AWAITING_GOODS: (_("Waits for the goods"), "marker"),
        ReturnState.RECEIVED: (_("Goods are here"), "good"),
        ReturnState.CLOSED: (_("Paid back"), "good"),
        ReturnState.DECLINED: (_("Declined"), "bad"),
    }[ReturnState(request.state)]


def _standing(record: ReturnRecord) -> tuple[str, str]:
    request, amount = record.request, money_text(record.request.amount)
    if is_taken_back(record):
        return _("You took this return back"), _(
            "You keep the goods, and no money goes back. You can ask again as long as the guarantee runs."
        )
    if request.state == ReturnState.CLOSED and request.refund_id is None:
        return _("This return has ended"), _("No money goes back by it.")
    if request.state == ReturnState.CLOSED and record.refund is not None:
        return _paid(record)
    return {
        ReturnState.OPEN: (
            _("We have your return"),
            _(
                "A person looks at it and writes to %(email)s. Please keep the goods until then.",
                email=record.email,
            ),
        ),
        ReturnState.APPROVED: (
            _("Your return is approved"),
            _("%(amount)s goes back to you. You do not need to do anything.", amount=amount),
        ),
        ReturnState.AWAITING_GOODS: (
            _("Your return is approved: please send it back"),
            _(
                "Print the slip, put it into the parcel, and send it to us. Then %(amount)s goes back.",
                amount=amount,
            ),
        ),
        ReturnState.RECEIVED: (
            _("Your goods are here"),
            _("We look at them and pay you back. You do not need to do anything."),
        ),
        ReturnState.DECLINED: (_("We could not accept this return"), _("No money goes back by it.")),
    }[ReturnState(request.state)]


def _paid(record: ReturnRecord) -> tuple[str, str]:
    assert record.refund is not None
    amount = money_text(record.refund.amount)
    if record.refund.state == RefundState.SETTLED and record.refund.credit_minor:
        parts = ", ".join(each.said for each in went(record.refund))
        return _("Paid back"), _("We have paid back %(parts)s.", parts=parts)
    if record.refund.state == RefundState.SETTLED:
        return _("Paid back"), _("%(amount)s has gone back, the way you paid.", amount=amount)
    if record.refund.state in _HELD_UP:
        return _("We see to your money"), _(
            "%(amount)s could not be paid back the way you paid. We see to it and write to you.",
            amount=amount,
        )
    return _("Your money is on its way"), _(
        "%(amount)s goes back the way you paid. Banks take up to ten days to show it.", amount=amount
    )


def _timeline(record: ReturnRecord) -> list[Step]:
    request = record.request
    steps = [Step(_("Asked for"), day_text(request.asked_at), done=True)]
    is_declined = request.state == ReturnState.DECLINED
    if request.decided_at is not None:
        title = _("Declined") if is_declined else _("Approved")
        steps.append(Step(title, day_text(request.decided_at), done=True))
    if request.received_at is not None:
        steps.append(Step(_("Goods arrived"), day_text(request.received_at), done=True))
    if is_declined:
        return steps
    if request.closed_at is not None:
        ended = _("Taken back") if is_taken_back(record) else _("Ended")
        title = ended if request.refund_id is None else _("Money sent back")
        return [*steps, Step(title, day_text(request.closed_at), done=True)]
    if request.decided_at is None:
        steps.append(Step(_("Looked at by a person"), None, done=False))
    if request.state == ReturnState.AWAITING_GOODS:
        steps.append(Step(_("Goods arrive with us"), None, done=False))
    return [*steps, Step(_("Money sent back"), None, done=False)]
