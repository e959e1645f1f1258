"""One product as its page prints it: the chosen variant's price, stock and delivery, and the way to the others.

Knows words and addresses; refuses to read anything: the catalogue and the policy are handed in.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.core import Locale
from babel.units import format_unit
from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from storefront.catalogue.shown import ProductPage, VariantShown
from storefront.catalogue.unit_prices import amount_text, per_unit
from storefront.claims.printed import Notes
from storefront.config import settings
from storefront.money import Money, format_briefly, format_money
from storefront.pictures.plates import Plate, plate
from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.rules import delivery_estimate
from storefront.pricing.lines import chargeable
from storefront.shop.choice import Choice, OptionOffered, ValueOffered, offer
from storefront.shop.frame import Link, the_locale
from storefront.web.text import short_day_text

# More than this at once is typed in the cart.
MOST_AT_ONCE = 10
_DESCRIPTION_LETTERS = 155


@dataclass(frozen=True, slots=True)
class ValueShown:
    """A value to choose; `note` is its price where that differs from what is shown now."""

    label: str
    note: str
    url: str
    chosen: bool
    sold_out: bool


@dataclass(frozen=True, slots=True)
class OptionPicker:
    """An option and the values it offers."""

    name: str
    choices: tuple[ValueShown, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A fact with its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ProductShown:
    """What `templates/shop/product.html` calls `product`."""

    title: str
    lead: str
    collection: Link | None
    description: str
    seo_title: str
    pictures: tuple[Plate, ...]
    price: Money
    was: Money | None
    per_unit: str
    tag: str | None
    price_note: str
    options: tuple[OptionPicker, ...]
    stock: str
    delivery: str
    variant: int | None
    quantities: range
    add_url: str
    html: str
    details: tuple[Detail, ...]
    notes: Notes
    has_promises: bool


def shown(
    page: ProductPage, variant: VariantShown | None, *, document: PolicyDocument, today: date
) -> ProductShown:
    """The page where `variant` is chosen; None only where the product has none."""
    choice = offer(page, variant) if variant else None
    on_sale = variant if variant and page.is_sold and variant.is_available else None
    return ProductShown(
        title=page.title,
        lead=page.subtitle,
        collection=_collection(page),
        description=page.seo_description or _description(page),
        seo_title=page.seo_title or page.title,
        pictures=tuple(each for picture in page.pictures if (each := plate(picture))),
        price=chargeable(variant.price) if variant else Money.zero(settings().currency),
        was=chargeable(variant.was) if variant and variant.was else None,
        per_unit=per_unit(variant.contents, chargeable(variant.price)) if variant else "",
        tag=None,
        price_note=_("No tax and no shipping: the code comes by e-mail.")
        if page.is_gift_card
        else _price_note(),
        options=_pickers(page, choice),
        stock=_stock(page, variant),
        delivery=_delivery(document, today=today) if on_sale and on_sale.requires_shipping else "",
        variant=variant.id if variant else None,
        quantities=_quantities(on_sale) if on_sale else range(0),
        add_url=url_for("cart.add"),
        html=page.description_html,
        details=tuple(_details(page, variant)),
        notes=page.notes,
        # Of shipping and money back, which say nothing of credit.
        has_promises=not page.is_gift_card,
    )


def _collection(page: ProductPage) -> Link | None:
    if page.collection is None:
        return None
    return Link(page.collection.title, url_for("shop.collection", slug=page.collection.slug))


def _description(page: ProductPage) -> str:
    """The first words of what is said about it, without markup: for search engines."""
    plain = " ".join(Markup(page.description_html).striptags().split()) or page.subtitle
    if len(plain) <= _DESCRIPTION_LETTERS:
        return plain
    return plain[:_DESCRIPTION_LETTERS].rsplit(" ", 1)[0] + "…"


def _pickers(page: ProductPage, choice: Choice | None) -> tuple[OptionPicker, ...]:
    if choice is None:
        return ()
    return tuple(_picker(page, choice, option) for option in choice.options)


def _picker(page: ProductPage, choice: Choice, option: OptionOffered) -> OptionPicker:
    return OptionPicker(option.name, tuple(_value(page, choice, value) for value in option.values))


def _value(page: ProductPage, choice: Choice, value: ValueOffered) -> ValueShown:
    price = chargeable(value.variant.price)
    return ValueShown(
        label=value.label,
        note="" if price == chargeable(choice.variant.price) else _priced(price, label=value.label),
        url=url_for("shop.product", slug=page.slug, **value.query),  # type: ignore[arg-type]
        chosen=value.is_chosen,
        sold_out=not value.variant.is_available,
    )


def _priced(price: Money, *, label: str) -> str:
    """The price, unless the choice is called by it, as amounts of gift cards are."""
    locale = the_locale()
    return "" if label == format_briefly(price, locale=locale) else format_money(price, locale=locale)


def _stock(page: ProductPage, variant: VariantShown | None) -> str:
    if not page.is_sold or variant is None:
        return _("No longer sold")
    if not variant.is_available:
        return _("Sold out")
    if page.is_gift_card:
        return _("Its code comes by e-mail as soon as it is paid; it does not expire.")
    return _("%(count)s left", count=variant.on_hand) if variant.is_scarce else _("In stock")


def _quantities(variant: VariantShown) -> range:
    left = MOST_AT_ONCE if variant.on_hand is None else variant.on_hand
    return range(1, min(left, MOST_AT_ONCE) + 1)


def _delivery(document: PolicyDocument, *, today: date) -> str:
    estimate = delivery_estimate(document, country=settings().country, today=today)
    if estimate is None:
        return ""
    place, (first, last) = words.country(settings().country), estimate
    if first == last:
        return _("%(day)s, to %(country)s", day=short_day_text(first), country=place)
    return _(
        "%(first)s to %(last)s, to %(country)s",
        first=short_day_text(first),
        last=short_day_text(last),
        country=place,
    )


def _price_note() -> str:
    if not settings().prices_include_tax:
        return _("Without tax. Tax and shipping are shown in the cart.")
    if settings().tax_basis_points:
        return _("Includes tax. Shipping is shown in the cart.")
    return _("Shipping is shown in the cart.")


def _details(page: ProductPage, variant: VariantShown | None) -> list[Detail]:
    found = [Detail(_("Made by"), page.vendor)] if page.vendor else []
    if variant and variant.contents:
        found.append(Detail(_("Contents"), amount_text(variant.contents.amount)))
    if variant and variant.weight_grams:
        found.append(Detail(_("Weight, packed"), _weight(variant.weight_grams, the_locale())))
    if variant and variant.sku:
        found.append(Detail(_("Article number"), variant.sku))
    return found


@lru_cache(maxsize=1024)
def _weight(grams: int, locale: Locale) -> str:
    if grams < 1000:
        return format_unit(grams, "mass-gram", length="short", locale=locale)
    return format_unit(grams / 1000, "mass-kilogram", length="short", locale=locale)
