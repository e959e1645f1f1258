"""What may be typed about goods, shelves and counts: shape only.

Knows fields and how text becomes facts; refuses to know what stands already.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from storefront.catalogue.adjusting import CAUSES, Said
from storefront.catalogue.edits import TAX_CLASSES, ProductTexts, VariantTexts
from storefront.catalogue.facts import MOST_PIECES
from storefront.catalogue.gallery import PictureWords
from storefront.config import settings
from storefront.errors import Refused
from storefront.money import Money, NotAnAmount
from storefront.staff.contents_fields import ContentsFields, contents_data, contents_said


class Wanted:
    """Marks a field that is needed as a rule: its label does not call it optional, and the action asks for it."""

    field_flags: ClassVar[Mapping[str, bool]] = {"wanted": True}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Refuses nothing here."""


def text_field(label: Any, longest: int, *checks: Any, hint: Any = "", **attributes: Any) -> StringField:
    """A line of text, without the space around it."""
    return StringField(
        label,
        description=hint,
        filters=[lambda typed: (typed or "").strip()],
        validators=[*checks, Length(max=longest, message=_l("This is too long."))],
        render_kw={"maxlength": longest, "autocomplete": "off", **attributes},
    )


def whole_field(label: Any, *, least: int = 0, hint: Any = "") -> IntegerField:
    """A whole number that may be left out."""
    wrong = _l("Please enter a whole number.")
    return IntegerField(
        label,
        description=hint,
        validators=[Optional(), NumberRange(min=least, max=MOST_PIECES, message=wrong)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short"},
    )


def _is_amount(_form: FlaskForm, field: Field) -> None:
    try:
        amount(field.data)
    except NotAnAmount as error:
        raise StopValidation(error.message) from error


def amount(text: str | None) -> Money | None:
    """An amount as it was typed, with a point or a comma; None where nothing was. Raises NotAnAmount."""
    text = (text or "").strip().replace(",", ".")
    return Money.parse(text, settings().currency) if text else None


def amount_text(minor: int | None) -> str:
    """An amount as a field carries it."""
    return "" if minor is None else str(Money(minor, settings().currency).decimal)


class VariantFields(ContentsFields):
    """The fields of a variant, which a new product has too."""

    price = StringField(
        _l("Price"),
        validators=[InputRequired(_l("Please enter a price.")), _is_amount],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20, "class": "short"},
    )
    compare_at = StringField(
        _l("Price before"),
        description=_l(
            "For your own records and exports. The shop strikes the lowest price of 30 days that it can prove."
        ),
        validators=[_is_amount],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20, "class": "short"},
    )
    sku = text_field(_l("Article number (SKU)"), 100)
    barcode = text_field(_l("Barcode"), 50)
    weight_grams = whole_field(_l("Weight, packed, in grams"))
    requires_shipping = BooleanField(_l("It is shipped"), default=True)


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


def variant_said(form: Any) -> dict[str, Any]:
    """What VariantFields say, for VariantTexts."""
    price, before = amount(form.price.data), amount(form.compare_at.data)
    return {
        "price_minor": price.minor if price else 0,
        "compare_at_minor": before.minor if before else None,
        "sku": form.sku.data,
        "barcode": form.barcode.data,
        "weight_grams": form.weight_grams.data or 0,
        "requires_shipping": form.requires_shipping.data,
        "contents": contents_said(form),
    }


def tax_classes() -> list[tuple[str, str]]:
    """The classes of tax and what they are called."""
    names = (_("Standard"), _("Reduced"), _("Reduced further"), _("Not taxed"))
    return list(zip(TAX_CLASSES, names, strict=True))


