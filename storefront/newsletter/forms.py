"""What is typed to get letters.

Knows fields; refuses to judge what stands in them. No token: the form stands on pages that are the same for everyone,
and what other sites send is refused before.
"""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length


class NewsletterForm(FlaskForm):
    """An address; where the form stands; and a field that only programs fill in."""

    class Meta:
        csrf = False

    email = StringField(
        _l("E-mail address"),
        id="letters-email",
        validators=[
            InputRequired(_l("Please enter an e-mail address like name@example.com.")),
            Length(max=320, message=_l("Please enter an e-mail address like name@example.com.")),
        ],
        render_kw={"type": "email", "maxlength": 320, "autocomplete": "email", "spellcheck": "false"},
    )
    website = StringField(_l("Leave this empty"), id="letters-website")
    place = HiddenField(id="letters-place", default="page")
