"""Gift cards and store credit in words, as staff read them.

Knows what kinds, states and causes are called; refuses to read anything.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField
from wtforms.validators import Length

from storefront.credit.models import CreditCause, CreditKind
from storefront.money import Money
from storefront.orders.credit_accounts import STATES, AccountRow, EntryRow, Wanted
from storefront.staff.goods_words import Tag


class CreditFilters(Form):
    """What is looked for, as GET sends it."""

    find = StringField(
        _l("Last four characters, e-mail address or order"),
        filters=[lambda typed: (typed or "").replace("\0", "").strip()],
        validators=[Length(max=320)],
        render_kw={"type": "search", "maxlength": 320},
    )
    state = SelectField(_l("State"), default="")

    def offer(self) -> None:
        """Say what may be chosen."""
        names = (_("With money on it"), _("Empty"), _("Closed"))
        self.state.choices = [("", _("All")), *zip(STATES, names, strict=True)]


@dataclass(frozen=True, slots=True)
class CreditListed:
    """An account as lists and its page print it."""

    id: str
    title: str
    url: str
    is_card: bool
    is_closed: bool
    balance: Money
    given: Money
    who: str
    number: int | None
    opened_at: datetime
    tag: Tag


@dataclass(frozen=True, slots=True)
class Moved:
    """A change of a balance in words."""

    what: str
    amount: Money
    number: int | None
    at: datetime


def kind_names() -> dict[CreditKind, str]:
    """The kinds of credit, many of each."""
    return {CreditKind.GIFT_CARD: _("Gift cards"), CreditKind.STORE_CREDIT: _("Store credit")}


def wanted_of(form: CreditFilters, kind: Any) -> Wanted:
    """What the address asks for."""
    known = CreditKind(kind) if kind in set(CreditKind) else CreditKind.GIFT_CARD
    if not form.validate():
        return Wanted(known)
    return Wanted(known, form.state.data or "", form.find.data or "")


def listed(row: AccountRow) -> CreditListed:
    """An account in words."""
    is_card = row.kind is CreditKind.GIFT_CARD
    return CreditListed(
        id=row.id,
        title=_("Gift card ending %(end)s", end=row.code_end) if is_card else _("Store credit"),
        url=url_for("staff.credit_account", account_id=row.id),
        is_card=is_card,
        is_closed=row.closed_at is not None,
        balance=row.balance,
        given=row.given,
        who=row.who,
        number=row.number,
        opened_at=row.opened_at,
        tag=_tag(row),
    )


def _tag(row: AccountRow) -> Tag:
    if row.closed_at is not None:
        return Tag(_("Closed"), "bad")
    return Tag(_("Open"), "good") if row.balance else Tag(_("Empty"), "")


def moved(row: EntryRow) -> Moved:
    """A change in words."""
    return Moved(cause_text(row.cause), row.amount, row.number, row.at)


def cause_text(cause: CreditCause) -> str:
    """Why a balance changed."""
    return {
        CreditCause.SOLD: _("Sold"),
        CreditCause.GRANTED: _("Given"),
        CreditCause.SPENT: _("Paid for an order"),
        CreditCause.GIVEN_BACK: _("Back from an order that was not paid"),
        CreditCause.REFUNDED: _("Refund"),
        CreditCause.TAKEN_BACK: _("Taken back with the order that sold it"),
        CreditCause.ADJUSTED: _("Put right by staff"),
    }[cause]
