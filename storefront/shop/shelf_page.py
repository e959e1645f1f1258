"""A shelf as its page prints it: count, sorts, chips, and the ways to the pages before and after.

Knows the words of its query (`?in-stock=1&sort=price&after=12`); refuses to know which goods there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.catalogue.shown import Shelf, Sort
from storefront.pictures.plates import Plate, plate
from storefront.shop.cards import Card, cards

# The longest id of a 64-bit column.
_ID_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shelf's query asks for; what it does not know it leaves out."""

    sort: Sort
    in_stock: bool
    after: int | None
    before: int | None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Wanted":
        """Read a query; wrong values count as absent, so that an old or mistyped link still shows goods."""
        after = _id(query.get("after"))
        return cls(
            sort=_sort(query.get("sort")),
            in_stock=query.get("in-stock") == "1",
            after=after,
            before=None if after else _id(query.get("before")),
        )

    def query(self) -> dict[str, str]:
        """The filters and the sort as a query, the page left out."""
        said = {"in-stock": "1"} if self.in_stock else {}
        return said if self.sort is Sort.FEATURED else said | {"sort": self.sort.value}


@dataclass(frozen=True, slots=True)
class SortShown:
    """A way to sort, and whether it is the present one."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force; its address is the page without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Pager:
    """The ways to the neighbouring pages; None at an end."""

    previous_url: str | None
    next_url: str | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShelfShown:
    """What `templates/shop/list.html` calls `shelf`."""

    title: str
    intro: str
    description: str
    count: str
    goods: list[Card]
    pager: Pager
    action: str
    in_stock: bool
    sorts: tuple[SortShown, ...]
    chips: tuple[Chip, ...]
    clear_url: str
    picture: Plate | None


def shown(shelf: Shelf, *, wanted: Wanted) -> ShelfShown:
    """A page of a shelf in words; a shelf without a slug holds all goods."""
    url = url_for("shop.collection", slug=shelf.slug) if shelf.slug else url_for("shop.products")
    return ShelfShown(
        title=shelf.title or _("All goods"),
        intro=shelf.intro,
        description=shelf.intro,
        count=counted(shelf.count, is_more=shelf.is_more),
        goods=cards(shelf.goods),
        pager=_pager(shelf, wanted),
        action=url,
        in_stock=wanted.in_stock,
        sorts=tuple(SortShown(sort.value, label, sort is wanted.sort) for sort, label in _sorts().items()),
        chips=_chips(shelf, wanted),
        clear_url=url,
        picture=plate(shelf.picture),
    )


def counted(count: int, *, is_more: bool) -> str:
    """“9 goods”, “more than 1,000 goods”."""
    if is_more:
        return _("More than %(count)s goods", count=count)
    return ngettext("%(num)d good", "%(num)d goods", count)


def _sorts() -> dict[Sort, str]:
    return {
        Sort.FEATURED: _("Our order"),
        Sort.NEWEST: _("Newest first"),
        Sort.CHEAPEST: _("Price, lowest first"),
        Sort.DEAREST: _("Price, highest first"),
        Sort.TITLE: _("Name, A to Z"),
    }


def _chips(shelf: Shelf, wanted: Wanted) -> tuple[Chip, ...]:
    if not wanted.in_stock:
        return ()
    without = {name: value for name, value in wanted.query().items() if name != "in-stock"}
    return (Chip(_("In stock only"), _url(shelf, without)),)


def _pager(shelf: Shelf, wanted: Wanted) -> Pager:
    query = wanted.query()
    before, after = shelf.previous, shelf.following
    return Pager(
        previous_url=None if before is None else _url(shelf, query | {"before": str(before)}),
        next_url=None if after is None else _url(shelf, query | {"after": str(after)}),
    )


def _url(shelf: Shelf, query: Mapping[str, str]) -> str:
    if shelf.slug:
        return url_for("shop.collection", slug=shelf.slug, **query)  # type: ignore[arg-type]
    return url_for("shop.products", **query)  # type: ignore[arg-type]


def _id(text: str | None) -> int | None:
    """A whole number of ASCII digits; `int` alone would read “１２” and “1_2” as well."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS):
        return None
    return int(text) or None


def _sort(text: str | None) -> Sort:
    try:
        return Sort(text or Sort.FEATURED)
    except ValueError:
        return Sort.FEATURED
