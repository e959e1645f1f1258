"""What may be typed beneath a text.

Knows fields; refuses to judge what stands in them. No token: the page is the same for everyone, and what other
sites send is refused before.
"""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.comments.wording import MOST_NAME, MOST_TEXT


class CommentForm(FlaskForm):
    """Name, address, words; which comment is answered; and a field that only programs fill in."""

    class Meta:
        csrf = False

    name = StringField(
        _l("Name"),
        id="comment-name",
        description=_l("Shown beside your comment."),
        validators=[InputRequired(_l("Please enter a name; it is shown beside your comment."))],
        render_kw={"maxlength": MOST_NAME},
    )
    email = StringField(
        _l("E-mail address"),
        id="comment-email",
        description=_l("Never shown. We use it to tell you what became of your comment."),
        validators=[InputRequired(_l("Please enter an e-mail address like name@example.com."))],
        render_kw={"type": "email", "maxlength": 320},
    )
    text = TextAreaField(
        _l("Comment"),
        id="comment-text",
        validators=[
            InputRequired(_l("Please write your comment.")),
            Length(max=2 * MOST_TEXT, message=_l("This is too long for a comment.")),
        ],
        render_kw={"rows": 6, "maxlength": MOST_TEXT},
    )
    tells = BooleanField(_l("Write to me when someone replies"), id="comment-tells")
    website = StringField(_l("Leave this empty"), id="comment-website")
    parent = HiddenField(id="comment-parent")
