"""The page on which an order's money goes back: its lines with what is left, and the form as it was typed.

Knows how it is printed; refuses to know what may go back: that is reckoned in `refunds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.config import settings
from storefront.money import Money, exponent
from storefront.orders.models import number_of_id
from storefront.orders.tenders import Way
from storefront.policies.rules import Decision
from storefront.refunds.reckoning import LineLeft, Reckoned, Refundable
from storefront.staff.cover_words import cover_text
from storefront.staff.refund_form import RefundForm, new_form_key
from storefront.web.text import money_text, page_locale


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the form. `gone` of its `of` pieces went back before; `total_minor` is what all of them came to."""

    id: int
    title: str
    options: str
    of: int
    gone: int
    left: int
    typed: str
    restock: bool
    unsent: bool
    cover: str
    can_restock: bool
    total_minor: int
    worth: Money
    wrong: str


@dataclass(frozen=True, slots=True)
class WayRow:
    """A way in which the money can go back."""

    id: str
    value: str
    title: str
    hint: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RefundPage:
    """All that `templates/staff/refunds.html` prints beside the refunds there are. `step` is the smallest part that
    can be paid back and `decimals` the currency's, for the sums that follow the hand."""

    number: int
    action: str
    captured: Money
    left: Money
    problem: str | None
    lines: tuple[LineRow, ...]
    has_shipping: bool
    shipping_left: Money
    ways: tuple["WayRow", ...]
    limit: str | None
    currency: str
    lang: str
    step: int
    decimals: int
    left_minor: int
    total: Money
    wrong: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What `templates/staff/_confirm.html` asks before money moves."""

    action: str
    lead: str
    subjects: tuple["Subject", ...]
    more: str
    kept: tuple[tuple[str, str], ...]
    button: str
    bad: bool
    back_url: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What will be done, one line each."""

    title: str
    text: str


def filled_in(form: RefundForm, of: Refundable) -> Mapping[str, str]:
    """Fill a form that nobody has sent with all that is left; what is then typed into the lines, by name.

    What never left is on the shelf: its pieces go into stock unless somebody says otherwise.
    """
    form.form_key.data = new_form_key()
    form.shipping.data = plain(of.shipping_left)
    pieces = {f"pieces-{line.id}": str(line.left) for line in of.lines}
    here = {f"restock-{line.id}": "1" for line in of.lines if 0 < line.left <= line.unsent}
    return pieces | here


def plain(amount: Money) -> str:
    """An amount as it is typed: 17.55."""
    return f"{amount.decimal:.{exponent(amount.currency)}f}"


def refund_page(
    of: Refundable,
    form: RefundForm,
    typed: Mapping[str, str],
    *,
    cover: Mapping[int, Decision],
    wrong: tuple[tuple[str, str], ...] = (),
) -> RefundPage:
    """The page with a form as it stands; `cover` is what the guarantee says of each line, `wrong` are
    (field's name or "", sentence)."""
    number = number_of_id(of.order_id)
    lines = tuple(_line(line, typed, dict(wrong), cover_text(cover.get(line.id))) for line in of.lines)
    limit = settings().refund_alone_limit
    whole = sum((row.worth for row in lines), start=of.shipping_left)
    return RefundPage(
        number=number,
        action=url_for("staff.check_refund", number=number),
        captured=of.captured,
        left=of.left,
        problem=of.problem,
        lines=lines,
        has_shipping=bool(of.shipping_left),
        shipping_left=of.shipping_left,
        ways=_ways(of, form),
        limit=None
        if limit is None
        else _(
            "What goes back of one order above %(amount)s waits for a second person.",
            amount=money_text(limit),
        ),
        currency=of.currency,
        lang=str(page_locale()).replace("_", "-"),
        step=of.step,
        decimals=exponent(of.currency),
        left_minor=of.left.minor,
        total=min(whole, of.left),
        wrong=wrong,
    )


def _ways(of: Refundable, form: RefundForm) -> tuple[WayRow, ...]:
    if not of.at_stripe:
        return ()
    chosen = form.way.data or Way.AS_PAID
    card = _("Up to %(amount)s to the card or account it was paid with, the rest as credit.")
    whole = _("To the card or account it was paid with.")
    said = card % {"amount": money_text(of.at_stripe)} if of.at_stripe < of.left else whole
    kept = _("At once: to the gift cards that paid, else to store credit, or on a new gift card by mail.")
    return (
        WayRow("way-as-paid", Way.AS_PAID, _("As it was paid"), said, chosen == Way.AS_PAID),
        WayRow("way-credit", Way.CREDIT, _("As credit"), kept, chosen == Way.CREDIT),
    )


def _line(line: LineLeft, typed: Mapping[str, str], wrong: Mapping[str, str], cover: str) -> LineRow:
    name = f"pieces-{line.id}"
    text = typed.get(name, "0")
    is_sound = text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= line.left
    return LineRow(
        id=line.id,
        title=line.title,
        options=line.variant_title,
        of=line.quantity,
        gone=line.refunded,
        left=line.left,
        typed=text,
        restock=f"restock-{line.id}" in typed,
        cover=cover,
        unsent=0 < line.left <= line.unsent,
        can_restock=line.can_restock > 0,
        total_minor=line.total.minor,
        worth=line.worth(int(text) if is_sound else 0),
        wrong=wrong.get(name, ""),
    )


# Where the question keeps what was typed as an amount: its own is the one that it shows.
TYPED_AMOUNT = "typed-amount"


def question(of: Refundable, reckoned: Reckoned, typed: Mapping[str, str], *, waits: bool) -> Question:
    """What is asked before money moves: every part with its amount, and the sum on the button.

    What is sent is what was shown: should less be left by then, nothing goes back.
    """
    amount, number = money_text(reckoned.amount), number_of_id(of.order_id)
    sent = {**typed, "amount": plain(reckoned.amount), TYPED_AMOUNT: typed.get("amount", "")}
    sent["by-stripe"] = plain(reckoned.by_stripe)
    kept = tuple((name, value) for name, value in sent.items() if name != "csrf_token")
    return Question(
        action=url_for("staff.make_refund", number=number),
        lead=_("%(amount)s waits for another person, who approves or declines it.", amount=amount)
        if waits
        else _("%(amount)s goes back the way it was paid. This cannot be undone.", amount=amount)
        if not reckoned.credit
        else _("%(amount)s goes back as is said below. This cannot be undone.", amount=amount),
        subjects=tuple(_subjects(reckoned)),
        more=_("Left to refund afterwards: %(left)s.", left=money_text(reckoned.left_after)),
        kept=kept,
        button=_("Ask to refund %(amount)s", amount=amount)
        if waits
        else _("Refund %(amount)s", amount=amount),
        bad=not waits,
        back_url=url_for("staff.order_refunds", number=number),
    )


def _subjects(reckoned: Reckoned) -> list[Subject]:
    found = [
        Subject(
            f"{part.pieces} × {part.line.title}",
            f"{money_text(part.amount)} {_into_stock(part.restocked)}".strip(),
        )
        for part in reckoned.parts
    ]
    if reckoned.shipping:
        found.append(Subject(_("Shipping"), money_text(reckoned.shipping)))
    if reckoned.by_hand:
        found.append(Subject(_("Besides"), money_text(reckoned.by_hand)))
    return found


def _into_stock(pieces: int) -> str:
    if not pieces:
        return ""
    return ngettext("(%(num)s into stock)", "(%(num)s into stock)", pieces)
