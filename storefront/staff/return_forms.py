"""What may be typed on the pages about returns.

Knows shapes: whole numbers and amounts in plain digits; refuses to know what may come back.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SearchField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.errors import Refused
from storefront.money import Money, NotAnAmount
from storefront.orders.models import FIRST_NUMBER
from storefront.refunds.judging import LONGEST_WHY, Came
from storefront.refunds.reckoning import Shown
from storefront.refunds.return_records import Pile, Sought
from storefront.refunds.words import RETURN_REASONS
from storefront.staff.order_list import ShownLink
from storefront.staff.refund_form import tidy

LONGEST_SEARCH = 320
_PIECES = re.compile(r"[0-9]{1,6}", re.ASCII)
_ORDER = re.compile(r"#?([0-9]{1,18})", re.ASCII)
_RETURN = re.compile(r"[rR]([0-9]{1,18})", re.ASCII)


class ReturnFilters(FlaskForm):
    """What is looked for; sent by GET: it changes nothing, and needs no token."""

    class Meta:
        csrf = False

    q = SearchField(
        _l("Find"),
        filters=[lambda typed: (typed or "").strip()],
        validators=[Length(max=LONGEST_SEARCH, message=_l("This is too long to be searched for."))],
        render_kw={"maxlength": LONGEST_SEARCH, "placeholder": _l("R12, 1001 or an e-mail address")},
    )
    reason = SelectField(
        _l("Reason"),
        choices=[
            SelectChoice("", _l("Any")),
            *(SelectChoice(code, said) for code, said in RETURN_REASONS.items()),
        ],
        default="",
    )


def sought(form: ReturnFilters, pile: Pile) -> Sought:
    """What the filters ask for; what cannot be understood asks for nothing."""
    is_sound = form.validate()
    text = (form.q.data or "") if is_sound else ""
    reason = form.reason.data if form.reason.data in RETURN_REASONS else ""
    back, order = _RETURN.fullmatch(text), _ORDER.fullmatch(text)
    return Sought(
        pile=pile,
        reason=reason,
        return_id=int(back[1]) if back else None,
        number=max(int(order[1]), FIRST_NUMBER - 1) if order else None,
        email="" if back or order else text,
    )


def chips(form: ReturnFilters, pile: Pile) -> list[ShownLink]:
    """Each filter in force, with the address that has all but it."""
    q, reason = form.q.data or "", form.reason.data if form.reason.data in RETURN_REASONS else ""
    found = []
    if q:
        found.append(ShownLink(q, url_for("staff.returns", pile=pile, reason=reason or None)))
    if reason:
        found.append(ShownLink(str(RETURN_REASONS[reason]), url_for("staff.returns", pile=pile, q=q or None)))
    return found


class JudgeForm(FlaskForm):
    """Why it is decided so; wanted where it is against the policy, and where the shopper has to be told."""

    why = TextAreaField(
        _l("Why"),
        filters=[tidy],
        validators=[
            Length(max=LONGEST_WHY, message=_l("A reason has at most %(most)s characters.", most=LONGEST_WHY))
        ],
        render_kw={"rows": 2, "maxlength": LONGEST_WHY},
    )


class PayBackForm(JudgeForm):
    """The amount that goes back, and why it is less."""

    amount = StringField(
        _l("Amount"),
        filters=[tidy],
        validators=[InputRequired(_l("Say how much goes back."))],
        render_kw={"inputmode": "decimal", "maxlength": 20, "autocomplete": "off"},
    )


def amount_of(form: PayBackForm, currency: str) -> Money:
    """What was typed; raises Refused."""
    return _money(form.amount.data or "", currency)


def shown_of(fields: Mapping[str, Any], currency: str) -> Shown | None:
    """What stood on the button, and what of it Stripe was to give; None where it named no amount. Raises Refused."""
    amount = fields.get("shown", "")
    if not amount:
        return None
    return Shown(_money(amount, currency), _money(fields.get("by-stripe", amount), currency))


def by_stripe_of(fields: Mapping[str, Any], currency: str) -> Money | None:
    """What the question said that Stripe gives; None where none was asked. Raises Refused."""
    typed = fields.get("by-stripe", "")
    return _money(typed, currency) if typed else None


def _money(typed: str, currency: str) -> Money:
    text = typed.replace(",", ".") if typed.count(",") == 1 and "." not in typed else typed
    try:
        return Money.parse(text, currency)
    except NotAnAmount as refusal:
        raise Refused(refusal.message, field="amount") from refusal


def came(fields: Mapping[str, Any], *, line_ids: Iterable[int]) -> dict[int, Came]:
    """What came back by line, as it was typed; raises Refused with the field's name."""
    ours = tuple(line_ids)
    known = {f"{what}-{line_id}" for line_id in ours for what in ("came", "restock")}
    if any(name.startswith(("came-", "restock-")) and name not in known for name in fields):
        raise Refused(_("One of these lines is not of this return."))
    return {
        line_id: Came(_pieces(fields, f"came-{line_id}"), _pieces(fields, f"restock-{line_id}"))
        for line_id in ours
    }


def pieces_wanted(fields: Mapping[str, Any]) -> dict[int, int]:
    """Pieces by line id of an order, as they were typed; raises Refused with the field's name."""
    wanted = {}
    for name in fields:
        digits = name.removeprefix("pieces-")
        if digits != name and _PIECES.fullmatch(digits[:6]) and digits.isascii() and digits.isdigit():
            wanted[int(digits[:18])] = _pieces(fields, name)
    return wanted


def order_number(fields: Mapping[str, Any]) -> int:
    """The number of an order, as it was typed; raises Refused."""
    found = _ORDER.fullmatch(tidy(fields.get("number")))
    if found is None:
        raise Refused(_("An order number has only digits, such as 1001."), field="number")
    return int(found[1])


def _pieces(fields: Mapping[str, Any], name: str) -> int:
    text = tidy(fields.get(name)) or "0"
    if not _PIECES.fullmatch(text):
        raise Refused(_("Pieces are a whole number, such as 2."), field=name)
    return int(text)
