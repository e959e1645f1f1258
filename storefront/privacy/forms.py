"""What may be typed on the pages about personal data.

Knows shapes; refuses to know whether an address is known.
"""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired

from storefront.accounts.forms import email_field


class AskForm(FlaskForm):
    """Whose data are asked for."""

    email = email_field()


class EraseForm(FlaskForm):
    """The tick without which nothing is erased."""

    sure = BooleanField(
        _l("I know that this cannot be undone"),
        validators=[InputRequired(_l("Please tick the box to go on."))],
    )
