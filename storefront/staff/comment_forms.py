"""What a moderator may send: which comments, what is decided, and why.

Knows fields; refuses to judge. A decision is asked back before many are changed.
"""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField
from wtforms.validators import Optional

from storefront.comments.deciding import REASONS


class DecisionForm(FlaskForm):
    """Why; wanted where something is rejected."""

    reason = SelectField(
        _l("Reason, if it is rejected"),
        choices=[
            SelectChoice("", _l("Choose a reason")),
            *(SelectChoice(code, words) for code, words in REASONS.items()),
        ],
        validators=[Optional()],
    )
