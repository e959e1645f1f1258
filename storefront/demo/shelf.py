"""How a good is written down before it is in the shop.

Knows shapes; refuses to know the catalogue's tables.
"""

from dataclasses import dataclass

PICTURE_SIZE = (800, 1000)
COVER_SIZE = (1200, 800)


@dataclass(frozen=True, slots=True)
class Picture:
    """A file and what it shows in words; goods are drawn on 800 × 1000 and printed below `demo/art/pictures/`."""

    file: str
    alt: str
    size: tuple[int, int] = PICTURE_SIZE


@dataclass(frozen=True, slots=True)
class Variant:
    """What is bought. Prices in minor units of EUR; `stock` None is never counted; `choices` as options; `contents`
    as in “250 g”."""

    sku: str
    price: int
    stock: int | None
    grams: int
    choices: tuple[str, ...] = ()
    compare_at: int | None = None
    contents: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A good with its words (`description` is Markdown), at most three options, and every variant sold."""

    slug: str
    title: str
    subtitle: str
    description: str
    pictures: tuple[Picture, ...]
    variants: tuple[Variant, ...]
    options: tuple[str, ...] = ()
    is_gift_card: bool = False

    @property
    def picture(self) -> str:
        """The file of the first picture."""
        return self.pictures[0].file


@dataclass(frozen=True, slots=True)
class Collection:
    """A shelf: its goods in the order they stand."""

    slug: str
    title: str
    intro: str
    goods: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """What the front page opens with; its words and its picture become settings of the shop."""

    title: str
    lead: str
    picture: Picture


def one(
    sku: str, price: int, stock: int | None, grams: int, compare_at: int | None = None, contents: str = ""
) -> tuple[Variant]:
    """The single variant of a product without options."""
    return (Variant(sku, price, stock, grams, compare_at=compare_at, contents=contents),)


def shown(name: str, alt: str) -> tuple[Picture]:
    """The single picture of a product."""
    return (Picture(f"{name}.webp", alt),)


@dataclass(frozen=True, slots=True)
class Article:
    """A post of the journal as it is written down. `author` is a role of the crew; `days_ago` is when it was
    published, or written where it waits for its time (`days_ahead`) or for somebody to finish it."""

    slug: str
    title: str
    summary: str
    author: str
    tags: tuple[str, ...]
    days_ago: int
    cover: Picture
    body: str
    days_ahead: int = 0
    is_draft: bool = False
