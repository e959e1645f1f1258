"""What may be typed about marked phrases and the lexicon.

Knows fields; refuses to judge.
"""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.claims.actions import LONGEST_DISCLAIMER
from storefront.claims.deciding import LONGEST_REASON, LONGEST_TITLE, LONGEST_URL
from storefront.claims.models import LONGEST_PHRASE, Endings
from storefront.staff.goods_forms import text_field

ENDINGS = (
    (Endings.FORMS.value, _l("With English endings: cure, cures, cured, curing")),
    (Endings.EXACT.value, _l("Exactly these words")),
    (Endings.BEGINS.value, _l("The last word may go on: therapeut… finds therapeutic")),
)


class SourceForm(FlaskForm):
    """What bears a phrase out."""

    url = text_field(
        _l("Address of the source"),
        LONGEST_URL,
        InputRequired(_l("Please enter the address.")),
        hint=_l("It begins with https:// and is listed under the text."),
        type="url",
        inputmode="url",
    )
    title = text_field(
        _l("Title of the source"), LONGEST_TITLE, InputRequired(_l("Please say what the source is called."))
    )


class ReasonForm(FlaskForm):
    """Why."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONGEST_REASON)],
        render_kw={"rows": 3, "maxlength": LONGEST_REASON},
    )


class NewCategoryForm(FlaskForm):
    """A category to add."""

    title = text_field(_l("Name"), 80, InputRequired(_l("Please enter a name.")))


class CategoryForm(FlaskForm):
    """What is said of a category."""

    title = text_field(_l("Name"), 80, InputRequired(_l("Please enter a name.")))
    disclaimer = TextAreaField(
        _l("Disclaimer"),
        description=_l("Stands under each text, on its page and in feeds, in which one of the phrases is."),
        validators=[Length(max=LONGEST_DISCLAIMER)],
        render_kw={"rows": 3, "maxlength": LONGEST_DISCLAIMER},
    )
    is_on = BooleanField(_l("It counts"))


class PhraseForm(FlaskForm):
    """A phrase to add."""

    text = text_field(
        _l("Phrase"),
        LONGEST_PHRASE,
        InputRequired(_l("Please enter a phrase.")),
        hint=_l("Capitals, accents, hyphens, punctuation and line breaks do not matter."),
    )
    endings = SelectField(
        _l("Endings"), choices=[SelectChoice(*each) for each in ENDINGS], default=Endings.FORMS.value
    )
    harmless = BooleanField(_l("Harmless: within this phrase nothing of the category is marked"))
