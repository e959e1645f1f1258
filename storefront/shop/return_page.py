"""A return as the shopper reads it: the form with what each line is covered by, what it would come to, how it stands.

Knows words and addresses; refuses to decide anything: that is in `refunds`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from storefront.cart.page import SumRow, Sums
from storefront.checkout.addresses import address_lines
from storefront.config import settings
from storefront.orders.models import Order, RefundState
from storefront.orders.queries import OrderRecord
from storefront.orders.tenders import Way, as_credit
from storefront.policies import words
from storefront.policies.parts import Condition, MoneyBack
from storefront.refunds.destinations import went, will_go
from storefront.refunds.judging import to_come
from storefront.refunds.return_records import LineAsked, ReturnRecord
from storefront.refunds.returnable import Asked, Returnable, Weighed
from storefront.refunds.returns import ReturnState
from storefront.refunds.taking_back import can_take_back, is_taken_back
from storefront.refunds.words import FAULTS, RETURN_REASONS, WITHDRAWAL, return_reason_words
from storefront.shop.forms import ReturnForm
from storefront.shop.order_page import LinePrinted, Step, line_printed
from storefront.shop.papers import Paper, PaperRow, order_fact, seller
from storefront.web.text import day_text, money_text

# More than so many are typed, not chosen.
MOST_CHOSEN = 30

# Refunds that somebody has to see to before the money goes.
_HELD_UP = {RefundState.FAILED, RefundState.REQUESTED, RefundState.DECLINED}


@dataclass(frozen=True, slots=True)
class LineOffered:
    """A line of the form: `choices` are the numbers to choose from, empty where one is typed; `typed` is what stands
    there, `wrong` why it cannot stay."""

    id: int
    name: str
    item: LinePrinted
    left: int
    choices: tuple[int, ...]
    typed: str
    cover: str
    is_covered: bool
    wrong: str


def return_title(order: Order) -> str:
    """What asking for money back is called: nothing can be sent back that never left."""
    return _("Send something back") if order.has_shipped else _("Ask for money back")


def offered(
    record: OrderRecord, of: Returnable, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> list[LineOffered]:
    """The lines of an order as the form shows them."""
    items = {line.id: line_printed(line) for line in record.lines}
    found = []
    for each in of.lines:
        name = f"pieces-{each.line.id}"
        found.append(
            LineOffered(
                id=each.line.id,
                name=name,
                item=items[each.line.id],
                left=each.left,
                choices=tuple(range(each.left + 1)) if each.left <= MOST_CHOSEN else (),
                typed=typed.get(name, "0"),
                cover=each.cover.explanation
                if each.left
                else _("All of it has gone back, or is asked back."),
                is_covered=each.cover.allowed,
                wrong=wrong.get(name, ""),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class WayOffered:
    """A way in which money can go back, as the form offers it."""

    id: str
    value: str
    title: str
    hint: str
    chosen: bool


def ways_back(order: Order, form: ReturnForm) -> list[WayOffered]:
    """The ways to choose from."""
    said = (
        _("At once, when your return is paid back, for your next order when you are signed in.")
        if order.customer_id is not None
        else _("At once, when your return is paid back: we mail you the code of a new gift card.")
    )
    chosen = form.to_credit.data == "1"
    return [
        WayOffered(
            "as-paid", "", _("As it was paid"), _("Banks take up to ten days to show it."), not chosen
        ),
        WayOffered("to-credit", "1", _("As credit in our shop"), said, chosen),
    ]


@dataclass(frozen=True, slots=True)
class PartShown:
    """Pieces of one line, what they come to, and what the guarantee says of them."""

    title: str
    amount: str
    cover: str
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What a request would come to, before it is sent."""

    parts: tuple[PartShown, ...]
    sums: Sums
    when: tuple[str, ...]
    conditions: tuple[str, ...]
    is_covered: bool
    is_automatic: bool
    reason: str
    button: str


