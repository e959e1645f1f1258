"""The policy as it is typed: zones with their methods, the guarantee, withdrawal, support and quality.

Knows fields and how they become a document and back; refuses to know whether it makes sense.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from storefront.errors import Refused
from storefront.money import NotAnAmount
from storefront.policies import words
from storefront.policies.document import LONGEST_JSON, PolicyDocument
from storefront.policies.parts import (
    LONGEST_TEXT,
    REST,
    Basis,
    Condition,
    MoneyBack,
    Payer,
    Quality,
    ShippingMethod,
    Start,
    Support,
    Zone,
    known_countries,
)
from storefront.policies.statutory import EU, ExemptGoods, Exemption, Withdrawal
from storefront.policies.steps import LONGEST_NOTE
from storefront.staff.goods_forms import Wanted, amount, amount_text, text_field

# All of it fits the number of fields that one form may have.
MOST_ZONES, MOST_METHODS, MOST_QUALITIES = 8, 14, 5
_LONGEST_LIST = 4_000
_EU = "EU"
_NAMED = re.compile(r"[a-z0-9_-]{1,60}")


def _is_amount(_form: Any, field: Any) -> None:
    try:
        amount(field.data)
    except NotAnAmount as error:
        raise StopValidation(error.message) from error


def _amount_field(label: Any, *checks: Any, hint: Any = "") -> StringField:
    return StringField(
        label,
        description=hint,
        validators=[*checks, _is_amount],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20, "class": "short"},
    )


def _number_field(label: Any, *checks: Any, hint: Any = "") -> IntegerField:
    return IntegerField(
        label,
        description=hint,
        validators=checks or [InputRequired(_l("Please enter a whole number."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 9, "class": "short"},
    )


def _short_list(label: Any, *, hint: Any = "") -> StringField:
    return text_field(label, _LONGEST_LIST, hint=hint, spellcheck="false")


def _list_field(label: Any, *checks: Any, hint: Any = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[lambda typed: (typed or "").strip()],
        validators=[*checks, Length(max=_LONGEST_LIST, message=_l("This is too long."))],
        render_kw={"rows": 2, "spellcheck": "false", "autocomplete": "off"},
    )


class _Choices(SelectMultipleField):
    """Boxes of which several may be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class MethodForm(Form):
    """One way to ship."""

    code = HiddenField()
    name = text_field(_l("Name"), LONGEST_TEXT, Wanted())
    price = _amount_field(_l("Price"), InputRequired(_l("Please enter a price; 0 costs nothing.")))
    free_from = _amount_field(
        _l("Free from"),
        hint=_l(
            "The total of the goods from which it costs nothing. Empty: never; 0.00: always, whatever its price."
        ),
    )
    basis = SelectField(_l("That total is counted"))
    days_min = _number_field(_l("Working days, at least"))
    days_max = _number_field(_l("Working days, at most"))

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
    countries = _list_field(
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
        return Zone(self.name.data or "", _countries(self.countries.data, rest=True), tuple(methods))


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

    products = _short_list(_l("Products"))
    collections = _short_list(_l("Collections"))


class PolicyForm(FlaskForm):
    """The whole document; `seen` is the version that it changes."""

    seen = HiddenField()
    zones = FieldList(FormField(ZoneForm), max_entries=MOST_ZONES)
    not_served = _short_list(_l("Places not served"), hint=_l("By comma: names or codes."))
    window_days = _number_field(_l("Days"), hint=_l("0: the shop offers no guarantee of its own."))
    starts = SelectField(_l("Counted from"))
    conditions = _Choices(_l("Conditions"))
    return_postage = SelectField(_l("Return postage"))
    goods_first = BooleanField(_l("The goods come back before the money does"))
    restocking_percent = _number_field(
        _l("Kept for restocking, in percent"), hint=_l("0: nothing. Never kept from what the law gives back.")
    )
    excluded_products = _short_list(
        _l("Products left out"), hint=_l("The last parts of their addresses, by comma.")
    )
    excluded_collections = _short_list(_l("Collections left out"))
    automatic_up_to = _amount_field(
        _l("Approved by itself up to"),
        InputRequired(_l("Please enter an amount; 0 asks a person each time.")),
        hint=_l("A covered return of this value or less needs nobody’s approval."),
    )
    right_countries = _list_field(
        _l("Countries whose consumers may withdraw"),
        hint=_l("By comma: names or codes; EU for the 27."),
    )
    right_days = _number_field(_l("Days after delivery"))
    holidays = _list_field(
        _l("Holidays"),
        hint=_l(
            "By comma: 2026-04-06, or 12-25 for every year. A period that would end on one of them, on a Saturday or "
            "on a Sunday ends with the next working day."
        ),
    )
    exempt = FieldList(FormField(ExemptForm), min_entries=len(Exemption), max_entries=len(Exemption))
    is_confirmed = BooleanField(
        _l("I have looked at countries, days and exemptions: they are right for this shop")
    )
    email = text_field(_l("Address"), LONGEST_TEXT, inputmode="email")
    hours = text_field(_l("Hours"), LONGEST_TEXT, hint=_l("Such as “Monday to Friday, 9 to 17”."))
    reply_within_hours = _number_field(
        _l("Answers within so many hours"), Optional(), hint=_l("Empty promises nothing.")
    )
    quality = FieldList(FormField(QualityForm), max_entries=MOST_QUALITIES)
    note = text_field(
        _l("Why"), LONGEST_NOTE, hint=_l("For the list of versions: staff read it, shoppers do not.")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.starts.choices = [(each.value, words.counted_from(each)) for each in Start]
        self.return_postage.choices = [(each.value, words.postage(each)) for each in Payer]
        every = MoneyBack(0, Start.PAID, tuple(Condition), Payer.SHOP, True, (), (), 0)
        sentences = words.conditions(every)
        self.conditions.choices = list(zip([each.value for each in Condition], sentences, strict=True))

    @classmethod
    def of(cls, document: PolicyDocument, *, seen: int | str, note: str = "") -> "PolicyForm":
        """The form of a document as it stands. Raises Refused where it has more than a form can show."""
        require_room(document)
        return cls(formdata=None, data=_typed(document) | {"seen": str(seen), "note": note})

    @classmethod
    def sent(cls, typed: MultiDict[str, str]) -> "PolicyForm":
        """What was sent. Names of fields that no browser would send are left out."""
        return cls(
            formdata=MultiDict(
                (name, text) for name, text in typed.items(multi=True) if _NAMED.fullmatch(name)
            )
        )

    def exempt_fields(self) -> list[tuple[str, Any]]:
        """The exemptions of the law in words, each with its fields."""
        return [(words.exemption(of), each.form) for of, each in zip(Exemption, self.exempt, strict=True)]

    def document(self, currency: str) -> PolicyDocument:
        """What was typed, as a document that is still to be checked; asked of a form that is valid."""
        return PolicyDocument(
            currency=currency,
            zones=tuple(each.form.zone() for each in self.zones),
            not_served=_countries(self.not_served.data),
            money_back=self._money_back(),
            support=Support(self.email.data, self.hours.data, self.reply_within_hours.data),
            quality=tuple(
                Quality(each.form.statement.data, each.form.evidence.data)
                for each in self.quality
                if each.form.statement.data or each.form.evidence.data
            ),
            withdrawal=self._withdrawal(),
        )

    def _money_back(self) -> MoneyBack:
        automatic = amount(self.automatic_up_to.data)
        return MoneyBack(
            window_days=self.window_days.data or 0,
            starts=Start(self.starts.data),
            conditions=tuple(Condition(each) for each in self.conditions.data or ()),
            return_postage=Payer(self.return_postage.data),
            goods_first=self.goods_first.data,
            excluded_products=_listed(self.excluded_products.data),
            excluded_collections=_listed(self.excluded_collections.data),
            automatic_up_to_minor=automatic.minor if automatic else 0,
            restocking_percent=self.restocking_percent.data or 0,
        )

    def _withdrawal(self) -> Withdrawal:
        goods = [
            ExemptGoods(of, _listed(each.form.products.data), _listed(each.form.collections.data))
            for of, each in zip(Exemption, self.exempt, strict=True)
        ]
        return Withdrawal(
            countries=_countries(self.right_countries.data),
            days=self.right_days.data or 0,
            exempt=tuple(each for each in goods if each.products or each.collections),
            holidays=_listed(self.holidays.data),
            is_confirmed=self.is_confirmed.data,
        )

    def wrong_fields(self) -> list[Any]:
        """Every field with something wrong, those of zones and methods too; each label says where it stands."""
        return [*_wrong(self, "")]


def _wrong(form: Any, where: str) -> Iterable[Any]:
    for field in form:
        if isinstance(field, FieldList):
            for entry in field:
                name = entry.form["name"].data if "name" in entry.form else ""
                yield from _wrong(entry.form, f"{where}{name}: " if name else where)
        elif field.errors:
            yield _Named(field.id, f"{where}{field.label.text}", field.errors)


class _Named:
    """A wrong field under a name that says where it stands."""

    def __init__(self, id: str, label: str, errors: Any) -> None:
        self.id, self.errors = id, errors
        self.label = _Label(label)


class _Label:
    def __init__(self, text: str) -> None:
        self.text = text


def require_room(document: PolicyDocument) -> None:
    """Raises Refused where a document has more than a form can show again."""
    methods = sum(len(zone.methods) for zone in document.zones)
    if len(document.zones) > MOST_ZONES or methods > MOST_METHODS or len(document.quality) > MOST_QUALITIES:
        raise Refused(
            _(
                "A policy has at most %(zones)s zones, %(methods)s methods in all and %(qualities)s statements.",
                zones=MOST_ZONES,
                methods=MOST_METHODS,
                qualities=MOST_QUALITIES,
            )
        )
    if len(document.to_json()) > LONGEST_JSON:
        raise Refused(_("The policy document is too long."))


def _typed(document: PolicyDocument) -> dict[str, Any]:
    promise, right, support = document.money_back, document.withdrawal, document.support
    claimed = {each.exemption: each for each in right.exempt}
    return {
        "zones": [_typed_zone(each) for each in document.zones],
        "not_served": _typed_countries(document.not_served),
        "window_days": promise.window_days,
        "starts": promise.starts.value,
        "conditions": [each.value for each in promise.conditions],
        "return_postage": promise.return_postage.value,
        "goods_first": promise.goods_first,
        "restocking_percent": promise.restocking_percent,
        "excluded_products": ", ".join(promise.excluded_products),
        "excluded_collections": ", ".join(promise.excluded_collections),
        "automatic_up_to": amount_text(promise.automatic_up_to_minor),
        "right_countries": _typed_countries(right.countries),
        "right_days": right.days,
        "holidays": ", ".join(right.holidays),
        "exempt": [_typed_goods(claimed.get(each)) for each in Exemption],
        "is_confirmed": right.is_confirmed,
        "email": support.email,
        "hours": support.hours,
        "reply_within_hours": support.reply_within_hours,
        "quality": [{"statement": each.statement, "evidence": each.evidence} for each in document.quality],
    }


def _typed_zone(zone: Zone) -> dict[str, Any]:
    methods = [
        {
            "code": each.code,
            "name": each.name,
            "price": amount_text(each.price_minor),
            "free_from": amount_text(each.free_from_minor),
            "basis": each.basis.value,
            "days_min": each.days_min,
            "days_max": each.days_max,
        }
        for each in zone.methods
    ]
    return {"name": zone.name, "countries": _typed_countries(zone.countries), "methods": methods}


def _typed_goods(goods: ExemptGoods | None) -> dict[str, str]:
    return {
        "products": ", ".join(goods.products) if goods else "",
        "collections": ", ".join(goods.collections) if goods else "",
    }


def _typed_countries(codes: tuple[str, ...]) -> str:
    return _EU if set(codes) == set(EU) else ", ".join(codes)


def _listed(typed: str | None) -> tuple[str, ...]:
    """Words by comma or line, each once."""
    parts = (part.strip() for part in re.split(r"[,;\n]", typed or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


def _countries(typed: str | None, *, rest: bool = False) -> tuple[str, ...]:
    """Codes of countries given by code or name; what is neither stays as it was typed, for the check to name."""
    names = _codes_by_name()
    found: list[str] = []
    for part in (part.strip() for part in re.split(r"[,;\n]", typed or "")):
        if part.upper() == _EU:
            found += EU
        elif rest and part == REST:
            found.append(REST)
        elif part:
            found.append(
                part.upper() if part.upper() in known_countries() else names.get(part.casefold(), part)
            )
    return tuple(found)


def _codes_by_name() -> Mapping[str, str]:
    return {words.country(code).casefold(): code for code in known_countries()}


def document_sent(text: str, currency: str) -> PolicyDocument:
    """A document that went through the browser once. Raises Refused."""
    document = PolicyDocument.from_json(text)
    if document.currency != currency:
        raise Refused(_("The shop sells in %(currency)s; its policy must too.", currency=currency))
    return document


def change_shape(form: PolicyForm, to: str) -> bool:
    """Add or take out a zone, a method or a statement, as a button says (`add-method-0`); whether one did."""
    found = re.fullmatch(r"(add|drop)-(zone|method|quality)(?:-(\d{1,3}))?(?:-(\d{1,3}))?", to, re.ASCII)
    if found is None:
        return False
    act, what, *places = found.groups()
    first, second = (int(each) if each else None for each in places)
    entries, place = _entries(form, what, first, second)
    if entries is None:
        return False
    if act == "add" and len(entries) < (entries.max_entries or 0):
        entries.append_entry({"methods": [{}]} if what == "zone" else {})
    elif act == "drop" and place is not None and place < len(entries):
        entries.pop_entry(place)
    return True


def _entries(form: PolicyForm, what: str, first: int | None, second: int | None) -> tuple[Any, int | None]:
    if what == "zone":
        return form.zones, first
    if what == "quality":
        return form.quality, first
    if first is None or first >= len(form.zones):
        return None, None
    return form.zones[first].form.methods, second
