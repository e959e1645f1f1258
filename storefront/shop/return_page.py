"""Asking for money back, as the shopper reads it: the form with what each line is covered by, what it would come to.

Knows words; refuses to decide anything: that is in `refunds`. How it then stands is in `return_standing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from wtforms import SelectChoice

from storefront.cart.sums import SumRow, Sums
from storefront.orders.models import Order
from storefront.orders.queries import OrderRecord
from storefront.orders.tenders import Way, as_credit, has_store_credit
from storefront.policies import words
from storefront.refunds.destinations import will_go
from storefront.refunds.returnable import Returnable
from storefront.refunds.weighing import Asked, Weighed
from storefront.refunds.words import FAULTS, RETURN_REASONS
from storefront.shop.forms import ReturnForm
from storefront.shop.order_page import LinePrinted, line_printed
from storefront.shop.return_words import asks, called, postage
from storefront.web.text import money_text

# More than so many are typed, not chosen.
MOST_CHOSEN = 30


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


def reasons(of: Returnable) -> list[SelectChoice]:
    """The reasons to choose from: those that can be true of the goods as they stand."""
    return [
        SelectChoice(code, said)
        for code, said in RETURN_REASONS.items()
        if of.can_be_faulty or code not in FAULTS
    ]


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
        if has_store_credit(order)
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
                f"{part.pieces} × {called(part.of.line.title, part.of.line.variant_title)}",
                money_text(part.amount),
                part.of.cover.explanation,
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
