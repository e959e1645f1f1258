"""One product of a Shopify file: its rows in, the facts of the catalogue out.

Knows what Shopify means by each cell; refuses to know what stands in the shop.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NoReturn

from flask_babel import gettext as _
from slugify import slugify

from storefront.catalogue.facts import MOST_PIECES, ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.models import MOST_OPTIONS, ProductState
from storefront.errors import Refused
from storefront.money import Money, NotAnAmount
from storefront.transfer.csvfile import Row

_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_STATUS = {
    "active": ProductState.PUBLISHED,
    "draft": ProductState.DRAFT,
    "unlisted": ProductState.DRAFT,
    "archived": ProductState.WITHDRAWN,
}
# Shopify's own way to say that there is nothing to choose.
_NO_OPTIONS = ["title"]
_NO_CHOICE = "default title"
_PLAIN_HANDLE = re.compile(r"[\w-]{1,200}")
_WHOLE = re.compile(r"-?[0-9]{1,12}(?:\.0+)?")
_LONGEST_ADDRESS = 2_000


class Unreadable(Refused):
    """A product's rows say something that cannot be imported; `line` is the row's."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Group:
    """The rows of one product, as they follow each other in the file."""

    handle: str
    rows: list[Row]
    columns: Mapping[str, int]
    remarks: Counter[str] = field(default_factory=Counter)

    def cell(self, row: Row, name: str) -> str:
        """A cell without the space around it; empty where the file has no such column."""
        index = self.columns.get(name)
        return "" if index is None else row.cells[index].strip()

    def first(self, name: str) -> str:
        """A cell of the first row, in which Shopify says all that is of the product, not of a variant."""
        return self.cell(self.rows[0], name)

    def has(self, name: str) -> bool:
        """Whether the file has the column: what it lacks is not said, and stays as it is."""
        return name in self.columns


def slug_of(handle: str) -> str:
    """The address under which a handle is sold: itself in small letters, or made fit for an address."""
    if _PLAIN_HANDLE.fullmatch(handle):
        return handle.lower()
    return slugify(handle, allow_unicode=True, max_length=200)


def collection_of(group: Group) -> tuple[str, str] | None:
    """Slug and title of the collection that the product belongs to: its Collection, else its Type."""
    title = _line(group.first("collection") or group.first("type"))[:200]
    slug = _collection_slug(title)
    return (slug, title) if slug else None


@lru_cache(maxsize=1_000)
def _collection_slug(title: str) -> str:
    return slugify(title, allow_unicode=True, max_length=120)


def product_of(group: Group, *, currency: str) -> ProductFacts:
    """The facts of a product whose prices are in `currency`. Raises Unreadable, and Refused by the facts."""
    if any(_said_yes(group, row, "gift_card", default=False) for row in group.rows):
        _refuse(group.rows[0], _("Gift cards are not imported."))
    names = _option_names(group)
    variants = [(row, _variant(group, row, names, currency)) for row in group.rows if _is_variant(group, row)]
    if len(names) == 1 and names[0][1].lower() in _NO_OPTIONS and _is_single(variants):
        names, variants = [], [(row, _without_choice(facts)) for row, facts in variants]
    collection = collection_of(group)
    facts = ProductFacts(
        slug=slug_of(group.handle),
        title=_line(group.first("title")),
        variants=tuple(facts for _row, facts in variants),
        options=tuple(name for _index, name in names),
        vendor=_line(group.first("vendor")) if group.has("vendor") else None,
        description=group.first("description") if group.has("description") else None,
        state=_state(group),
        images=_images(group) if group.has("image") else None,
        collections=(collection[0],) if collection else (),
    )
    facts.check(currency)
    return facts


def _option_names(group: Group) -> list[tuple[int, str]]:
    """Number and name of each option that is named; Shopify names them in the first row alone."""
    named = [(i, _line(group.first(f"option{i}_name"))) for i in range(1, MOST_OPTIONS + 2)]
    valued = {
        i for i, name in named if not name and any(group.cell(r, f"option{i}_value") for r in group.rows)
    }
    if valued:
        _refuse(group.rows[0], _("Option %(number)s has values, but no name.", number=min(valued)))
    return [(i, name) for i, name in named if name]


def _is_variant(group: Group, row: Row) -> bool:
    """Whether a row is of a variant; a row that only adds a picture has neither choice nor price."""
    if row is group.rows[0] or group.cell(row, "price"):
        return True
    return any(group.cell(row, f"option{i}_value") for i in range(1, MOST_OPTIONS + 1))


def _is_single(variants: list[tuple[Row, VariantFacts]]) -> bool:
    return all(facts.values[0].lower() in {_NO_CHOICE, ""} for _row, facts in variants)


def _without_choice(facts: VariantFacts) -> VariantFacts:
    return VariantFacts(
        price=facts.price,
        compare_at=facts.compare_at,
        sku=facts.sku,
        barcode=facts.barcode,
        is_counted=facts.is_counted,
        on_hand=facts.on_hand,
        weight_grams=facts.weight_grams,
        requires_shipping=facts.requires_shipping,
    )


