"""What may be typed about goods, shelves and counts: shape only.

Knows fields and how text becomes facts; refuses to know what stands already.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
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

from storefront.catalogue.edits import TAX_CLASSES, ProductTexts, VariantTexts
from storefront.catalogue.facts import MOST_PIECES
from storefront.config import settings
from storefront.errors import Refused
from storefront.money import Money, NotAnAmount
from storefront.staff.contents_fields import ContentsFields, contents_said


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


def amount_field(label: Any, *checks: Any, hint: Any = "") -> StringField:
    """An amount of money."""
    return StringField(
        label,
        description=hint,
        validators=[*checks, _is_amount],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20, "class": "short"},
    )


def amount(text: str | None) -> Money | None:
    """An amount as it was typed, with a point or a comma; None where nothing was. Raises NotAnAmount."""
    text = (text or "").strip().replace(",", ".")
    return Money.parse(text, settings().currency) if text else None


def amount_text(minor: int | None) -> str:
    """An amount as a field carries it."""
    return "" if minor is None else str(Money(minor, settings().currency).decimal)


class VariantFields(ContentsFields):
    """The fields of a variant, which a new product has too."""

    price = amount_field(_l("Price"), InputRequired(_l("Please enter a price.")))
    compare_at = amount_field(
        _l("Price before"),
        hint=_l(
            "For your own records and exports. The shop strikes the lowest price of 30 days that it can prove."
        ),
    )
    sku = text_field(_l("Article number (SKU)"), 100)
    barcode = text_field(_l("Barcode"), 50)
    weight_grams = whole_field(_l("Weight, packed, in grams"))
    requires_shipping = BooleanField(_l("It is shipped"), default=True)


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


def refuse(form: FlaskForm, error: Refused) -> list[str]:
    """Put a refusal beside its field; the sentences that belong to none."""
    if error.field and error.field in form:
        field = form[error.field]
        field.errors = [*field.errors, error.message]
        return []
    return [error.message]
