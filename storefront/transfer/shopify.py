"""Products from a Shopify CSV file: looked through whole before the first write, then saved 200 at a time.

Knows files, batches and what went wrong; refuses to know the catalogue's tables.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit
from storefront.catalogue import steps
from storefront.catalogue.facts import MOST_VARIANTS, CollectionFacts, Outcome, ProductFacts
from storefront.config import settings
from storefront.database import savepoint, transaction
from storefront.errors import Refused
from storefront.transfer.cells import Group, Unreadable
from storefront.transfer.columns import columns_of
from storefront.transfer.csvfile import FileRefused, Row, header_of, rows_of
from storefront.transfer.report import LeftOut, Report
from storefront.transfer.rows import collection_of, product_of, slug_of

BATCH = 200
# A batch is written early when its rows alone are many: memory stays flat.
BATCH_ROWS = 5_000
REFERENCE = "import:shopify"
# Pictures have rows of their own.
_MOST_ROWS = 2 * MOST_VARIANTS

Progress = Callable[[int, int], None]


def import_products(path: str | Path, *, progress: Progress = lambda done, of: None) -> Report:
    """Add and update the products of a file; prices are in the shop's currency. May be run again.

    `progress` is told how many rows are done, of how many. Raises FileRefused, before anything is written, where
    the file is no Shopify product file; a product that cannot be saved is left out alone and reported.
    """
    path = Path(path)
    columns = columns_of(header_of(path).cells)
    rows = sum(1 for _row in rows_of(path))
    if not rows:
        raise FileRefused(_("The file has a header, but no products."))
    report, batch = Report(), _Batch()
    for done, group in _groups(path, columns, report):
        facts = _read(group, report)
        if facts is not None:
            batch.add(group, facts)
        if batch.is_full:
            batch.save(report)
            progress(done, rows)
    batch.save(report)
    progress(rows, rows)
    _record(report)
    return report


class _Batch:
    """Products that are committed together."""

    def __init__(self) -> None:
        self.products: list[tuple[Group, ProductFacts]] = []
        self.rows = 0

    @property
    def is_full(self) -> bool:
        return len(self.products) >= BATCH or self.rows >= BATCH_ROWS

    def add(self, group: Group, facts: ProductFacts) -> None:
        self.products.append((group, facts))
        self.rows += len(group.rows)

    def save(self, report: Report) -> None:
        """Save all at once; if one of them fails, all of them one by one, so that it fails alone."""
        if not self.products:
            return
        outcomes: list[Outcome | None]
        refusals: list[LeftOut] = []
        with transaction():
            _add_collections(self.products)
            try:
                with savepoint():
                    all_facts = [facts for _group, facts in self.products]
                    outcomes = list(steps.save_products(all_facts, reference=REFERENCE))
            except _FAILURES:
                outcomes = [_save_alone(group, facts, refusals) for group, facts in self.products]
        report.outcomes.update(outcome for outcome in outcomes if outcome)
        report.left_out += refusals
        for (group, _facts), outcome in zip(self.products, outcomes, strict=True):
            if outcome:
                report.remarks.update(group.remarks)
        self.products, self.rows = [], 0


# What one product's values can cause; a full disk or a lost database stops the import instead.
_FAILURES = (Refused, sa.exc.IntegrityError, sa.exc.DataError, OverflowError)


def _save_alone(group: Group, facts: ProductFacts, refusals: list[LeftOut]) -> Outcome | None:
    try:
        with savepoint():
            return steps.save_product(facts, reference=REFERENCE)
    except Refused as error:
        refusals.append(_left_out(group, error.message))
    except _FAILURES:
        refusals.append(_left_out(group, _("The database cannot hold it as it is.")))
    return None


def _add_collections(products: list[tuple[Group, ProductFacts]]) -> None:
    named = dict(found for group, _facts in products if (found := collection_of(group)))
    for slug, title in named.items():
        steps.add_collection(CollectionFacts(slug=slug, title=title))


def _groups(path: Path, columns: dict[str, int], report: Report) -> Iterator[tuple[int, Group]]:
    """Each product's rows and how many rows are done with it; rows that belong to none are reported.

    A handle that comes back later is reported too: of two products with one address the first is taken.
    """
    seen: dict[int, int] = {}
    done, group = 0, None
    for row in rows_of(path):
        if group and _continues(group, row):
            # Far beyond what is allowed the rows are no longer kept, only their end.
            if len(group.rows) <= _MOST_ROWS:
                group.rows.append(row)
        else:
            if group and _is_first(group, seen, report):
                yield done, group
            group = Group(row.cells[columns["handle"]].strip(), [row], columns)
        done += 1
    if group and _is_first(group, seen, report):
        yield done, group


def _continues(group: Group, row: Row) -> bool:
    """Whether the row is of the same product: the same handle, and no other title."""
    if not group.handle or group.cell(row, "handle") != group.handle:
        return False
    title = group.cell(row, "title")
    return not title or title == group.first("title")


def _is_first(group: Group, seen: dict[int, int], report: Report) -> bool:
    slug = slug_of(group.handle)
    if not slug:
        report.left_out.append(_left_out(group, _("The handle is missing.")))
        return False
    # A hash instead of the text: a hundred thousand handles stay small.
    line = seen.setdefault(hash(slug), group.rows[0].line)
    if line == group.rows[0].line:
        return True
    if group.first("title"):
        reason = _("The handle stands already on line %(line)s; the first one is taken.", line=line)
    else:
        reason = _("These rows belong to the product on line %(line)s: put them right below it.", line=line)
    report.left_out.append(_left_out(group, reason))
    return False


def _read(group: Group, report: Report) -> ProductFacts | None:
    if len(group.rows) > _MOST_ROWS:
        most = _("A product has at most %(most)s rows.", most=_MOST_ROWS)
        report.left_out.append(_left_out(group, most))
        return None
    try:
        return product_of(group, currency=settings().currency)
    except Unreadable as error:
        reason = error.message
        if error.line != group.rows[0].line:
            reason = _("Line %(line)s: %(reason)s", line=error.line, reason=reason)
        report.left_out.append(_left_out(group, reason))
    except Refused as error:
        report.left_out.append(_left_out(group, error.message))
    return None


def _left_out(group: Group, reason: str) -> LeftOut:
    return LeftOut(group.rows[0].line, group.rows[-1].line, group.handle[:100], reason)


def _record(report: Report) -> None:
    if not (report.new or report.changed):
        return
    with transaction():
        audit.record(
            "products.imported", subject=("import", "shopify"), code=f"{report.new}+{report.changed}"
        )
