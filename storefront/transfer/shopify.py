"""The products of a Shopify file, one after another: rows that follow each other under one handle.

Knows which rows belong together; refuses to know what their cells mean.
"""

from collections.abc import Iterator
from pathlib import Path

from flask_babel import gettext as _

from storefront.catalogue.facts import MOST_VARIANTS
from storefront.config import settings
from storefront.errors import Refused
from storefront.transfer.cells import Group, Unreadable
from storefront.transfer.csvfile import Row, rows_of
from storefront.transfer.guard import unguarded
from storefront.transfer.numbers import Numbers
from storefront.transfer.report import LeftOut, Report
from storefront.transfer.rows import collections_of, product_of
from storefront.transfer.saving import Candidate
from storefront.transfer.slugs import slug_of

# Pictures have rows of their own.
_MOST_ROWS = 2 * MOST_VARIANTS


def candidates(path: Path, columns: dict[str, int], report: Report) -> Iterator[Candidate]:
    """Each product that could be read; `report` is told of the rows of the others."""
    for done, group in _groups(path, columns, report):
        candidate = _candidate(done, group, report)
        if candidate is not None:
            yield candidate


def _groups(path: Path, columns: dict[str, int], report: Report) -> Iterator[tuple[int, Group]]:
    """Each product's rows and how many rows are done with it; rows that belong to none are reported.

    A handle that comes back later is reported too: of two products with one address the first is taken.
    """
    seen = Numbers()
    done, group = 0, None
    for row in rows_of(path):
        if group and _continues(group, row):
            # Far beyond what is allowed the rows are no longer kept, only their end.
            if len(group.rows) <= _MOST_ROWS:
                group.rows.append(row)
        else:
            if group and _is_first(group, seen, report):
                yield done, group
            group = Group(unguarded(row.cells[columns["handle"]].strip()), [row], columns)
        done += 1
    if group and _is_first(group, seen, report):
        yield done, group


def _continues(group: Group, row: Row) -> bool:
    """Whether the row is of the same product: the same handle, and no other title."""
    if not group.handle or group.cell(row, "handle") != group.handle:
        return False
    title = group.cell(row, "title")
    return not title or title == group.first("title")


def _is_first(group: Group, seen: Numbers, report: Report) -> bool:
    slug = slug_of(group.handle)
    if not slug:
        report.left_out.append(_left_out(group, _("The handle is missing.")))
        return False
    line = seen.setdefault(slug, group.rows[0].line)
    if line == group.rows[0].line:
        return True
    if group.first("title"):
        reason = _("The handle stands already on line %(line)s; the first one is taken.", line=line)
    else:
        reason = _("These rows belong to the product on line %(line)s: put them right below it.", line=line)
    report.left_out.append(_left_out(group, reason))
    return False


def _candidate(done: int, group: Group, report: Report) -> Candidate | None:
    if len(group.rows) > _MOST_ROWS:
        most = _("A product has at most %(most)s rows.", most=_MOST_ROWS)
        report.left_out.append(_left_out(group, most))
        return None
    try:
        facts = product_of(group, currency=settings().currency)
    except Unreadable as error:
        reason = error.message
        if error.line != group.rows[0].line:
            reason = _("Line %(line)s: %(reason)s", line=error.line, reason=reason)
        report.left_out.append(_left_out(group, reason))
        return None
    except Refused as error:
        report.left_out.append(_left_out(group, error.message))
        return None
    return Candidate(
        facts,
        collections_of(group),
        _left_out(group, ""),
        rows=len(group.rows),
        done=done,
        remarks=group.remarks,
    )


def _left_out(group: Group, reason: str) -> LeftOut:
    return LeftOut(group.rows[0].line, group.rows[-1].line, group.handle[:100], reason)
