"""What may be typed on the pages about money back.

Knows shapes: whole numbers and amounts in plain digits; refuses to know what is left of an order.
"""

import re
from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from storefront.errors import Refused
from storefront.money import Money, NotAnAmount
from storefront.orders.tenders import Way
from storefront.refunds.deciding import LONGEST_NOTE
from storefront.refunds.reckoning import Wanted
from storefront.refunds.words import REASONS

_PIECES = re.compile(r"[0-9]{1,6}")


def tidy(typed: str | None) -> str:
    """What was typed without spaces around it, line ends as one character."""
    return (typed or "").replace("\r\n", "\n").replace("\x00", "").strip()


class RefundForm(FlaskForm):
    """What goes back and why; the lines have fields of their own, `pieces-<id>` and `restock-<id>`."""

    form_key = HiddenField()
    shipping = StringField(_l("Shipping"), filters=[tidy])
    amount = StringField(
        _l("Another amount"),
        description=_l("Empty: what pieces and shipping come to. Less is spread over them."),
        filters=[tidy],
        render_kw={"inputmode": "decimal", "maxlength": 20, "autocomplete": "off"},
    )
    way = RadioField(
        _l("How it goes back"),
        choices=[
            SelectChoice(Way.AS_PAID, _l("As it was paid")),
            SelectChoice(Way.CREDIT, _l("As credit")),
        ],
        default=Way.AS_PAID,
    )
    reason = SelectField(_l("Reason"), choices=[SelectChoice(code, said) for code, said in REASONS.items()])
    note = TextAreaField(
        _l("Note for the record"),
        description=_l("Customers do not see it."),
        filters=[tidy],
        validators=[
            Length(max=LONGEST_NOTE, message=_l("A note has at most %(most)s characters.", most=LONGEST_NOTE))
        ],
        render_kw={"rows": 2, "maxlength": LONGEST_NOTE},
    )


class WhyForm(FlaskForm):
    """Why something is declined, set aside, accepted or given back."""

    why = StringField(
        _l("Why"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Say why.")),
            Length(
                max=LONGEST_NOTE, message=_l("A reason has at most %(most)s characters.", most=LONGEST_NOTE)
            ),
        ],
        render_kw={"maxlength": LONGEST_NOTE, "autocomplete": "off"},
    )


class PressForm(FlaskForm):
    """A button and nothing else."""


def new_form_key() -> str:
    """The key of a form that is shown anew."""
    return token_hex(16)


def wanted(form: RefundForm, fields: Mapping[str, str], *, line_ids: Iterable[int], currency: str) -> Wanted:
    """What was typed as pieces and amounts; raises Refused with the field's name."""
    ours = tuple(line_ids)
    strangers = [name for name in fields if _is_of_a_line(name) and _line_of(name) not in ours]
    if strangers:
        raise Refused(_("One of these lines is not of this order."))
    return Wanted(
        pieces={line_id: _pieces(fields, line_id) for line_id in ours},
        shipping=_amount(form.shipping.data, currency, "shipping") or Money.zero(currency),
        amount=_amount(form.amount.data, currency, "amount"),
        restock=frozenset(line_id for line_id in ours if f"restock-{line_id}" in fields),
        way=Way(form.way.data or Way.AS_PAID),
        by_stripe=_amount(fields.get("by-stripe", ""), currency, "amount"),
    )


def _is_of_a_line(name: str) -> bool:
    return name.startswith(("pieces-", "restock-"))


def _line_of(name: str) -> int | None:
    digits = name.partition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def _pieces(fields: Mapping[str, str], line_id: int) -> int:
    text = tidy(fields.get(f"pieces-{line_id}")) or "0"
    if not _PIECES.fullmatch(text):
        raise Refused(_("Pieces are a whole number, such as 2."), field=f"pieces-{line_id}")
    return int(text)


def _amount(typed: Any, currency: str, field: str) -> Money | None:
    # A comma is how half of Europe writes the point; both at once would be a guess.
    text = typed.replace(",", ".") if typed.count(",") == 1 and "." not in typed else typed
    if not text:
        return None
    try:
        return Money.parse(text, currency)
    except NotAnAmount as refusal:
        raise Refused(refusal.message, field=field) from refusal
