"""What staff write on the pages of a product, as frozen facts: its texts, one variant, its options.

Knows what makes sense by itself; refuses to know what stands already.
"""

from dataclasses import dataclass, replace

from flask_babel import gettext as _

from storefront.catalogue.facts import LONGEST_DESCRIPTION, MOST_PIECES
from storefront.catalogue.measures import Measured
from storefront.catalogue.models import MOST_OPTIONS
from storefront.catalogue.texts import clean_description, slug_of
from storefront.errors import Refused
from storefront.money import LARGEST_MINOR

MOST_TAGS = 30
LONGEST_TAG = 60

_LONGEST = {
    **{"title": 300, "subtitle": 300, "slug": 200, "vendor": 200, "kind": 100},
    **{"seo_title": 200, "seo_description": 400, "description": LONGEST_DESCRIPTION},
    **{"sku": 100, "barcode": 50, "value1": 200, "value2": 200, "value3": 200},
}


# As rates of tax name them.
TAX_CLASSES = ("standard", "reduced", "reduced_more", "zero")


@dataclass(frozen=True, slots=True)
class ProductTexts:
    """All that is said of a product but its variants and pictures; `collections` are ids of those kept by hand."""

    title: str
    slug: str = ""
    subtitle: str = ""
    description: str = ""
    vendor: str = ""
    kind: str = ""
    tags: tuple[str, ...] = ()
    collections: frozenset[int] = frozenset()
    position: int = 0
    seo_title: str = ""
    seo_description: str = ""
    tax_class: str = "standard"
    is_gift_card: bool = False

    def tidied(self) -> "ProductTexts":
        """As it is kept: an address made of letters, a description that can be shown, each tag once."""
        tags = dict.fromkeys(tag for each in self.tags if (tag := " ".join(each.split())))
        return replace(
            self,
            title=" ".join(self.title.split()),
            slug=slug_of(self.slug or self.title),
            description=clean_description(self.description),
            tags=tuple(sorted(tags)),
        )

    def check(self) -> None:
        """Raises Refused where these facts cannot be saved."""
        if not self.title:
            raise Refused(_("The title is missing."), field="title")
        if not self.slug:
            raise Refused(_("An address needs a letter or a digit."), field="slug")
        for name in ("title", "subtitle", "slug", "vendor", "kind", "seo_title", "seo_description"):
            check_text(getattr(self, name), name)
        check_text(self.description, "description")
        if self.tax_class not in TAX_CLASSES:
            raise Refused(_("There is no such class of tax."), field="tax_class")
        if len(self.tags) > MOST_TAGS:
            raise Refused(_("A product has at most %(most)s tags.", most=MOST_TAGS), field="tags")
        if any(len(tag) > LONGEST_TAG for tag in self.tags):
            raise Refused(_("A tag has at most %(most)s characters.", most=LONGEST_TAG), field="tags")


@dataclass(frozen=True, slots=True)
class VariantTexts:
    """All that is said of a variant but how many there are; `low_at` None takes the shop's own number."""

    price_minor: int
    value1: str = ""
    value2: str = ""
    value3: str = ""
    compare_at_minor: int | None = None
    sku: str = ""
    barcode: str = ""
    weight_grams: int = 0
    requires_shipping: bool = True
    low_at: int | None = None
    contents: Measured | None = None

    @property
    def values(self) -> tuple[str, str, str]:
        """The values of the three options; empty where there is none."""
        return self.value1, self.value2, self.value3

    def check(self, options: int) -> None:
        """Raises Refused where these facts cannot be saved for a product of so many options."""
        for name in ("sku", "barcode", "value1", "value2", "value3"):
            check_text(getattr(self, name), name)
        for place, value in enumerate(self.values, start=1):
            if (place <= options) != bool(value):
                raise Refused(_("Each option needs a value."), field=f"value{place}")
        if not 0 <= self.price_minor <= LARGEST_MINOR:
            raise Refused(_("A price cannot be below zero."), field="price")
        if (
            self.compare_at_minor is not None
            and not self.price_minor < self.compare_at_minor <= LARGEST_MINOR
        ):
            raise Refused(_("The price before is not above the price now."), field="compare_at")
        _check_whole(self.weight_grams, "weight_grams")
        _check_whole(self.low_at or 0, "low_at")
        if self.contents is not None:
            self.contents.check()


@dataclass(frozen=True, slots=True)
class OptionNames:
    """What a product may be chosen by, in order: at most three names, each its own."""

    names: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises Refused where a product cannot be chosen by these."""
        if len(self.names) > MOST_OPTIONS:
            raise Refused(_("A product has at most %(number)s options.", number=MOST_OPTIONS))
        if len(set(self.names)) < len(self.names) or not all(self.names):
            raise Refused(_("Each option needs a name of its own."), field="name1")
        for name in self.names:
            if len(name) > 100 or "\0" in name:
                raise Refused(_("An option’s name has at most 100 characters."), field="name1")


def check_text(text: str, name: str) -> None:
    """Raises Refused where a text is too long for its column, or holds what no text has."""
    if len(text) > _LONGEST[name]:
        raise Refused(_("At most %(longest)s characters.", longest=_LONGEST[name]), field=name)
    if "\0" in text:
        raise Refused(_("It holds a character that no text has."), field=name)


def _check_whole(number: int, name: str) -> None:
    if not 0 <= number <= MOST_PIECES:
        raise Refused(_("A whole number from 0 to %(most)s.", most=MOST_PIECES), field=name)