class ProductFields:
    """What is said of a product."""

    title = text_field(_l("Title"), 300, InputRequired(_l("Please enter a title.")))
    subtitle = text_field(_l("One line beneath the title"), 300)
    slug = text_field(
        _l("Address"),
        200,
        hint=_l(
            "The last part of its page’s address; empty takes the title. The old one leads to the new one."
        ),
        spellcheck="false",
    )
    description = TextAreaField(
        _l("Description"),
        description=_l(
            "Plain text, or HTML with headings, lists, tables and links. Blank lines part paragraphs."
        ),
        validators=[Length(max=500_000)],
        render_kw={"rows": 12},
    )
    vendor = text_field(_l("Made by"), 200)
    kind = text_field(
        _l("Kind of goods"), 100, hint=_l("Such as “Tea” or “Growing kit”; collections may ask for it.")
    )
    tags = text_field(_l("Tags"), 2_000, hint=_l("Words by comma; collections may ask for them."))
    collections = SelectMultipleField(_l("Collections kept by hand"), coerce=int)
    tax_class = SelectField(_l("Class of tax"), choices=tax_classes, default="standard")
    is_gift_card = BooleanField(
        _l("It is a gift card"),
        description=_l(
            "Each variant is an amount. When the order is paid, the buyer is sent a code for each piece. Gift cards "
            "are not taxed, reduced, counted or shipped. Once one was ordered, this stays as it is."
        ),
    )
    position = whole_field(_l("Place among all goods"), hint=_l("Smaller numbers come first."))
    seo_title = text_field(_l("Title for search engines"), 200, hint=_l("Empty takes the title."))
    seo_description = text_field(
        _l("Description for search engines"), 400, hint=_l("Empty takes the first words of the description.")
    )


class ProductForm(FlaskForm, ProductFields):
    """All that is said of a product but its variants and pictures."""

    seen = HiddenField()

    def show(self, texts: ProductTexts, seen: str) -> None:
        """Fill in what stands."""
        self.seen.data = seen
        for name, value in product_data(texts).items():
            self[name].data = value

    @property
    def texts(self) -> ProductTexts:
        """What was typed."""
        return product_said(self)


class NewProductForm(ProductForm, VariantFields):
    """A product's texts and its first variant."""

    pieces = whole_field(_l("Pieces on hand"), hint=_l("Empty: they are never counted."))

    @property
    def variant(self) -> VariantTexts:
        """The first variant as it was typed."""
        return VariantTexts(**variant_said(self))


def product_data(texts: ProductTexts) -> dict[str, Any]:
    """A product's facts by the names of the fields."""
    names = ("title", "subtitle", "slug", "description", "vendor", "kind", "position")
    said: dict[str, Any] = {name: getattr(texts, name) for name in (*names, "seo_title", "seo_description")}
    shelves = {"tags": ", ".join(texts.tags), "collections": sorted(texts.collections)}
    return {
        **said,
        **shelves,
        "tax_class": texts.tax_class,
        "is_gift_card": texts.is_gift_card,
    }


def product_said(form: Any) -> ProductTexts:
    """What ProductFields say."""
    names = ("title", "subtitle", "slug", "description", "vendor", "kind", "seo_title", "seo_description")
    said = {name: form[name].data or "" for name in names}
    return ProductTexts(
        **said,
        tags=tuple(form.tags.data.split(",")) if form.tags.data else (),
        collections=frozenset(form.collections.data or ()),
        position=form.position.data or 0,
        tax_class=form.tax_class.data,
        is_gift_card=form.is_gift_card.data,
    )


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


def refuse(form: FlaskForm, error: Refused) -> list[str]:
    """Put a refusal beside its field; the sentences that belong to none."""
    if error.field and error.field in form:
        field = form[error.field]
        field.errors = [*field.errors, error.message]
        return []
    return [error.message]


def show_theirs(form: FlaskForm, theirs: Mapping[str, Any], seen: str) -> None:
    """Say beside each field what was saved meanwhile, where it is another; what was typed stays."""
    form["seen"].data = seen
    for name, value in theirs.items():
        if name in form and _plain(form[name].data) != _plain(value):
            said = _said(form[name], value)
            message = _("Saved meanwhile: “%(theirs)s”. Yours stands below.", theirs=said)
            form[name].errors = [*form[name].errors, message]


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else (value or "")


def _said(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        names = dict(getattr(field, "choices", None) or ())
        return ", ".join(str(names.get(each, each)) for each in value)
    return str(value if value is not None else "")
