"""WooCommerce's categories as collections: `Clothing > Hoodies` is the collection “Hoodies”, at clothing-hoodies.

Knows paths of names; refuses to know which goods are in them.
"""

from flask_babel import gettext as _

from storefront.transfer.cells import Group, one_line, refuse
from storefront.transfer.entities import plain
from storefront.transfer.lists import items_of
from storefront.transfer.slugs import collection_slug

# What WooCommerce says of a product without any.
_NO_CATEGORY = "uncategorized"
# Names are kept to tell two “Shirts” apart; a file with more has something else in the column.
_MOST_NAMES = 10_000


class Categories:
    """The categories of one file. A collection is named by the last part of its path, and where the file has
    another path with that end, by what stands above it too; its address is always made of the whole path."""

    def __init__(self) -> None:
        self._slug_by_leaf: dict[str, str] = {}
        self._ambiguous: set[str] = set()

    def note(self, group: Group) -> None:
        """Look at a product before any of them is read: which names are the ends of several paths."""
        for path in items_of(group.first("categories")):
            parts = _parts(path)
            if parts and len(self._slug_by_leaf) < _MOST_NAMES:
                slug = _slug(parts)
                if self._slug_by_leaf.setdefault(parts[-1], slug) != slug:
                    self._ambiguous.add(parts[-1])

    def of(self, group: Group) -> dict[str, str]:
        """The product's collections, titles by slug. Raises Unreadable."""
        paths = [parts for path in items_of(group.first("categories")) if (parts := _parts(path))]
        if group.has("category_slugs"):
            slugs = items_of(group.first("category_slugs"))
            if len(slugs) != len(paths):
                refuse(group.rows[0], _("It names another number of categories than of their addresses."))
            return {slug: parts[-1][:200] for slug, parts in zip(slugs, paths, strict=True)}
        named = {_slug(parts): self._title(parts) for parts in paths if parts[-1].lower() != _NO_CATEGORY}
        return {slug: title for slug, title in named.items() if slug}

    def _title(self, parts: list[str]) -> str:
        leaf = parts[-1]
        if leaf not in self._ambiguous or len(parts) == 1:
            return leaf[:200]
        return f"{leaf} ({', '.join(parts[:-1])})"[:200]


def _parts(path: str) -> list[str]:
    return [name for part in path.split(">") if (name := one_line(plain(part)))]


def _slug(parts: list[str]) -> str:
    return collection_slug(" ".join(parts))
