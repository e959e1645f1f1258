"""What may be typed on the shopper's pages.

Knows shapes; refuses to know whether anything fits.
"""

import re
import secrets

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from storefront.checkout.forms import tidy_email
from storefront.content.markdown import clean_text
from storefront.content.texts import one_line
from storefront.mail.rendering import is_address

MOST_NAME, MOST_WORDS = 120, 5_000


class ContactForm(FlaskForm):
    """A message to the shop; the key makes one form one message, and one field is for programs."""

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
    email = EmailField(
        _l("E-mail address"),
        description=_l("We answer to it, and use it for nothing else."),
        filters=[tidy_email],
        validators=[
            DataRequired(_l("Please enter your e-mail address.")),
            Length(max=320, message=_l("This is too long for an e-mail address.")),
        ],
        render_kw={"maxlength": 320},
    )
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
