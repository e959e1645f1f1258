"""What pages are told of the goods: small frozen rows, complete, so that a template never asks for more.

Knows shapes and predicates; refuses to know the database and how anything looks.
"""

from dataclasses import dataclass
from enum import StrEnum

from storefront.catalogue.measures import Measured
from storefront.catalogue.models import ProductState
from storefront.claims.printed import NONE as NO_NOTES
from storefront.claims.printed import Notes
from storefront.money import Money
from storefront.pictures.plates import Picture

# From this many pieces down a page says how many are left.
FEW = 5


class Sort(StrEnum):
    """In which order a shelf shows its goods; the values stand in URLs."""

    FEATURED = "featured"
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "price-down"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Good:
    """A product as a shelf shows it. `price` is its lowest, `was` what that variant cost before, where it is proven.

    `left` counts the pieces of all its variants; None where one of them is never counted.
    """

    id: int
    slug: str
    title: str
    subtitle: str
    price: Money
    was: Money | None
    has_dearer: bool
    is_available: bool
    left: int | None
    picture: Picture | None
    # Of the variant that costs `price`.
    contents: Measured | None = None

    @property
    def is_scarce(self) -> bool:
        """Whether so few pieces are left that the page says so."""
        return self.is_available and self.left is not None and self.left <= FEW


@dataclass(frozen=True, slots=True)
class Heading:
    """A collection as menus and crumbs name it."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A collection as the front page lists it; `is_more` says that it holds more goods than `count`."""

    slug: str
    title: str
    intro: str
    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of goods. `slug`, `title` and `intro` are the collection's, empty for all goods.

    `count` is of all pages, exact unless `is_more`. `previous` and `following` are the ids to give back as
    `before` and `after`; None at an end.
    """

    slug: str
    title: str
    intro: str
    goods: tuple[Good, ...]
    count: int
    is_more: bool
    previous: int | None
    following: int | None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class VariantShown:
    """A variant as its product's page offers it; `values` has one entry for each option of the product."""

    id: int
    values: tuple[str, ...]
    sku: str | None
    barcode: str | None
    price: Money
    was: Money | None
    on_hand: int | None
    weight_grams: int
    requires_shipping: bool
    contents: Measured | None = None

    @property
    def title(self) -> str:
        """The choice in words, such as “1.5 kg / plain box”; empty where there is none."""
        return " / ".join(self.values)

    @property
    def is_available(self) -> bool:
        """Whether a piece can be had now."""
        return self.on_hand is None or self.on_hand > 0

    @property
    def is_scarce(self) -> bool:
        """Whether so few pieces are left that the page says so."""
        return self.on_hand is not None and 0 < self.on_hand <= FEW


@dataclass(frozen=True, slots=True)
class OptionShown:
    """What a product may be chosen by, and its values in the order of the variants."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """All that a product's own page says of it; `related` are further goods of its first collection."""

    id: int
    slug: str
    title: str
    subtitle: str
    vendor: str
    description_html: str
    state: ProductState
    collection: Heading | None
    options: tuple[OptionShown, ...]
    variants: tuple[VariantShown, ...]
    pictures: tuple[Picture, ...]
    related: tuple[Good, ...]
    # What search engines are told in place of title and description; empty where nothing else is said.
    seo_title: str = ""
    seo_description: str = ""
    notes: Notes = NO_NOTES
    is_gift_card: bool = False

    @property
    def is_sold(self) -> bool:
        """Whether it can be ordered at all, stock aside; a withdrawn product keeps its page and says so."""
        return self.state == ProductState.PUBLISHED and bool(self.variants)

    @property
    def is_available(self) -> bool:
        """Whether a piece of some variant can be had now."""
        return self.is_sold and any(variant.is_available for variant in self.variants)

    @property
    def first_choice(self) -> VariantShown | None:
        """The variant shown when none was chosen: the first that can be had, else the first."""
        available = (variant for variant in self.variants if variant.is_available)
        return next(available, self.variants[0] if self.variants else None)


@dataclass(frozen=True, slots=True)
class CartGoods:
    """What a cart must know of a variant now. `is_sold` is False once variant or product left the shop."""

    variant_id: int
    product_id: int
    slug: str
    title: str
    variant_title: str
    sku: str | None
    price: Money
    on_hand: int | None
    weight_grams: int
    requires_shipping: bool
    tax_class: str
    is_sold: bool
    picture: Picture | None
    is_gift_card: bool = False
    contents: Measured | None = None
