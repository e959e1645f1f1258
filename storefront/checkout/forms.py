"""What may be typed about a person: e-mail, delivery and billing address, each country's own fields.

Knows shape only; refuses to know carts and prices.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, Field, SelectChoice, SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import Select

from storefront.checkout.addresses import (
    LONGEST_PART,
    Address,
    AddressPart,
    parts_of,
    postal_code_problem,
    tidy,
    tidy_postal_code,
    unprintable,
)
from storefront.policies import words

# RFC 5321, section 4.5.3.1.3, less the brackets.
LONGEST_EMAIL = 254

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_SHIPPING_CODE = re.compile(r"[a-z0-9-]{1,40}")
_MINOR = re.compile(r"[0-9]{1,15}")

Check = Callable[["DetailsForm", Field], None]


class DetailsForm(BaseForm):
    """E-mail and addresses; the two countries decide which fields there are."""

    def __init__(
        self, *, country: str, billing_country: str, served: Sequence[str], known: Sequence[str]
    ) -> None:
        self._countries = country, billing_country
        fields = {
            "email": _email_field(),
            "country": country_field(served),
            **address_fields("delivery", country, section="shipping"),
            "billing_same": BooleanField(_("Send the bill to the same address")),
            "billing_country": country_field(known),
            **address_fields("billing", billing_country, section="billing"),
        }
        super().__init__(fields)

    @property
    def delivery(self) -> list[Field]:
        """The fields of the delivery address, without its country."""
        return [field for field in self if field.name.startswith("delivery_")]

    @property
    def billing(self) -> list[Field]:
        """The fields of the billing address, without its country."""
        return [field for field in self if field.name.startswith("billing_") and field not in self._choices]

    @property
    def _choices(self) -> tuple[Field, Field]:
        return self["billing_same"], self["billing_country"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all that counts is right: a billing address that is not wanted may be anything."""
        skipped = [*self.billing, self["billing_country"]] if self["billing_same"].data else []
        results = [field.validate(self) for field in self if field not in skipped]
        return all(results)

    @property
    def typed_email(self) -> str:
        """The e-mail address."""
        return str(self["email"].data)

    @property
    def delivery_address(self) -> Address:
        """The delivery address, as it is kept."""
        return address_in(self._countries[0], "delivery", self.delivery)

    @property
    def billing_address(self) -> Address | None:
        """The billing address, as it is kept; None where it is the same."""
        return None if self["billing_same"].data else address_in(self._countries[1], "billing", self.billing)


def details_form(
    typed: "MultiDict[str, str] | None",
    *,
    kept: Mapping[str, Any],
    likely_country: str,
    served: Sequence[str],
    known: Sequence[str],
) -> DetailsForm:
    """The form with what was typed, or with what was `kept` (by field name) where nothing was."""
    source: Mapping[str, Any] = kept if typed is None else typed
    country = one_of(served, source.get("country"), likely_country)
    billing_country = one_of(known, source.get("billing_country"), country)
    form = DetailsForm(country=country, billing_country=billing_country, served=served, known=known)
    defaults = {"country": country, "billing_country": billing_country, "billing_same": True}
    form.process(typed, data={**defaults, **kept})
    return form


def one_of(codes: Sequence[str], wanted: object, otherwise: str) -> str:
    """The country that is wanted if it is among `codes`, else the other, else the first."""
    if isinstance(wanted, str) and wanted in codes:
        return wanted
    return otherwise if otherwise in codes else codes[0]


