"""What may be typed on the shopper's pages.

Knows shapes; refuses to know whether anything fits.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from storefront.checkout.forms import tidy_email
from storefront.content.markdown import clean_text
from storefront.content.texts import one_line
from storefront.errors import Refused
from storefront.mail.rendering import is_address
from storefront.refunds.asking import LONGEST_RETURN_NOTE
from storefront.refunds.weighing import Asked
from storefront.refunds.withdrawing import LONGEST_WORDS
from storefront.refunds.words import RETURN_REASONS

MOST_NAME, MOST_WORDS = 120, 5_000
_PIECES = re.compile(r"[0-9]{1,6}")


def _own_email(what_for: Any) -> Any:
    return EmailField(
        _l("E-mail address"),
        description=what_for,
        filters=[tidy_email],
        validators=[
            DataRequired(_l("Please enter your e-mail address.")),
            Length(max=320, message=_l("This is too long for an e-mail address.")),
        ],
        render_kw={"maxlength": 320},
    )


class WrittenForm(FlaskForm):
    """What is written to the shop by somebody: the key makes one form one message, and one field is for programs."""

    key = HiddenField(default=lambda: secrets.token_hex(16))
    name = StringField(
        _l("Name"),
        filters=[lambda typed: one_line(typed or "")],
        validators=[
            DataRequired(_l("Please enter your name.")),
            Length(max=MOST_NAME, message=_l("This is too long for a name.")),
        ],
        render_kw={"maxlength": MOST_NAME},
    )

    def validate_email(self, field: EmailField) -> None:
        """An answer must find its way."""
        if not is_address(field.data or ""):
            raise ValidationError(_("An e-mail address has an @, such as mara@example.org."))

    def validate_website(self, field: StringField) -> None:
        """People do not see it; whoever has it filled in all the same is told, and loses nothing."""
        if field.data:
            raise ValidationError(_("Please leave the last field empty: programs fill it in."))

    def validate_key(self, field: HiddenField) -> None:
        """What is no key of ours is another one."""
        if not re.fullmatch(r"[0-9a-f]{32}", field.data or ""):
            field.data = secrets.token_hex(16)


class ContactForm(WrittenForm):
    """A message to the shop."""

    email = _own_email(_l("We answer to it, and use it for nothing else."))
    text = TextAreaField(
        _l("Message"),
        filters=[lambda typed: clean_text(typed or "").strip()],
        validators=[
            DataRequired(_l("Please write your message.")),
            Length(max=MOST_WORDS, message=_l("Please write at most 5,000 characters.")),
        ],
        render_kw={"rows": 8, "maxlength": MOST_WORDS},
    )
    website = StringField(_l("Leave this empty"))


class GiftCardForm(FlaskForm):
    """A gift card's code."""

    code = StringField(
        _l("Gift card code"),
        description=_l("Capitals, spaces and dashes do not matter."),
        filters=[lambda typed: (typed or "").strip()],
        validators=[
            DataRequired(_l("Please enter the code.")),
            Length(max=80, message=_l("This is too long for a code.")),
        ],
        render_kw={"maxlength": 80, "autocapitalize": "characters"},
    )


class FindOrderForm(FlaskForm):
    """An order's number and the e-mail address it was placed with."""

    number = StringField(
        _l("Order number"),
        filters=[lambda typed: (typed or "").strip().removeprefix("#")],
        validators=[
            InputRequired(_l("Please enter the number of your order.")),
            Regexp(
                re.compile(r"[0-9]{1,18}\Z"), message=_l("An order number has only digits, such as 1001.")
            ),
        ],
        render_kw={"inputmode": "numeric", "maxlength": 20},
    )
    email = EmailField(
        _l("E-mail address"),
        filters=[tidy_email],
        validators=[
            InputRequired(_l("Please enter the e-mail address of your order.")),
            Length(max=320, message=_l("This is too long for an e-mail address.")),
            Regexp(
                re.compile(r"[^\s@]+@[^\s@]+\Z"),
                message=_l("An e-mail address has an @, such as mara@example.org."),
            ),
        ],
        render_kw={"maxlength": 320},
    )


class WithdrawalForm(WrittenForm):
    """Who withdraws from which order. Nobody is turned away for a number that is none, or for a long name."""

    name = StringField(
        _l("Name"),
        filters=[lambda typed: one_line(typed or "")],
        validators=[
            DataRequired(_l("Please enter your name.")),
            Length(max=200, message=_l("This is too long for a name.")),
        ],
        render_kw={"maxlength": 200},
    )
    number = StringField(
        _l("Order number"),
        description=_l("It is in our mails. If you do not have it, write what you bought and when."),
        filters=[lambda typed: one_line(typed or "")],
        validators=[
            DataRequired(_l("Please say which order you mean.")),
            Length(max=40, message=_l("This is too long: at most 40 characters.")),
        ],
        render_kw={"maxlength": 40},
    )
    email = _own_email(_l("The receipt goes there."))
    text = TextAreaField(
        _l("Which goods, if not the whole order"),
        filters=[lambda typed: clean_text(typed or "").strip()],
        validators=[
            Length(max=LONGEST_WORDS, message=_l("Please write at most 1,000 characters.")),
        ],
        render_kw={"rows": 3, "maxlength": LONGEST_WORDS},
    )
    website = StringField(_l("Leave this empty"))


class ReturnForm(FlaskForm):
    """Why something is sent back; the lines have fields of their own, `pieces-<id>`. `shown` is the amount that the
    question showed, `form_key` makes one form one request."""

    form_key = HiddenField(default=lambda: secrets.token_hex(16))
    shown = HiddenField()
    reason = SelectField(
        _l("Why?"),
        choices=[SelectChoice(code, said) for code, said in RETURN_REASONS.items()],
        # Whether a reason can be true of these goods is no matter of shape.
        validate_choice=False,
    )
    to_credit = RadioField(
        _l("How do you want your money?"),
        choices=[SelectChoice("", _l("As it was paid")), SelectChoice("1", _l("As credit"))],
        default="",
    )
    note = TextAreaField(
        _l("Anything we should know?"),
        filters=[lambda typed: clean_text(typed or "").strip()],
        validators=[
            Length(
                max=LONGEST_RETURN_NOTE,
                message=_l("A note has at most %(most)s characters.", most=LONGEST_RETURN_NOTE),
            )
        ],
        render_kw={"rows": 3, "maxlength": LONGEST_RETURN_NOTE},
    )


def asked_back(form: ReturnForm, fields: Mapping[str, str], *, line_ids: Iterable[int]) -> Asked:
    """What was typed as pieces by line; raises Refused with the field's name."""
    ours = {f"pieces-{line_id}": line_id for line_id in line_ids}
    if any(name.startswith("pieces-") and name not in ours for name in fields):
        raise Refused(_("One of these lines is not of this order."))
    pieces = {}
    for name, line_id in ours.items():
        text = fields.get(name, "").strip() or "0"
        if not _PIECES.fullmatch(text):
            raise Refused(_("Pieces are a whole number, such as 2."), field=name)
        pieces[line_id] = int(text)
    return Asked(pieces, form.reason.data or "", form.note.data or "", to_credit=form.to_credit.data == "1")
