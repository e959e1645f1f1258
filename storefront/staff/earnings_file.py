"""What posts earned as a file for spreadsheets, written while it is read.

Knows columns; refuses to count anything itself.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from storefront.money import Money
from storefront.reports.periods import Period
from storefront.reports.sales import Takings
from storefront.staff.earnings_page import CountedEarnings
from storefront.transfer.guard import guarded


def earnings_file(counted: CountedEarnings, *, of_shop: bool) -> Iterator[str]:
    """For each part of the period a line for each post that money moved for; `of_shop`, one for what was direct and
    one for the whole. Amounts are plain decimals. Nothing that anybody typed is run by a spreadsheet."""
    found = counted.earned
    yield _line([guarded(title) for title in _titles()])
    named = {each.post_id: each for each in found.posts}
    for part, posts, direct, whole in zip(
        counted.parts, found.by_part, found.direct_by_part, found.whole_by_part, strict=True
    ):
        rows = [
            _cells(part, (_("Post"), named[post_id].title, named[post_id].slug), posts[post_id])
            for post_id in sorted(posts)
        ]
        if of_shop:
            rows += [_cells(part, (_("Direct"), "", ""), direct), _cells(part, (_("In all"), "", ""), whole)]
        yield "".join(map(_line, rows))


def _titles() -> tuple[str, ...]:
    return (
        _("First day"),
        _("Last day"),
        _("Kind"),
        _("Title"),
        _("Address"),
        _("Orders"),
        _("Sales"),
        _("Refunds"),
        _("Disputes"),
        _("Net"),
        _("Currency"),
    )


def _cells(part: Period, what: Sequence[str], took: Takings) -> list[str]:
    amounts = (took.sales, took.refunds, took.disputes, took.net)
    return [
        part.first.isoformat(),
        part.last.isoformat(),
        *map(guarded, what),
        str(took.orders),
        *map(_plain, amounts),
        took.net.currency,
    ]


def _plain(amount: Money) -> str:
    return f"{amount.decimal:f}"


def _line(cells: Sequence[Any]) -> str:
    made = io.StringIO()
    csv.writer(made).writerow(cells)
    return made.getvalue()
