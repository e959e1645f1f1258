"""WooCommerce's attributes as options: what the variations of a product differ by.

Knows names, spellings and “any value”; refuses to know prices and stock.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod

from flask_babel import gettext as _

from storefront.catalogue.facts import MOST_VARIANTS
from storefront.transfer.cells import Group, one_line, refuse
from storefront.transfer.columns import MOST_ATTRIBUTES
from storefront.transfer.csvfile import Row
from storefront.transfer.entities import plain
from storefront.transfer.lists import item_of, items_of

Values = tuple[str, ...]


class Choices:
    """The options of a variable product: the attributes that its variations name, in the product's own order."""

    def __init__(self, group: Group, variations: list[Row]) -> None:
        self._group = group
        self._numbers = [n for n in range(1, MOST_ATTRIBUTES + 1) if group.has(f"attribute{n}_name")]
        # Name and listed values by the name as it is compared, first of the product, then of the variations.
        self.named: dict[str, tuple[str, list[str]]] = {}
        for name, cell in self._attributes(group.rows[0]):
            self.named[_compared(name)] = (name, [one_line(plain(item)) for item in items_of(cell)])
        self._rows = {row.line: dict(self._chosen(row)) for row in variations}
        used = {key for chosen in self._rows.values() for key in chosen}
        self._keys = [key for key in self.named if key in used]
        if variations:
            group.remarks["no_choice"] += len(self.named) - len(self._keys)

    @property
    def options(self) -> Values:
        """The options' names as the product writes them."""
        return tuple(self.named[key][0] for key in self._keys)

    def in_order(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Values]]:
        """Each row with its values. A row that leaves one blank stands for all of them that no other row names,
        and comes once for each. Raises Unreadable."""
        rows = list(rows)
        chosen = {row.line: tuple(self._rows[row.line].get(key, "") for key in self._keys) for row in rows}
        taken = {values for values in chosen.values() if all(values)}
        for row in rows:
            values = chosen[row.line]
            if all(values):
                yield row, values
                continue
            self._group.remarks["any_value"] += 1
            free = [each for each in self._any(row, values) if each not in taken]
            self._refuse_shared(row, free)
            taken.update(free)
            for each in free:
                yield row, each

    def _any(self, row: Row, values: Values) -> Iterator[Values]:
        listed = [
            [value] if value else self.named[key][1] or [""]
            for key, value in zip(self._keys, values, strict=True)
        ]
        if prod(map(len, listed)) > MOST_VARIANTS:
            refuse(row, _("A product has at most %(number)s variants.", number=MOST_VARIANTS))
        return product(*listed)

    def _refuse_shared(self, row: Row, free: list[Values]) -> None:
        """Pieces counted once cannot be sold under several choices."""
        pieces = self._group.cell(row, "stock")
        if len(free) > 1 and pieces.strip("-0.").isdigit():
            refuse(row, _("Its pieces are counted for several choices together: give each a variation."))

    def _attributes(self, row: Row) -> Iterator[tuple[str, str]]:
        """Name and value cell of each attribute that the row names."""
        for number in self._numbers:
            name = one_line(plain(self._group.cell(row, f"attribute{number}_name")))
            if name:
                yield name, self._group.cell(row, f"attribute{number}_values")

    def _chosen(self, row: Row) -> Iterator[tuple[str, str]]:
        for name, cell in self._attributes(row):
            # What only variations name comes behind what the product names.
            key, (_name, listed) = _compared(name), self.named.setdefault(_compared(name), (name, []))
            yield key, _as_listed(one_line(plain(item_of(cell))), listed)


def _as_listed(value: str, listed: list[str]) -> str:
    """A value in the product's spelling, where it differs by case only."""
    if value in listed:
        return value
    return next((each for each in listed if each.casefold() == value.casefold()), value)


def _compared(name: str) -> str:
    """Names differ by more than case, and by more than British and American spelling."""
    return name.casefold().replace("colour", "color")
