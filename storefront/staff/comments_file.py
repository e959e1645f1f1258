"""What was not published, and why, as a file for spreadsheets.

Knows columns; refuses to find anything itself.
"""

import csv
import io
from collections.abc import Sequence

from flask_babel import gettext as _

from storefront.staff.comment_words import ReportRow
from storefront.transfer.guard import guarded


def comments_file(rows: Sequence[ReportRow]) -> str:
    """One line for each decision; nothing that anybody typed is run by a spreadsheet."""
    file = io.StringIO()
    lines = csv.writer(file)
    titles = (_("When"), _("Decision"), _("Reason"), _("By"), _("About"), _("Name"), _("Comment"))
    lines.writerow(guarded(title) for title in titles)
    for row in rows:
        cells = (row.at, row.verdict, row.reason, row.who, row.about, row.name, row.text)
        lines.writerow(guarded(cell) for cell in cells)
    return file.getvalue()
