"""The parts of a policy that may stand in it several times: zones with their methods, statements, exemptions.

Knows their fields; refuses to know how many there are.
"""

import re
from collections.abc import Collection
from itertools import chain
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from storefront.money import NotAnAmount
from storefront.policies.parts import LONGEST_TEXT, Basis, ShippingMethod, Zone
from storefront.staff.goods_forms import Wanted, amount, amount_field, text_field
from storefront.staff.policy_typing import countries_typed

# All of it fits the number of fields that one form may have.
MOST_METHODS = 14
_LONGEST_LIST = 4_000


def number_field(label: Any, *checks: Any, hint: Any = "") -> IntegerField:
    """A whole number, needed unless other checks are given."""
    return IntegerField(
        label,
        description=hint,
        validators=checks or [InputRequired(_l("Please enter a whole number."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 9, "class": "short"},
    )


def short_list(label: Any, *, hint: Any = "") -> StringField:
    """Words by comma, in a line."""
    return text_field(label, _LONGEST_LIST, hint=hint, spellcheck="false")


def list_field(label: Any, *checks: Any, hint: Any = "") -> TextAreaField:
    """Words by comma or line, in several lines."""
    return TextAreaField(
        label,
        description=hint,
        filters=[lambda typed: (typed or "").strip()],
        validators=[*checks, Length(max=_LONGEST_LIST, message=_l("This is too long."))],
        render_kw={"rows": 2, "spellcheck": "false", "autocomplete": "off"},
    )


class MethodForm(Form):
    """One way to ship."""

    code = HiddenField()
    name = text_field(_l("Name"), LONGEST_TEXT, Wanted())
    price = amount_field(_l("Price"), InputRequired(_l("Please enter a price; 0 costs nothing.")))
    free_from = amount_field(
        _l("Free from"),
        hint=_l(
            "The total of the goods from which it costs nothing. Empty: never; 0.00: always, whatever its price."
        ),
    )
    basis = SelectField(_l("That total is counted"))
    days_min = number_field(_l("Working days, at least"))
    days_max = number_field(_l("Working days, at most"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis.choices = [
            (Basis.AFTER_DISCOUNTS.value, _("after discounts")),
            (Basis.BEFORE_DISCOUNTS.value, _("before discounts")),
        ]

    @property
    def stays_free(self) -> bool:
        """Whether a price was typed that no order is ever asked for."""
        try:
            price, free_from = amount(self.price.data), amount(self.free_from.data)
        except NotAnAmount:
            return False
        return bool(price) and free_from is not None and not free_from

    def method(self, codes: Collection[str]) -> ShippingMethod:
        """What was typed, under its own code or one that the other `codes` leave free."""
        price, free_from = amount(self.price.data), amount(self.free_from.data)
        return ShippingMethod(
            code=self.code.data or _free_code(self.name.data or "", codes),
            name=self.name.data or "",
            price_minor=price.minor if price else 0,
            free_from_minor=free_from.minor if free_from is not None else None,
            basis=Basis(self.basis.data),
            days_min=self.days_min.data or 0,
            days_max=self.days_max.data or 0,
        )


class ZoneForm(Form):
    """A zone: its countries and the ways to ship there."""

    name = text_field(_l("Name"), LONGEST_TEXT, Wanted())
    countries = list_field(
        _l("Countries"),
        Wanted(),
        hint=_l(
            "By comma: names or codes such as DE; EU for the 27 of the European Union; * for all others."
        ),
    )
    methods = FieldList(FormField(MethodForm), max_entries=MOST_METHODS)

    def zone(self) -> Zone:
        """What was typed."""
        codes = {each.form.code.data for each in self.methods}
        methods: list[ShippingMethod] = []
        for each in self.methods:
            methods.append(each.form.method(codes))
            codes.add(methods[-1].code)
        return Zone(self.name.data or "", countries_typed(self.countries.data, rest=True), tuple(methods))


def _free_code(name: str, codes: Collection[str]) -> str:
    wanted = re.sub(r"[^a-z0-9]+", "-", name.lower())[:36].strip("-") or "method"
    return next(
        each for each in chain([wanted], (f"{wanted}-{n}" for n in range(2, 100))) if each not in codes
    )


class QualityForm(Form):
    """A statement about the goods."""

    statement = text_field(_l("Statement"), LONGEST_TEXT)
    evidence = text_field(_l("What supports it"), LONGEST_TEXT)


class ExemptForm(Form):
    """The goods of one exemption; the law's list tells which, by its order."""

    products = short_list(_l("Products"))
    collections = short_list(_l("Collections"))
