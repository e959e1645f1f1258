"""What may be typed about a count: why it changes, and when it is low.

Knows fields; refuses to know how many there are.
"""

import secrets
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    SelectField,
)
from wtforms.validators import Optional

from storefront.catalogue.adjusting import CAUSES, Said
from storefront.staff.goods_forms import Wanted, text_field, whole_field


class AdjustForm(FlaskForm):
    """Why a count changes, and by how many; the key makes one form one change."""

    key = HiddenField(default=lambda: secrets.token_hex(16))
    seen = HiddenField()
    cause = SelectField(_l("Why"))
    pieces = IntegerField(
        _l("Pieces"),
        description=_l(
            "How many came or went; of “Counted” how many there are, of “Other” with − where they went."
        ),
        validators=[Wanted(), Optional()],
        render_kw={"inputmode": "text", "autocomplete": "off", "class": "short"},
    )
    note = text_field(_l("Note"), 500)

    def offer(self, names: Mapping[str, str]) -> None:
        """Name the causes."""
        self.cause.choices = [(cause.value, names[cause.value]) for cause in CAUSES] + [
            ("uncounted", _("No longer counted"))
        ]

    @property
    def said(self) -> Said:
        """The form's key and note."""
        return Said(self.key.data or "", self.note.data or "")


class ThresholdForm(FlaskForm):
    """From how many pieces down a variant is low."""

    low_at = whole_field(_l("Low from so many pieces down"), hint=_l("Empty: the shop’s own number."))
