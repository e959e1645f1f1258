"""What somebody says of a product: the frozen facts that imports, the demo shop and tests hand to `save_products`.

Knows what makes sense by itself; refuses to know what stands already.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from storefront.catalogue.measures import NO_CONTENTS, Measured
from storefront.catalogue.models import MOST_OPTIONS, ProductState
from storefront.errors import Refused
from storefront.money import Money

MOST_VARIANTS = 2048  # As many as Shopify allows since 2024; its older exports have 100.
MOST_PIECES = 2**31 - 1
LONGEST_DESCRIPTION = 500_000

# The widths of the columns, in characters.
_LONGEST = {"slug": 200, "title": 300, "subtitle": 300, "vendor": 200}
_LONGEST_NAME, _LONGEST_VALUE, _LONGEST_SKU, _LONGEST_BARCODE = 100, 200, 100, 50


class Outcome(StrEnum):
    """What saving did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """A variant: `values` has one for each option of its product.

    None means “not said”: what stands stays, a new variant gets the usual. An empty text, a `compare_at` of zero,
    `is_counted=False` and `NO_CONTENTS` mean that there is none. `on_hand` counts pieces, and only where
    `is_counted`; where it is not said either, a new variant has none.
    """

    price: Money
    values: tuple[str, ...] = ()
    compare_at: Money | None = None
    sku: str | None = None
    barcode: str | None = None
    is_counted: bool | None = None
    on_hand: int | None = None
    weight_grams: int | None = None
    requires_shipping: bool | None = None
    contents: Measured | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from its product's other variants."""
        first, second, third = (*self.values, "", "", "")[:MOST_OPTIONS]
        return first, second, third

    @property
    def pieces(self) -> int | None:
        """What is on the shelf, None where it is never counted."""
        return (self.on_hand or 0) if self.is_counted else None


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """A picture: a `file` in the storage with its size in pixels, or the address it could be fetched from.

    An `alt` of None is not said: what stands stays.
    """

    file: str | None = None
    source_url: str | None = None
    alt: str | None = ""
    width: int | None = None
    height: int | None = None

    @property
    def key(self) -> str:
        """What tells it from its product's other pictures."""
        return self.source_url or self.file or ""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product, known by its slug. None means “not said”, as in VariantFacts; a new product is published.

    `variants` is complete: what stands and is not named is no longer sold. `collections` are slugs of
    collections that stand; it is placed in them and taken out of none. `description` is HTML or plain text.
    """

    slug: str
    title: str
    variants: tuple[VariantFacts, ...]
    options: tuple[str, ...] = ()
    subtitle: str | None = None
    vendor: str | None = None
    description: str | None = None
    state: ProductState | None = None
    position: int | None = None
    images: tuple[ImageFacts, ...] | None = None
    collections: tuple[str, ...] = ()
    is_gift_card: bool | None = None

    def check(self, currency: str) -> None:
        """Raises Refused, with the first reason, where these facts cannot be saved in a shop of `currency`."""
        self._check_texts()
        self._check_choices()
        for variant in self.variants:
            _check_variant(variant, currency)

    def _check_texts(self) -> None:
        if not self.slug:
            raise Refused(_("The address (handle) is missing."), field="slug")
        if not self.title:
            raise Refused(_("The title is missing."), field="title")
        for name, longest in _LONGEST.items():
            _check_length(getattr(self, name), longest, name)
        _check_length(self.description, LONGEST_DESCRIPTION, "description")

    def _check_choices(self) -> None:
        if len(self.options) > MOST_OPTIONS:
            raise Refused(_("A product has at most %(number)s options.", number=MOST_OPTIONS))
        if not self.variants:
            raise Refused(_("There is no variant, and so no price."))
        if len(self.variants) > MOST_VARIANTS:
            raise Refused(_("A product has at most %(number)s variants.", number=MOST_VARIANTS))
        if len(set(self.options)) < len(self.options) or not all(self.options):
            raise Refused(_("Each option needs a name of its own."))
        for option in self.options:
            _check_length(option, _LONGEST_NAME, "option")
        seen: set[tuple[str, ...]] = set()
        for variant in self.variants:
            _check_values(variant, self.options)
            if variant.values in seen:
                raise Refused(_same_choice(variant))
            seen.add(variant.values)


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """A collection, known by its slug."""

    slug: str
    title: str
    intro: str = ""
    position: int = 0
    in_menu: bool = True

    def check(self) -> None:
        """Raises Refused where these facts cannot be saved."""
        if not self.slug or not self.title:
            raise Refused(_("A collection needs a title and an address."))
        _check_length(self.slug, 120, "slug")
        _check_length(self.title, 200, "title")


def _check_values(variant: VariantFacts, options: tuple[str, ...]) -> None:
    if len(variant.values) != len(options):
        raise Refused(_("A variant has another number of options than its product."))
    for name, value in zip(options, variant.values, strict=True):
        if not value:
            raise Refused(_("A variant has no value for “%(option)s”.", option=name))
        _check_length(value, _LONGEST_VALUE, name)


def _same_choice(variant: VariantFacts) -> str:
    if not variant.values:
        return _("It stands twice: without options a product has one variant.")
    return _("Two variants are both “%(choice)s”.", choice=" / ".join(variant.values))


def _check_variant(variant: VariantFacts, currency: str) -> None:
    if variant.price.currency != currency:
        raise Refused(_("The shop sells in %(currency)s.", currency=currency))
    if variant.price.minor < 0:
        raise Refused(_("A price cannot be below zero."), field="price")
    compare_at = variant.compare_at
    if compare_at is not None and compare_at.minor and compare_at.minor <= variant.price.minor:
        raise Refused(_("The price before is not above the price now."), field="compare_at")
    if not 0 <= (variant.on_hand or 0) <= MOST_PIECES or not 0 <= (variant.weight_grams or 0) <= MOST_PIECES:
        raise Refused(_("Pieces and grams are whole numbers from 0 to %(most)s.", most=MOST_PIECES))
    if variant.contents is not None and variant.contents != NO_CONTENTS:
        variant.contents.check()
    _check_length(variant.sku, _LONGEST_SKU, "SKU")
    _check_length(variant.barcode, _LONGEST_BARCODE, "barcode")


def _check_length(text: str | None, longest: int, name: str) -> None:
    if text is not None and len(text) > longest:
        raise Refused(_("“%(name)s” is longer than %(longest)s characters.", name=name, longest=longest))
    if text is not None and "\0" in text:
        raise Refused(_("“%(name)s” holds a character that no text has.", name=name))
