"""The subscribers of a list as a file for spreadsheets, written while it is read.

Knows columns; refuses to hold more than some hundred at a time, and any cell that a spreadsheet would run.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _

from storefront.config import settings
from storefront.database import release
from storefront.newsletter.queries import subscribers
from storefront.staff.subscriber_words import cells
from storefront.transfer.guard import guarded

AT_ONCE = 500


def subscribers_file(find: str, state: str) -> Iterator[str]:
    """The header, then a line for each, in the list's order. No connection is held while a line is sent."""
    titles = [_("E-mail address"), _("State"), _("Form"), _("Asked"), _("Confirmed"), _("Ended")]
    yield _line(titles)
    after: int | None = None
    while True:
        rows, after = subscribers(find, state, after=after, size=AT_ONCE)
        release()
        yield "".join(_line(cells(row, _moment)) for row in rows)
        if after is None:
            return


def _moment(at: datetime) -> str:
    return at.astimezone(settings().timezone).isoformat(timespec="seconds")


def _line(cells: list[str]) -> str:
    made = io.StringIO()
    csv.writer(made).writerow(map(guarded, cells))
    return made.getvalue()
