"""What is asked when an order is cancelled: why, a note for colleagues, and which goods go back to the shelf.

Knows shape only; refuses to know whether it may be cancelled.
"""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.checkout.cancelled import LONGEST_NOTE, REASONS, Cancelled
from storefront.orders.queries import LineShown

_WHY = _l("Please say why.")


class CancelForm(FlaskForm):
    """Why, a note, and the lines that go back; `variants` are those that the order has, by line."""

    reason = SelectField(
        _l("Why it is cancelled"),
        choices=[
            SelectChoice("", _l("Choose a reason")),
            *(SelectChoice(code, words) for code, words in REASONS.items()),
        ],
        validators=[InputRequired(_WHY)],
    )
    note = TextAreaField(
        _l("Note"),
        description=_l("For the record. The customer does not read it."),
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=LONGEST_NOTE, message=_l("Please use at most 500 characters."))],
        render_kw={"rows": 3, "maxlength": LONGEST_NOTE},
    )
    back = SelectMultipleField(_l("Back to the shelf"), coerce=str)

    def offer(self, lines: Sequence[LineShown]) -> None:
        """Let these lines be chosen; all of them until something else is sent."""
        self.back.choices = [SelectChoice(str(line.variant_id), _title(line)) for line in lines]
        if not self.is_submitted():
            self.back.data = [str(line.variant_id) for line in lines]

    @property
    def said(self) -> Cancelled:
        """What was said, once it is right."""
        back = set(self.back.data or ())
        lost = {int(choice.value) for choice in self.back.choices or () if choice.value not in back}
        return Cancelled(code=self.reason.data, note=self.note.data, lost=frozenset(lost))


def _title(line: LineShown) -> str:
    name = f"{line.title}, {line.variant_title}" if line.variant_title else line.title
    return f"{line.quantity} × {name}"