def kept_fields(email: str, delivery: Mapping[str, Any], billing: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a draft keeps, by the form's field names."""
    fields: dict[str, Any] = {"email": email, "billing_same": billing is None}
    for section, address in (("delivery", delivery), ("billing", billing or {})):
        for name, value in address.items():
            fields["country" if (section, name) == ("delivery", "country") else f"{section}_{name}"] = value
    return fields


def without_areas(typed: "MultiDict[str, str]", section: str) -> "MultiDict[str, str]":
    """What was typed, but for the region: another country's regions have other names under the same codes."""
    kept = MultiDict(typed)
    kept.poplist(f"{section}_country_area")
    return kept


def shipping_code_of(text: str) -> str:
    """The shipping method's code in `text`; empty where it cannot be one."""
    return text if _SHIPPING_CODE.fullmatch(text) else ""


def total_of(text: str) -> int:
    """The minor units in `text`, or -1, which no order costs, where there are none."""
    return int(text) if _MINOR.fullmatch(text) else -1


def _email_field() -> Any:
    return EmailField(
        _("E-mail address"),
        description=_("For the confirmation and the link to your order. No account needed."),
        filters=[tidy_email],
        validators=[_required(_("Please write your e-mail address.")), _is_email],
        render_kw={"maxlength": LONGEST_EMAIL},
    )


class CountryBox(Select):
    """A box of some 250 countries, each written at once: 1 ms instead of 8."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **kwargs: Any) -> Markup:
        chosen = " selected" if choice.selected else ""
        return Markup(f'<option{chosen} value="{escape(choice.value)}">{escape(choice.label)}</option>')


def country_field(codes: Iterable[str]) -> Any:
    """A list of these countries, by their names."""
    named = [SelectChoice(code, words.country(code)) for code in codes]
    choices = sorted(named, key=lambda each: _sortable(each.label))
    return SelectField(
        _("Country"), choices=choices, validators=[_is_chosen], validate_choice=False, widget=CountryBox()
    )


def _sortable(name: str) -> str:
    """A name as alphabets sort it: Åland under A."""
    return "".join(
        each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)
    ).casefold()


def address_fields(prefix: str, country: str, *, section: str) -> dict[str, Any]:
    """The fields of an address in that country, by name; `section` is the browsers' word for whose it is."""
    return {
        f"{prefix}_{part.name}": _part_field(part, prefix=prefix, country=country, section=section)
        for part in parts_of(country)
    }


def _part_field(part: AddressPart, *, prefix: str, country: str, section: str) -> Any:
    hints = {
        "autocomplete": part.autocomplete if part.autocomplete == "off" else f"{section} {part.autocomplete}"
    }
    needed = [_required(_("Please choose one.") if part.choices else _("Please fill this in."))]
    checks: list[Check] = needed if part.required else []
    if part.choices:
        named = (("", _("Please choose")), *part.choices)
        return SelectField(
            part.label,
            choices=[SelectChoice(value, label) for value, label in named],
            filters=[_text],
            validators=[*checks, _is_chosen],
            validate_choice=False,
            render_kw=hints,
        )
    if part.inputmode != "text":
        hints["inputmode"] = part.inputmode
    is_code = part.name == "postal_code"
    last = [_is_postal_code(prefix, country)] if is_code else []
    return StringField(
        part.label,
        filters=[_text, tidy_postal_code if is_code else tidy],
        validators=[*checks, _is_one_line, *last],
        render_kw={**hints, "maxlength": str(LONGEST_PART)},
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def tidy_email(value: object) -> str:
    """The address without space around it, an international domain in its ASCII form (RFC 5891).

    What is too long to be an address stays as it is: the codec takes time by the square of the length.
    """
    text = _text(value).strip()
    if len(text) > LONGEST_EMAIL:
        return text
    local, at, domain = text.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return f"{local}{at}{domain}"


def _required(sentence: str) -> Check:
    def check(_form: DetailsForm, field: Field) -> None:
        if not field.data:
            raise StopValidation(sentence)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def _is_email(_form: DetailsForm, field: Field) -> None:
    if len(field.data) > LONGEST_EMAIL or not _EMAIL.fullmatch(field.data):
        raise StopValidation(_("Please write it with one @ and without spaces, like name@example.org."))


def _is_chosen(_form: DetailsForm, field: Field) -> None:
    if field.data not in {choice.value for choice in field.choices}:
        raise StopValidation(_("Please choose one of the list."))


def _is_one_line(_form: DetailsForm, field: Field) -> None:
    if unprintable(field.data):
        raise StopValidation(_("Please leave out line breaks and other characters that cannot be printed."))
    if len(field.data) > LONGEST_PART:
        raise StopValidation(_("Please use at most %(most)s characters.", most=LONGEST_PART))


def _is_postal_code(prefix: str, country: str) -> Check:
    def check(form: DetailsForm, field: Field) -> None:
        area = form[f"{prefix}_country_area"].data if f"{prefix}_country_area" in form else ""
        problem = postal_code_problem(field.data, country=country, area=area) if field.data else None
        if problem:
            raise StopValidation(problem)

    return check


def address_in(country: str, prefix: str, fields: Iterable[Field]) -> Address:
    """What such fields hold, as it is kept."""
    return {"country": country} | {field.name.removeprefix(f"{prefix}_"): field.data for field in fields}
