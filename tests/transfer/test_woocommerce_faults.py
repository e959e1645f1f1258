"""A row of a WooCommerce file that cannot be imported is left out alone, and the report says where and why."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront.catalogue.models import Product, Variant
from storefront.database import session
from storefront.transfer.csvfile import FileRefused
from storefront.transfer.products import import_products
from tests.transfer.files import raw_file, text_of
from tests.transfer.woo_files import COLUMNS, Cells, a_woo_file, simple, variable, variation

pytestmark = pytest.mark.usefixtures("inside")

FIRST, LAST = simple("First"), simple("Last")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([simple(Regular_price="")], "Line 3, Teapot: The price is missing."),
        ([simple(Regular_price="", Sale_price="3")], "The price is missing."),
        ([simple(Regular_price="-1")], "The regular price is below zero"),
        ([simple(Regular_price="free")], "The regular price cannot be read: “free” is not an amount"),
        ([simple(Regular_price="24,00")], "“24,00” is not an amount"),
        ([simple(Regular_price="٢٤")], "is not an amount"),
        ([simple(Regular_price="1e3")], "is not an amount"),
        ([simple(Sale_price="cheap")], "The sale price cannot be read"),
        ([simple(Sale_price="3") | {"Date sale price ends": "soon"}], "“soon” is no date"),
        ([simple(Sale_price="3") | {"Date sale price ends": "2026-02-31"}], "is no date"),
        ([simple("")], "Line 3: The name is missing."),
        ([simple("///")], "The name is missing."),
        ([simple("x" * 301)], "longer than 300"),
        ([simple(Type="grouped")], "Grouped products are not imported"),
        ([simple(Type="external")], "External products are not imported"),
        ([simple(Type="subscription")], "Products of the type “subscription” are not imported."),
        ([simple(Type="simple, downloadable")], "Downloads are not imported"),
        ([simple(Type="downloadable, virtual, simple")], "Downloads are not imported"),
        ([simple(Published="perhaps")], "“Published” is 1, 0 or -1"),
        ([simple(Stock="many")], "The quantity is not a whole number: many."),
        ([simple(Stock="1.5")], "not a whole number"),
        ([simple(Stock=str(2**63))], "not a whole number"),
        ([simple(weight="heavy")], "The weight cannot be read: heavy kg."),
        ([simple(weight="-1")], "The weight cannot be read"),
        ([simple(weight="NaN")], "The weight cannot be read"),
        ([simple(weight="1e999999")], "The weight cannot be read"),
        ([simple(weight="٣")], "The weight cannot be read"),
        ([simple(Position="first")], "“first” is no whole number."),
        ([variable()], "The product has no variations in this file."),
        ([variable(), variation("S"), variation("S")], "Lines 3–5, Tee: Two variants are both “S”."),
        ([variable(), variation("S", Regular_price="x")], "Lines 3–4, Tee: Line 4: The regular price"),
        ([variable(sizes=""), variation("")], "no value for “Size”"),
        ([variable(Stock="5"), variation("S", Stock="parent"), variation("M")], "counted together"),
        ([variable(), variation("", Stock="5")], "counted for several choices together"),
        ([variable(sizes=", ".join(map(str, range(3_000)))), variation("")], "at most 2048 variants"),
        ([variation("S", "absent")], "Line 3: Its parent “absent” is no variable product of this file."),
        ([variation("S", "")], "Line 3: The variation names no parent."),
        ([variation("S", "id:99")], "Its parent “id:99” is no variable product"),
        ([variation("S", "first")], "Its parent “first” is no variable product"),
    ],
)
def test_a_product_that_makes_no_sense_is_left_out_alone(
    rows: list[Cells], says: str, tmp_path: Path
) -> None:
    path = a_woo_file(tmp_path, FIRST, *rows, LAST)

    report = import_products(path)

    assert [each.line for each in report.left_out] == [3]
    assert says in report.left_out[0].text
    assert sorted(session().scalars(sa.select(Product.slug))) == ["first", "last"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"Regular price": ""}, "Line 4, Tee: The price is missing."),
        ({"Type": "variation, downloadable"}, "Line 4, Tee: Downloads are not imported"),
    ],
)
def test_a_variation_that_cannot_be_sold_is_left_out_of_its_product(
    bad: Cells, says: str, tmp_path: Path
) -> None:
    report = import_products(a_woo_file(tmp_path, variable(), variation("M"), variation("S") | bad))

    assert report.new == 1
    assert says in report.left_out[0].text
    assert list(session().scalars(sa.select(Variant.value1))) == ["M"]


def test_the_report_names_every_row_of_a_product_left_out(tmp_path: Path) -> None:
    rows = [variation("S"), simple(), variable(Name="x" * 301), variation("M"), variation("L")]

    report = import_products(a_woo_file(tmp_path, *rows))

    assert report.left_out[0].text.startswith("Lines 2, 4–6, xxx")


def test_a_product_that_stands_twice_is_taken_once(tmp_path: Path) -> None:
    report = import_products(a_woo_file(tmp_path, simple(SKU="A"), FIRST, simple(SKU="A")))

    assert report.new == 2
    assert [each.text for each in report.left_out] == [
        "Line 4, Teapot: The product stands already on line 2; the first one is taken."
    ]


def test_a_second_parent_of_the_same_sku_gets_no_variations(tmp_path: Path) -> None:
    path = a_woo_file(tmp_path, variable("One"), variation("S"), variable("Two"))

    report = import_products(path)

    assert report.new == 1
    assert [each.text for each in report.left_out] == [
        "Line 4, Two: The product has no variations in this file."
    ]


def test_an_sku_on_several_rows_is_kept_and_told(tmp_path: Path) -> None:
    report = import_products(a_woo_file(tmp_path, simple("A", SKU="x"), simple("B", SKU="X")))

    assert report.new == 2
    assert report.notes == ["1 SKU stands on more than one row and was kept."]


GOOD = text_of(FIRST, LAST, columns=COLUMNS)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (text_of(columns=COLUMNS).encode(), "no products"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.replace("First", "Théière").encode("latin-1"), "Line 2 is not UTF-8"),
        (GOOD.replace("First", '"First').encode(), "line 2 is never closed"),
        (GOOD.replace("Last", "La,st").encode(), "Line 3 has 25 cells, but the header has 24"),
        (GOOD.replace("SKU", "Name", 1).encode(), "“Name” stands twice"),
        (GOOD.replace("Regular price", "Price").encode(), "lacks “Regular price”"),
        (GOOD.replace("Name", "Title", 1).encode(), "WooCommerce’s: the header lacks “Name”"),
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
    rows = [simple(f"Cup {number}") for number in range(450)]
    path = raw_file(tmp_path, text_of(*rows, columns=COLUMNS).encode() + b'1,"never closed\r\n')

    with pytest.raises(FileRefused, match="begins on line 452"):
        import_products(path)

    assert session().scalar(sa.select(sa.func.count(Product.id))) == 0
