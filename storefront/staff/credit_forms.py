"""What may be typed about credit: shape only.

Knows fields; refuses to know balances.
"""

from secrets import token_hex

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from storefront.credit.actions import LONGEST_WHY, Said
from storefront.credit.models import CreditKind
from storefront.money import Money
from storefront.staff.goods_forms import amount
from storefront.staff.refund_form import tidy


class ReasonForm(FlaskForm):
    """Why; the key makes one form one act."""

    form_key = HiddenField(default=lambda: token_hex(16))
    why = StringField(
        _l("Why"),
        filters=[tidy],
        validators=[DataRequired(_l("Say why.")), Length(max=LONGEST_WHY)],
        render_kw={"maxlength": LONGEST_WHY, "autocomplete": "off"},
    )

    @property
    def said(self) -> Said:
        """Reason and key."""
        return Said(self.why.data or "", self.form_key.data or "")


def _amount_field(hint: object = "") -> StringField:
    return StringField(
        _l("Amount"),
        description=hint,
        filters=[tidy],
        validators=[DataRequired(_l("Enter an amount above zero."))],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20, "class": "short"},
    )


def _email_field(hint: object = "") -> StringField:
    return StringField(
        _l("E-mail address"),
        description=hint,
        filters=[tidy],
        validators=[DataRequired(_l("Please enter an e-mail address.")), Length(max=320)],
        render_kw={"inputmode": "email", "autocomplete": "off", "maxlength": 320},
    )


class GiveForm(ReasonForm):
    """A gift card for an address, or store credit for whoever has an account under it."""

    kind = SelectField(_l("What"))
    amount = _amount_field()
    email = _email_field(
        _l("A gift card’s code is sent there. Store credit needs an account that signs in by this address.")
    )

    def offer(self) -> None:
        """Name the kinds."""
        names = (_("A gift card, its code by e-mail"), _("Store credit of a customer"))
        self.kind.choices = list(zip((each.value for each in CreditKind), names, strict=True))


class AdjustCreditForm(ReasonForm):
    """By how much a balance changes, and why."""

    amount = _amount_field(_l("With − before it to take it away."))


class AnewForm(ReasonForm):
    """Where the code of the card that takes over is sent, and why."""

    email = _email_field()


def signed(text: str | None) -> Money | None:
    """An amount with its sign, as it was typed; None where nothing was. Raises NotAnAmount."""
    return amount((text or "").replace("−", "-"))
