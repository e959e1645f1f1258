"""A file that is no Shopify product file is refused whole, in a sentence, before anything is written."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront.catalogue.models import Product
from storefront.database import session
from storefront.transfer.csvfile import LONGEST_CELL, FileRefused
from storefront.transfer.products import import_products
from tests.transfer.files import COLUMNS, a_file, plain, raw_file, text_of

pytestmark = pytest.mark.usefixtures("inside")

GOOD = text_of(plain("teapot"), plain("cup"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"\r\n\r\n,,,\r\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (text_of().encode(), "no products"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode("utf-16-le"), "UTF-16"),
        (GOOD.encode("utf-16-be"), "UTF-16"),
        (GOOD.encode("utf-32"), "UTF-32"),
        (GOOD.replace("Teapot", "Théière").encode("latin-1"), "Line 2 is not UTF-8 (byte 0xE9)"),
        (b"PK\x03\x04 and so on", ".xlsx"),
        (b"\x89PNG\r\n\x1a\n\0\0", "no text file"),
        (GOOD.replace("Teapot", "Tea\0pot").encode(), "no text file"),
        ((text_of(*[plain(f"cup-{i}") for i in range(99)]) + "\0").encode(), "Line 101 holds a character"),
        (GOOD.replace("Teapot", '"Teapot', 1).encode(), "row that begins on line 2 is never closed"),
        (GOOD.replace("Teapot", '"Tea"pot').encode(), "line 2 text follows a closed quote"),
        (GOOD.replace("Teapot", "Tea,pot").encode(), "Line 2 has 28 cells, but the header has 27"),
        (GOOD.removesuffix(",active\r\n").encode(), "Line 3 has 26 cells, but the header has 27"),
        (GOOD.replace("\r\n", "\r").encode(), "cannot be read"),
        (GOOD.replace(",", ";").encode(), "not separated by commas"),
        (b"Name,Price\r\nTeapot,24.00\r\n", "lacks “Handle”, “Title”"),
        (b"ID,Type,SKU,Name,Parent\r\n1,simple,,Tee,\r\n", "WooCommerce’s: the header lacks “Regular price”"),
        (GOOD.replace("Tags", "title", 1).encode(), "“title” stands twice"),
        (b"x," * 2_000 + b"\r\n", "more than 1000 cells"),
    ],
)
def test_what_is_no_product_file_is_refused_with_the_reason(
    content: bytes, says: str, tmp_path: Path
) -> None:
    path = raw_file(tmp_path, content)

    with pytest.raises(FileRefused) as refusal:
        import_products(path)

    assert says in refusal.value.message
    assert session().scalar(sa.select(sa.func.count(Product.id))) == 0


def test_a_fault_on_the_last_line_is_found_before_the_first_write(tmp_path: Path) -> None:
    rows = [plain(f"cup-{number}") for number in range(450)]
    path = raw_file(tmp_path, text_of(*rows).encode() + b'cup-450,"never closed\r\n')

    with pytest.raises(FileRefused, match="begins on line 452"):
        import_products(path)

    assert session().scalar(sa.select(sa.func.count(Product.id))) == 0


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_what_cannot_be_opened_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="cannot be read"):
        import_products(tmp_path / name)


@pytest.mark.parametrize("piece", [b"x" * 1_000, b"x" * 998 + b"\r\n"])
def test_a_cell_of_a_hundred_megabytes_is_refused_without_being_read(piece: bytes, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    with path.open("wb") as file:
        file.write(text_of().encode() + b'teapot,"')
        for _kilobyte in range(100_000):
            file.write(piece)

    tracemalloc.start()
    with pytest.raises(FileRefused, match="longer than"):
        import_products(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 40_000_000


def test_a_description_as_long_as_a_cell_may_be_is_reported_not_refused(tmp_path: Path) -> None:
    long = {"Body (HTML)": "x" * (LONGEST_CELL - 1)}
    path = a_file(tmp_path, {**plain("teapot"), **long}, plain("cup"))

    report = import_products(path)

    assert (report.new, [each.handle for each in report.left_out]) == (1, ["teapot"])


@pytest.mark.parametrize(
    "write",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\r\n", "\n").encode(),
        lambda text: text.removesuffix("\r\n").encode(),
        lambda text: (text + "\r\n,,\r\n" * 0 + "\r\n\r\n").encode(),
        lambda text: text.replace("Handle,Title", '"HANDLE "," title"').encode(),
    ],
)
def test_what_spreadsheets_make_of_a_file_is_still_that_file(
    write: Callable[[str], bytes], tmp_path: Path
) -> None:
    path = raw_file(tmp_path, write(GOOD))

    report = import_products(path)

    assert (report.new, report.left_out) == (2, [])


def test_the_columns_may_stand_in_any_order_and_further_ones_are_passed_over(tmp_path: Path) -> None:
    columns = ("Colour of the box", *reversed(COLUMNS))
    path = a_file(tmp_path, plain("teapot"), columns=columns)

    assert import_products(path).new == 1
