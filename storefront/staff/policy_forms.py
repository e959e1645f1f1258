"""The policy as it is typed: zones with their methods, the guarantee, withdrawal, support and quality.

Knows fields and how they become a document and back; refuses to know whether it makes sense.
"""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from storefront.errors import Refused
from storefront.policies import words
from storefront.policies.document import LONGEST_JSON, PolicyDocument
from storefront.policies.parts import (
    LONGEST_TEXT,
    Condition,
    MoneyBack,
    Payer,
    Quality,
    Start,
    Support,
)
from storefront.policies.statutory import ExemptGoods, Exemption, Withdrawal
from storefront.policies.steps import LONGEST_NOTE
from storefront.staff.goods_forms import amount, amount_field, text_field
from storefront.staff.policy_part_forms import (
    MOST_METHODS,
    ExemptForm,
    QualityForm,
    ZoneForm,
    list_field,
    number_field,
    short_list,
)
from storefront.staff.policy_typing import countries_typed, listed, typed_document

# All of it fits the number of fields that one form may have.
MOST_ZONES, MOST_QUALITIES = 8, 5
_NAMED = re.compile(r"[a-z0-9_-]{1,60}")


class _Choices(SelectMultipleField):
    """Boxes of which several may be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PolicyForm(FlaskForm):
    """The whole document; `seen` is the version that it changes."""

    seen = HiddenField()
    zones = FieldList(FormField(ZoneForm), max_entries=MOST_ZONES)
    not_served = short_list(_l("Places not served"), hint=_l("By comma: names or codes."))
    window_days = number_field(_l("Days"), hint=_l("0: the shop offers no guarantee of its own."))
    starts = SelectField(_l("Counted from"))
    conditions = _Choices(_l("Conditions"))
    return_postage = SelectField(_l("Return postage"))
    goods_first = BooleanField(_l("The goods come back before the money does"))
    restocking_percent = number_field(
        _l("Kept for restocking, in percent"), hint=_l("0: nothing. Never kept from what the law gives back.")
    )
    excluded_products = short_list(
        _l("Products left out"), hint=_l("The last parts of their addresses, by comma.")
    )
    excluded_collections = short_list(_l("Collections left out"))
    automatic_up_to = amount_field(
        _l("Approved by itself up to"),
        InputRequired(_l("Please enter an amount; 0 asks a person each time.")),
        hint=_l("A covered return of this value or less needs nobody’s approval."),
    )
    right_countries = list_field(
        _l("Countries whose consumers may withdraw"),
        hint=_l("By comma: names or codes; EU for the 27."),
    )
    right_days = number_field(_l("Days after delivery"))
    holidays = list_field(
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
    reply_within_hours = number_field(
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
        return cls(formdata=None, data=typed_document(document) | {"seen": str(seen), "note": note})

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
            not_served=countries_typed(self.not_served.data),
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
            excluded_products=listed(self.excluded_products.data),
            excluded_collections=listed(self.excluded_collections.data),
            automatic_up_to_minor=automatic.minor if automatic else 0,
            restocking_percent=self.restocking_percent.data or 0,
        )

    def _withdrawal(self) -> Withdrawal:
        goods = [
            ExemptGoods(of, listed(each.form.products.data), listed(each.form.collections.data))
            for of, each in zip(Exemption, self.exempt, strict=True)
        ]
        return Withdrawal(
            countries=countries_typed(self.right_countries.data),
            days=self.right_days.data or 0,
            exempt=tuple(each for each in goods if each.products or each.collections),
            holidays=listed(self.holidays.data),
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
