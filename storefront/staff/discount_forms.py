"""What may be typed about a discount: its code, what it takes off, from what, for which goods, when and how often.

Knows fields and how text becomes facts; refuses to know what stands already.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional, StopValidation

from storefront.catalogue.desk import ids_named, slugs_of
from storefront.errors import Refused
from storefront.money import NotAnAmount
from storefront.pricing.actions import DiscountFacts
from storefront.pricing.models import DiscountKind
from storefront.staff.goods_forms import amount, amount_text, text_field, whole_field

_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}")


def _is_amount(_form: FlaskForm, field: Field) -> None:
    try:
        amount(field.data)
    except NotAnAmount as error:
        raise StopValidation(error.message) from error


def _money_field(label: Any, hint: Any) -> StringField:
    return StringField(
        label,
        description=hint,
        validators=[Optional(), _is_amount],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20, "class": "short"},
    )


class DayField(DateField):
    """A day that may be left out, and says in words what it does not understand."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; only the form that browsers send."""
        text = (valuelist or [""])[0].strip()
        self.data = None
        if not text:
            return
        try:
            if not _DAYS.fullmatch(text):
                raise ValueError
            self.data = date.fromisoformat(text)
        except ValueError:
            raise ValueError(_("Please enter a day such as 2026-11-30.")) from None


class DiscountForm(FlaskForm):
    """A discount."""

    seen = HiddenField()
    title = text_field(
        _l("What shoppers read"),
        120,
        InputRequired(_l("Please say what it is called, briefly: shoppers read it.")),
        hint=_l("Such as “Spring sale”."),
    )
    code = text_field(
        _l("Code"),
        40,
        hint=_l("Letters and digits that shoppers type. Empty: it is taken off by itself."),
        spellcheck="false",
    )
    kind = SelectField(_l("What it takes off"))
    percent = text_field(_l("Percent"), 6, hint=_l("From 0.01 to 100."), inputmode="decimal")
    amount = _money_field(_l("Amount"), _l("Shared among the lines that it applies to."))
    minimum = _money_field(
        _l("From goods for"), _l("What the goods that it applies to must come to, before discounts.")
    )
    collections = SelectMultipleField(_l("For goods of these collections"), coerce=int)
    products = text_field(
        _l("For these products"),
        4_000,
        hint=_l("Addresses or article numbers by comma. Without either, it is for all goods."),
        spellcheck="false",
    )
    from_on = DayField(_l("First day"), validators=[Optional()])
    until_on = DayField(_l("Last day"), validators=[Optional()])
    person_limit = whole_field(
        _l("Times per customer"), least=1, hint=_l("By e-mail address. Empty: as often as they like.")
    )
    total_limit = whole_field(_l("Times in all"), least=1, hint=_l("Empty: without an end."))


def offer(form: DiscountForm, shelves: Sequence[tuple[int, str]]) -> None:
    """Say what may be chosen."""
    form.kind.choices = [
        (DiscountKind.PERCENT.value, _("Percent of the goods")),
        (DiscountKind.AMOUNT.value, _("An amount off the goods")),
        (DiscountKind.SHIPPING.value, _("The usual way to ship is free")),
    ]
    form.collections.choices = list(shelves)


def show(form: DiscountForm, facts: DiscountFacts, seen: int) -> None:
    """Fill in what stands."""
    form.seen.data = str(seen)
    for name, value in discount_data(facts).items():
        form[name].data = value


def discount_data(facts: DiscountFacts) -> dict[str, Any]:
    """A discount's facts by the names of the fields."""
    return {
        **{"title": facts.title, "code": facts.code, "kind": facts.kind.value},
        "percent": percent_text(facts.basis_points) if facts.basis_points else "",
        "amount": amount_text(facts.amount_minor or None),
        "minimum": amount_text(facts.minimum_minor or None),
        "collections": sorted(facts.collections),
        "products": ", ".join(slugs_of(facts.products)),
        **{name: getattr(facts, name) for name in ("from_on", "until_on", "person_limit", "total_limit")},
    }


def percent_text(basis_points: int) -> str:
    """“12.5”, without zeros that say nothing."""
    return (
        f"{Decimal(basis_points) / 100:f}".rstrip("0").rstrip(".")
        if basis_points % 100
        else str(basis_points // 100)
    )


def discount_said(form: DiscountForm) -> DiscountFacts:
    """What was typed. Raises Refused, with the field, where a percentage or a product is none."""
    kind = DiscountKind(form.kind.data)
    taken, minimum = amount(form.amount.data), amount(form.minimum.data)
    return DiscountFacts(
        code=form.code.data,
        title=form.title.data,
        kind=kind,
        basis_points=basis_points_of(form.percent.data, least=1) if kind == DiscountKind.PERCENT else 0,
        amount_minor=taken.minor if taken and kind == DiscountKind.AMOUNT else 0,
        minimum_minor=minimum.minor if minimum else 0,
        products=_products(form.products.data),
        collections=frozenset(form.collections.data or ()),
        from_on=form.from_on.data,
        until_on=form.until_on.data,
        person_limit=form.person_limit.data,
        total_limit=form.total_limit.data,
    )


def basis_points_of(typed: str, *, least: int) -> int:
    """A percentage in basis points, `least` to 10,000. Raises Refused."""
    try:
        found = Decimal(typed.replace(",", ".").removesuffix("%").strip()) * 100
        whole = int(found) if found == found.to_integral_value() else None
    except (InvalidOperation, ValueError, OverflowError):
        whole = None
    if whole is None or not least <= whole <= 10_000:
        said = _(
            "Please enter a percentage from %(least)s to 100, such as 10 or 12.5.", least=percent_text(least)
        )
        raise Refused(said, field="percent")
    return whole


def _products(typed: str) -> frozenset[int]:
    names = [name.strip() for name in typed.split(",") if name.strip()]
    found = ids_named(names)
    for name in names:
        if name not in found:
            raise Refused(
                _("No product has the address or article number “%(name)s”.", name=name[:60]),
                field="products",
            )
    return frozenset(found[name] for name in names)
