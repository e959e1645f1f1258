"""What may be typed on the shopper's pages.

Knows shapes; refuses to know whether anything fits.
"""

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from storefront.checkout.forms import tidy_email


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