def checked(order: Order, of: Returnable, weighed: Weighed, *, asked: Asked) -> Checked:
    """The request as it would be, in words."""
    reason = asked.reason
    return Checked(
        parts=tuple(
            PartShown(
                f"{part.pieces} × {_called(part.of.line.title, part.of.line.variant_title)}",
                money_text(part.amount),
                part.of.cover.explanation,
                part.of.cover.allowed,
            )
            for part in weighed.parts
        ),
        sums=_sums(weighed),
        when=(*_when(order, of, weighed, reason=reason), *_whereto(order, of, weighed, asked)),
        conditions=asks(of.promise, reason=reason),
        is_covered=weighed.is_covered,
        is_automatic=weighed.is_automatic,
        reason=str(RETURN_REASONS[reason]),
        button=_("Send the return")
        if weighed.is_automatic
        else _("Ask for %(amount)s back", amount=money_text(weighed.amount)),
    )


def _called(title: str, variant_title: str) -> str:
    return f"{title}, {variant_title}" if variant_title else title


def _sums(weighed: Weighed) -> Sums:
    rows = [
        SumRow(_("Goods"), sum((part.amount for part in weighed.parts[1:]), start=weighed.parts[0].amount))
    ]
    if weighed.shipping:
        rows.append(SumRow(_("Shipping"), weighed.shipping))
    if weighed.fee:
        rows.append(SumRow(_("Restocking fee"), -weighed.fee))
    return Sums(tuple(rows), _("We pay back"), weighed.amount, None)


def _when(order: Order, of: Returnable, weighed: Weighed, *, reason: str) -> list[str]:
    said = []
    if weighed.is_automatic:
        said.append(_("Your return is approved as soon as you send it."))
    else:
        said.append(_("A person looks at it first, and writes to %(email)s.", email=order.email))
        if reply := words.reply(of.policy.document.support):
            said.append(f"{reply}.")
    if weighed.goods_first:
        said += [words.repayment(of.promise), postage(of.promise, reason=reason)]
    else:
        said.append(_("Nothing has to be sent back first: we pay you back as soon as it is approved."))
    if weighed.shipping_later:
        said.append(_("What you paid for shipping comes back with the last of the order."))
    return said


def _whereto(order: Order, of: Returnable, weighed: Weighed, asked: Asked) -> list[str]:
    """How the money goes back, as far as can be told today."""
    way = Way.CREDIT if asked.to_credit else Way.AS_PAID
    credit = as_credit(weighed.amount, at_stripe=of.at_stripe, way=way)
    if not credit:
        return [_("The money goes back the way you paid. Banks take up to ten days to show it.")]
    by_stripe = weighed.amount - credit
    parts = ", ".join(each.said for each in will_go(order.id, by_stripe=by_stripe, credit=credit))
    if not by_stripe:
        return [_("We pay back %(parts)s. You can spend it at once.", parts=parts)]
    return [_("We pay back %(parts)s. Banks take up to ten days to show it.", parts=parts)]


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
    state, kind = state_words(record)
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


def pieces_text(asked: LineAsked, pieces: int | None = None) -> str:
    """“2 × Tray, large”; of so many pieces where not all that were asked for are meant."""
    counted = asked.line.quantity if pieces is None else pieces
    return f"{counted} × {_called(asked.title, asked.variant_title)}"


def state_words(record: ReturnRecord) -> tuple[str, str]:
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


def slip(order: Order, record: ReturnRecord, promise: MoneyBack) -> Paper:
    """The slip that comes with the goods: where to, by which number, what is in the parcel."""
    request, awaited = record.request, to_come(record.request)
    notes = [
        _("Put this slip into the parcel: by its number we know whose it is."),
        postage(promise, reason=request.reason),
        *asks(promise, reason=request.reason),
    ]
    return Paper(
        title=_("Return slip %(number)s", number=request.number),
        seller=seller(),
        to=return_address(),
        to_title=_("Send it to"),
        facts=(
            (_("Return"), request.number),
            order_fact(order),
            (_("From"), ", ".join(address_lines(order.delivery)[:1])),
            (_("Asked for on"), day_text(request.asked_at, "long")),
        ),
        rows=tuple(
            PaperRow(
                each.title,
                ", ".join(filter(None, (each.sku, each.variant_title))),
                awaited[each.line.order_line_id],
                None,
                None,
            )
            for each in record.lines
            if awaited.get(each.line.order_line_id)
        ),
        taxes=(),
        total=None,
        notes=tuple(notes),
        is_demo=order.is_demo,
    )


def return_address() -> list[str]:
    """Where goods are sent back to, a line each."""
    made = settings()
    found = [part.strip() for part in (made.return_address or made.address_line).split(",")]
    return [each for each in found if each] or [made.shop_name]
