"""Pictures of goods as they are sent, and what is typed about them.

Knows fields; refuses to look into a picture.
"""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    HiddenField,
)

from storefront.catalogue.gallery import PictureWords
from storefront.staff.goods_forms import Wanted, text_field


class UploadForm(FlaskForm):
    """Pictures, and what they show."""

    files = MultipleFileField(
        _l("Pictures"),
        description=_l("JPEG, PNG, WebP or GIF; at most 20 MB at once. You can choose several."),
        validators=[Wanted()],
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif", "multiple": True},
    )
    alt = text_field(
        _l("What they show"),
        300,
        Wanted(),
        hint=_l("A few words for those who cannot see it. You can change them for each picture afterwards."),
    )
    is_decorative = BooleanField(_l("They only decorate and need no words"))

    @property
    def words(self) -> PictureWords:
        """What was said of the pictures."""
        return PictureWords(self.alt.data, self.is_decorative.data)


class WordsForm(FlaskForm):
    """What one picture shows."""

    seen = HiddenField()
    alt = text_field(_l("What it shows"), 300, Wanted())
    is_decorative = BooleanField(_l("It only decorates and needs no words"))

    @property
    def words(self) -> PictureWords:
        """What was said of the picture."""
        return PictureWords(self.alt.data, self.is_decorative.data)