def _variant(group: Group, row: Row, names: list[tuple[int, str]], currency: str) -> VariantFacts:
    price = _price(group, row, currency)
    is_counted, on_hand = _stock(group, row)
    return VariantFacts(
        price=price,
        values=tuple(_line(group.cell(row, f"option{i}_value")) for i, _name in names),
        compare_at=_compare_at(group, row, price) if group.has("compare_at") else None,
        # Shopify puts an apostrophe before digits, so that spreadsheets leave their noughts alone.
        sku=_line(group.cell(row, "sku").removeprefix("'")) if group.has("sku") else None,
        barcode=_line(group.cell(row, "barcode").removeprefix("'")) if group.has("barcode") else None,
        is_counted=is_counted,
        on_hand=on_hand,
        weight_grams=_grams(group, row) if group.has("grams") else None,
        requires_shipping=_said_yes(group, row, "requires_shipping", default=True)
        if group.has("requires_shipping")
        else None,
    )


def _price(group: Group, row: Row, currency: str) -> Money:
    text = group.cell(row, "price")
    if not text:
        _refuse(row, _("The price is missing."))
    return _amount(row, text, currency, "price")


def _compare_at(group: Group, row: Row, price: Money) -> Money:
    text = group.cell(row, "compare_at")
    nothing = Money.zero(price.currency)
    if not text:
        return nothing
    before = _amount(row, text, price.currency, "compare_at")
    if before.minor and before.minor <= price.minor:
        group.remarks["not_reduced"] += 1
        return nothing
    return before


def _amount(row: Row, text: str, currency: str, name: str) -> Money:
    # Words are looked up where they are needed only: a file has a hundred thousand prices.
    try:
        amount = Money.parse(text, currency)
    except NotAnAmount as error:
        _refuse(row, _("The %(name)s cannot be read: %(reason)s", name=_word(name), reason=error.message))
    if amount.minor < 0:
        _refuse(row, _("The %(name)s is below zero: %(text)s.", name=_word(name), text=text[:40]))
    return amount


def _word(name: str) -> str:
    return _("price") if name == "price" else _("price before")


def _stock(group: Group, row: Row) -> tuple[bool | None, int | None]:
    """Whether the variant's pieces are counted, and how many there are (None: not said).

    A blank tracker means in Shopify that nobody counts, whatever quantity stands beside it. Only a file without
    the column is read by its quantities.
    """
    is_counted = bool(group.cell(row, "tracker" if group.has("tracker") else "quantity"))
    if not group.has("tracker") and not group.has("quantity"):
        return None, None
    if is_counted and group.cell(row, "policy").lower() in {"continue", "true"}:
        group.remarks["uncounted"] += 1
        return False, None
    if not is_counted:
        return False, None
    text = group.cell(row, "quantity")
    if not text:
        group.remarks["no_quantity"] += 1
        return True, None
    pieces = int(Decimal(text)) if _WHOLE.fullmatch(text) else MOST_PIECES + 1
    if pieces > MOST_PIECES:
        _refuse(row, _("The quantity is not a whole number: %(text)s.", text=text[:40]))
    if pieces < 0:
        group.remarks["oversold"] += 1
    return True, max(pieces, 0)


def _grams(group: Group, row: Row) -> int:
    text = group.cell(row, "grams") or "0"
    try:
        grams = Decimal(text) if text.isascii() else Decimal(-1)
    except InvalidOperation:
        grams = Decimal(-1)
    if not (grams.is_finite() and 0 <= grams <= MOST_PIECES):
        _refuse(row, _("The weight is not a number of grams: %(text)s.", text=text[:40]))
    return round(grams)


def _state(group: Group) -> ProductState | None:
    if not group.has("status") and not group.has("published"):
        return None
    status = group.first("status").lower() or "active"
    if status not in _STATUS:
        _refuse(group.rows[0], _("The status is unknown: %(text)s.", text=status[:40]))
    is_shown = _said_yes(group, group.rows[0], "published", default=True)
    state = _STATUS[status]
    return ProductState.DRAFT if state is ProductState.PUBLISHED and not is_shown else state


def _images(group: Group) -> tuple[ImageFacts, ...]:
    """The pictures in the order of their positions, each address once; they are not fetched."""
    found: dict[str, tuple[int, str]] = {}
    for i, row in enumerate(group.rows):
        address = group.cell(row, "image")
        if not address or address in found:
            continue
        if not address.lower().startswith(("https://", "http://")) or len(address) > _LONGEST_ADDRESS:
            group.remarks["bad_pictures"] += 1
            continue
        said = group.cell(row, "image_position")
        position = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else i + 1
        found[address] = (position, _line(group.cell(row, "image_alt")))
    group.remarks["pictures"] += len(found)
    in_order = sorted(found.items(), key=lambda item: item[1][0])
    return tuple(ImageFacts(source_url=address, alt=alt) for address, (_position, alt) in in_order)


def _said_yes(group: Group, row: Row, name: str, *, default: bool) -> bool:
    text = group.cell(row, name).lower()
    if not text:
        return default
    if text not in _YES:
        _refuse(row, _("“%(text)s” is neither true nor false.", text=text[:40]))
    return _YES[text]


def _line(text: str) -> str:
    """Text as one line, without characters that cannot be seen."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(c for c in text if c.isprintable())


def _refuse(row: Row, message: str) -> NoReturn:
    raise Unreadable(message, line=row.line)
