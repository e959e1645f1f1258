"""CSV files from elsewhere: read line by line within limits, and refused as a whole where they are no CSV.

Knows encodings and quoting; refuses to know what any column means.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from flask_babel import gettext as _

from storefront.errors import Refused

# In characters. Shopify's longest text is 512 KB; what is longer is an unclosed quote or no CSV at all.
LONGEST_CELL = 1_000_000
LONGEST_LINE = 4_000_000
MOST_COLUMNS = 1_000

_BOM = b"\xef\xbb\xbf"
_SIGNATURES = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_OTHER_KINDS = (
    (b"PK\x03\x04", ".xlsx"),
    (b"\xd0\xcf\x11\xe0", ".xls"),
    (b"\x1f\x8b", ".gz"),
    (b"%PDF", ".pdf"),
)


class FileRefused(Refused):
    """The file cannot be imported at all; nothing was written."""


class Row(NamedTuple):
    """A row's cells, and the line (from 1) and the byte at which it begins."""

    line: int
    cells: list[str]
    at: int = 0


def header_of(path: Path) -> Row:
    """The first row that is not blank. Raises FileRefused."""
    for row in _records(path):
        return row
    raise FileRefused(_("The file is empty."))


def rows_of(path: Path) -> Iterator[Row]:
    """The rows below the header, blank ones left out, each as wide as the header. Raises FileRefused."""
    records = _records(path)
    header = next(records, None)
    if header is None:
        raise FileRefused(_("The file is empty."))
    for row in records:
        if len(row.cells) != len(header.cells):
            raise FileRefused(
                _(
                    "Line %(line)s has %(cells)s cells, but the header has %(columns)s.",
                    line=row.line,
                    cells=len(row.cells),
                    columns=len(header.cells),
                )
            )
        yield row


def _records(path: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileRefused(_("The file cannot be read: %(reason)s.", reason=error.strerror)) from error
    with file:
        _refuse_other_kinds(file)
        lines = _Lines(file)
        reader = csv.reader(lines, strict=True)
        while True:
            # The reader tells where it is; people look for where the row began.
            line, at = reader.line_num + 1, lines.at
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileRefused(_structure(str(error), line)) from error
            if len(cells) > MOST_COLUMNS:
                raise FileRefused(
                    _("Line %(line)s has more than %(most)s cells.", line=line, most=MOST_COLUMNS)
                )
            if any(cell.strip() for cell in cells):
                yield Row(line, cells, at)


class RowsAgain:
    """Single rows of a file that was looked through before, by the bytes at which they begin."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def row(self, *, at: int, line: int) -> Row:
        """The row at a byte, which began on `line`. Raises FileRefused where the file is another by now."""
        self._file.seek(at)
        try:
            return Row(line, next(csv.reader(_Lines(self._file, at), strict=True)), at)
        except (csv.Error, StopIteration) as error:
            raise FileRefused(_("The file was changed while it was read.")) from error


def _refuse_other_kinds(file: BinaryIO) -> None:
    head = file.read(4096)
    file.seek(0)
    for signature, encoding in _SIGNATURES:
        if head.startswith(signature):
            raise FileRefused(_is_encoded(encoding))
    for signature, kind in _OTHER_KINDS:
        if head.startswith(signature):
            raise FileRefused(_("This is a %(kind)s file, not CSV: save it as “CSV UTF-8”.", kind=kind))
    if b"\0" in head:
        # Every second byte of western text in UTF-16 is nought.
        looks_wide = head.count(b"\0") * 3 > len(head)
        raise FileRefused(_is_encoded("UTF-16") if looks_wide else _("This is no text file."))


def _is_encoded(encoding: str) -> str:
    return _("The file is in %(encoding)s: save it as “CSV UTF-8”.", encoding=encoding)


class _Lines:
    """Decoded lines, never more than one in memory, so that an error can name its line; `at` is the next's byte."""

    def __init__(self, file: BinaryIO, at: int = 0) -> None:
        self._file, self.at, self._number = file, at, 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(LONGEST_LINE + 1)
        if not raw:
            raise StopIteration
        self._number += 1
        if len(raw) > LONGEST_LINE:
            raise FileRefused(
                _(
                    "Line %(line)s is longer than %(most)s bytes: is a quote not closed?",
                    line=self._number,
                    most=LONGEST_LINE,
                )
            )
        if b"\0" in raw:
            raise FileRefused(_("Line %(line)s holds a character that no text has (NUL).", line=self._number))
        try:
            text = (raw.removeprefix(_BOM) if self.at == 0 else raw).decode("utf-8")
        except UnicodeDecodeError as error:
            raise FileRefused(_no_utf8(self._number, raw[error.start])) from error
        self.at += len(raw)
        return text


def _no_utf8(line: int, byte: int) -> str:
    return _(
        "Line %(line)s is not UTF-8 (byte %(byte)s): save the file as “CSV UTF-8”.",
        line=line,
        byte=f"0x{byte:02X}",
    )


def _structure(error: str, line: int) -> str:
    """Python's word for what is wrong, in a sentence that says where the row begins."""
    if "unexpected end" in error:
        return _("A quote opened in the row that begins on line %(line)s is never closed.", line=line)
    if "field larger" in error:
        return _(
            "A cell in the row that begins on line %(line)s is longer than %(most)s characters:"
            " is a quote not closed?",
            line=line,
            most=LONGEST_CELL,
        )
    if "expected after" in error:
        return _(
            "In the row that begins on line %(line)s text follows a closed quote:"
            " quotes inside a cell are written twice.",
            line=line,
        )
    return _("The row that begins on line %(line)s cannot be read: %(error)s.", line=line, error=error)
