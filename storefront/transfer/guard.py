"""The apostrophe that keeps spreadsheets from running a cell: put before what could be a formula, taken off again.

Knows which beginnings spreadsheets run; refuses to know what the cells mean.
"""

import re

# =, +, −, @ and their full-width forms, which spreadsheets in East Asian settings run too. A cell that already has
# apostrophes before one of these gets another, so that taking one off always gives back what was there. WooCommerce
# writes and reads the same rule. Source: OWASP, CSV Injection.
_RUN = "=+\\-@\t\r\n＝＋－＠"
_COULD_RUN = re.compile(f"'*[{_RUN}]")
_GUARDED = re.compile(f"'+[{_RUN}]")


def guarded(text: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{text}" if _COULD_RUN.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    # Looked at first without a pattern: a file has millions of cells, and hardly one begins so.
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text
