"""The products of a WooCommerce file: a simple one is a row, a variable one a row and its variations anywhere in it.

Knows which rows belong together; refuses to know what their cells mean.
"""

from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask_babel import gettext as _

from storefront import clock
from storefront.catalogue.facts import MOST_VARIANTS
from storefront.config import settings
from storefront.errors import Refused
from storefront.transfer.categories import Categories
from storefront.transfer.cells import Group, Unreadable
from storefront.transfer.csvfile import Row, RowsAgain, rows_of
from storefront.transfer.numbers import Numbers
from storefront.transfer.report import LeftOut, Report
from storefront.transfer.saving import Candidate
from storefront.transfer.slugs import slug_of
from storefront.transfer.woo_rows import is_variable, is_variation, product_of, title_of

_NONE = -1
# Marks variations whose parent was found.
_CLAIMED = -2


class Families:
    """The file looked through once: where each parent's variations stand, in whatever order the rows come.

    Keeps numbers, not rows: 24 bytes for a variation. Raises FileRefused.
    """

    def __init__(self, path: Path, columns: Mapping[str, int]) -> None:
        self.rows = 0
        self.categories = Categories()
        self._latest = Numbers()
        # The variations of all parents; each knows the one before it of the same parent.
        self._at, self._line, self._before = array("q"), array("q"), array("q")
        for row in rows_of(path):
            self.rows += 1
            group = Group("", [row], columns)
            if is_variation(group, row):
                self._add(row, _reference(group.cell(row, "parent")))
            else:
                self.categories.note(group)

    def _add(self, row: Row, parent: str) -> None:
        before = self._latest.get(parent, _NONE)
        self._latest[parent] = len(self._at)
        self._at.append(row.at)
        self._line.append(row.line)
        self._before.append(before)

    def claim(self, group: Group, again: RowsAgain) -> list[Row]:
        """The variations that name the group's first row as their parent, in the file's order; once."""
        found: list[tuple[int, int]] = []
        for parent in (f"id:{group.first('id')}", _reference(group.first("sku"))):
            if parent not in {"id:", ""}:
                found += self._places(self._latest.get(parent, _NONE))
                self._latest[parent] = _CLAIMED
        # One more than allowed is enough to refuse them all.
        return [again.row(at=at, line=line) for line, at in sorted(found)[: MOST_VARIANTS + 1]]

    def orphans(self) -> Iterator[tuple[int, int]]:
        """Line and byte of each variation whose parent was not there."""
        for latest in self._latest.values():
            yield from self._places(latest)

    def _places(self, latest: int) -> Iterator[tuple[int, int]]:
        while latest >= 0:
            yield self._line[latest], self._at[latest]
            latest = self._before[latest]


def _reference(parent: str) -> str:
    """A `Parent` cell (`id:741`, or a SKU) as it is compared: WooCommerce's SKUs have no case."""
    return parent.lower()


def candidates(
    path: Path, columns: Mapping[str, int], families: Families, report: Report
) -> Iterator[Candidate]:
    """Each product that could be read; `report` is told of the rows of the others."""
    addresses = _Addresses()
    done = 0
    with RowsAgain(path) as again:
        for row in rows_of(path):
            group = Group("", [row], columns)
            if is_variation(group, row):
                continue
            group.handle = title_of(group)[:100]
            if is_variable(group):
                group.rows += families.claim(group, again)
            done += len(group.rows)
            candidate = _candidate(group, addresses, families.categories, report, done)
            if candidate is not None:
                yield candidate
        for line, at in families.orphans():
            _report_orphan(Group("", [again.row(at=at, line=line)], columns), report)
    report.remarks["same_sku"] += addresses.same_skus


def _candidate(
    group: Group, addresses: "_Addresses", categories: Categories, report: Report, done: int
) -> Candidate | None:
    shop = settings()
    try:
        slug, shelves = addresses.one_for(group), categories.of(group)
        facts, passed_over = product_of(
            group, slug=slug, shelves=tuple(shelves), currency=shop.currency, today=clock.today(shop.timezone)
        )
    except Unreadable as error:
        reason = error.message
        if error.line != group.rows[0].line:
            reason = _("Line %(line)s: %(reason)s", line=error.line, reason=reason)
        report.left_out.append(_left_out(group, reason))
        return None
    except Refused as error:
        report.left_out.append(_left_out(group, error.message))
        return None
    report.left_out += [LeftOut(row.line, row.line, group.handle, reason) for row, reason in passed_over]
    place = _left_out(group, "")
    return Candidate(facts, shelves, place, rows=len(group.rows), done=done, remarks=group.remarks)


class _Addresses:
    """An address for each product of the file: its slug where the file names one, else made of its name."""

    def __init__(self) -> None:
        self.same_skus = 0
        self._taken = Numbers()
        self._skus = Numbers()

    def one_for(self, group: Group) -> str:
        """The product's address; a second one of a name gets its SKU or ID besides. Raises Refused."""
        self._count_skus(group)
        slug = slug_of(group.first("slug") or title_of(group))
        if not slug:
            raise Refused(_("The name is missing."))
        line, key = group.rows[0].line, group.first("sku") or group.first("id")
        # A space stands in no address.
        same = self._taken.setdefault(f"{slug} {key}", line)
        first = self._taken.setdefault(slug, line)
        if first == line:
            return slug
        own = slug_of(f"{slug}-{key}")
        if same != line or group.first("slug") or not key or self._taken.setdefault(own, line) != line:
            raise Refused(
                _("The product stands already on line %(line)s; the first one is taken.", line=first)
            )
        group.remarks["renamed"] += 1
        return own

    def _count_skus(self, group: Group) -> None:
        for row in group.rows:
            sku = group.cell(row, "sku")
            if sku and self._skus.setdefault(sku.lower(), row.line) != row.line:
                self.same_skus += 1


def _report_orphan(group: Group, report: Report) -> None:
    parent = group.first("parent")
    if parent:
        reason = _("Its parent “%(parent)s” is no variable product of this file.", parent=parent[:100])
    else:
        reason = _("The variation names no parent.")
    report.left_out.append(_left_out(group, reason))


def _left_out(group: Group, reason: str) -> LeftOut:
    line, *others = (row.line for row in group.rows)
    return LeftOut(line, line, group.handle or group.first("sku")[:100], reason, tuple(others))
