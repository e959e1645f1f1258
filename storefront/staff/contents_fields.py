"""What a variant contains and for how much its price is told, as it is typed.

Knows fields and how text becomes an amount; refuses to know prices.
"""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField
from wtforms.fields.choices import Choice
from wtforms.validators import StopValidation

from storefront.catalogue.measures import BASES, Amount, Measure, Measured, thousandths_of, usual_base
from storefront.catalogue.unit_prices import amount_text


def _is_contents(form: FlaskForm, field: Field) -> None:
    typed = (field.data or "").strip()
    if typed and not thousandths_of(typed):
        raise StopValidation(_("A number above zero is wanted, such as 250 or 1.5."))
    if typed and not form["measure"].data:
        raise StopValidation(_("Choose what it is measured in."))
    if form["measure"].data and not typed:
        raise StopValidation(_("Say how much there is in it."))


class TellingFor(SelectField):
    """For how much a price is told: the usual amounts, and whichever a file has said."""

    def iter_choices(self) -> Iterable[Any]:
        """The choices, with one that stands and is not usual."""
        known = [("", _("As is usual for it")), *((str(base), amount_text(base)) for base in BASES)]
        if self.data and self.data not in dict(known):
            known.append((self.data, self.data))
        return (Choice(value, label, value == (self.data or ""), {}) for value, label in known)


class ContentsFields:
    """The fields of a variant's contents."""

    contents = StringField(
        _l("Contents"),
        description=_l(
            "How much one piece holds, as a number such as 250: the price for 100 g or a litre is shown."
        ),
        validators=[_is_contents],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 13, "class": "short"},
    )
    measure = SelectField(_l("Measured in"), choices=lambda: [("", _("Not shown")), *_measures()], default="")
    base = TellingFor(_l("Price for"), validate_choice=False, default="")


def contents_said(form: Any) -> Measured | None:
    """What the fields say."""
    thousandths = thousandths_of((form.contents.data or "").strip())
    if not thousandths or not form.measure.data:
        return None
    amount = Amount(thousandths, Measure(form.measure.data))
    return Measured(amount, _base_of(form.base.data or "") or usual_base(amount.measure))


def contents_data(contents: Measured | None) -> dict[str, Any]:
    """Contents by the names of the fields."""
    if contents is None:
        return {"contents": "", "measure": "", "base": ""}
    base = "" if contents.base == usual_base(contents.amount.measure) else str(contents.base)
    return {
        "contents": f"{contents.amount.decimal:f}",
        "measure": contents.amount.measure.value,
        "base": base,
    }


def _base_of(text: str) -> Amount | None:
    number, _space, measure = text.partition(" ")
    thousandths = thousandths_of(number)
    return Amount(thousandths, Measure(measure)) if thousandths and measure in set(Measure) else None


def _measures() -> list[tuple[str, str]]:
    names = {
        Measure.GRAM: _("grams (g)"),
        Measure.KILOGRAM: _("kilograms (kg)"),
        Measure.MILLILITRE: _("millilitres (ml)"),
        Measure.LITRE: _("litres (l)"),
        Measure.METRE: _("metres (m)"),
        Measure.SQUARE_METRE: _("square metres (m²)"),
        Measure.PIECE: _("pieces"),
    }
    return [(measure.value, names[measure]) for measure in Measure]
