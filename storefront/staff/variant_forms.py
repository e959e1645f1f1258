"""What may be typed about a variant, and about the options that tell variants apart.

Knows fields and how text becomes facts; refuses to know what stands already.
"""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    SelectField,
)
from wtforms.validators import InputRequired

from storefront.catalogue.edits import VariantTexts
from storefront.staff.contents_fields import contents_data
from storefront.staff.goods_forms import VariantFields, amount_text, text_field, variant_said, whole_field


class VariantForm(FlaskForm, VariantFields):
    """A variant: the values of its options, its price and what else is said of it."""

    seen = HiddenField()
    value1 = text_field(_l("Value"), 200)
    value2 = text_field(_l("Value"), 200)
    value3 = text_field(_l("Value"), 200)
    low_at = whole_field(_l("Low from so many pieces down"), hint=_l("Empty: the shop’s own number."))
    pieces = whole_field(_l("Pieces on hand"), hint=_l("Empty: they are never counted."))

    def offer(self, options: Iterable[str], *, is_new: bool) -> None:
        """Keep the fields that this product's variants have."""
        names = list(options)
        for place in (1, 2, 3):
            field = self[f"value{place}"]
            if place > len(names):
                del self[f"value{place}"]
            else:
                field.label.text = names[place - 1]
                field.flags.required = True
        if not is_new:
            del self["pieces"]

    def show(self, texts: VariantTexts, seen: str) -> None:
        """Fill in what stands."""
        self.seen.data = seen
        for name, value in variant_data(texts).items():
            if name in self:
                self[name].data = value

    @property
    def texts(self) -> VariantTexts:
        """What was typed."""
        values = {f"value{n}": self[f"value{n}"].data for n in (1, 2, 3) if f"value{n}" in self}
        return VariantTexts(**values, low_at=self.low_at.data, **variant_said(self))


def variant_data(texts: VariantTexts) -> dict[str, Any]:
    """A variant's facts by the names of the fields."""
    return {
        **{"value1": texts.value1, "value2": texts.value2, "value3": texts.value3},
        "price": amount_text(texts.price_minor),
        "compare_at": amount_text(texts.compare_at_minor),
        "sku": texts.sku,
        "barcode": texts.barcode,
        "weight_grams": texts.weight_grams,
        "requires_shipping": texts.requires_shipping,
        "low_at": texts.low_at,
        **contents_data(texts.contents),
    }


class OptionsForm(FlaskForm):
    """Names of up to three options, and the value that what is sold has of a new one."""

    seen = HiddenField()
    name1 = text_field(_l("First option"), 100)
    first1 = text_field(_l("Value of the present variants"), 200)
    name2 = text_field(_l("Second option"), 100)
    first2 = text_field(_l("Value of the present variants"), 200)
    name3 = text_field(_l("Third option"), 100)
    first3 = text_field(_l("Value of the present variants"), 200)

    @property
    def names(self) -> tuple[str, ...]:
        """The names up to the last one that was typed; empty ones between are refused by the action."""
        typed = [self.name1.data, self.name2.data, self.name3.data]
        while typed and not typed[-1]:
            typed.pop()
        return tuple(typed)

    @property
    def first_values(self) -> tuple[str, str, str]:
        """The value of each new option."""
        return self.first1.data, self.first2.data, self.first3.data


class RenameForm(FlaskForm):
    """A value of an option under another name, in all variants."""

    value = SelectField(_l("Value"), validate_choice=False)
    after = text_field(_l("New name"), 200, InputRequired(_l("Please enter a name.")))
