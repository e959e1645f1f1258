"""The same WooCommerce file may be imported again: what stands already is not written a second time."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront.catalogue import stock
from storefront.catalogue.models import Image
from storefront.database import db, session, transaction
from storefront.transfer.products import import_products
from tests.builders.catalogue import on_hand, the_variants
from tests.transfer.woo_files import a_woo_file, simple, variable, variation

pytestmark = pytest.mark.usefixtures("inside")

PICTURE = "https://pictures.example/1.jpg"


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    tables = db.metadata.sorted_tables
    return {table.name: sorted(map(repr, session().execute(sa.select(table)))) for table in tables}


def test_the_second_run_changes_nothing(tmp_path: Path) -> None:
    path = a_woo_file(
        tmp_path,
        variation("S", Sale_price="20", Stock="3", weight="0.2"),
        simple("Cup", Categories="Tea > Cups, Gifts", Images=PICTURE, Short_description="<b>Thin</b>"),
        simple("Cup", SKU="second", Published="-1", Description="One\\n\\nTwo"),
        variable(Categories="Clothing"),
        variation("", Images=PICTURE, in_stock="0"),
    )
    first = import_products(path)
    before = everything()

    second = import_products(path)

    assert (first.new, first.changed, first.unchanged, first.left_out) == (3, 0, 0, [])
    assert (second.new, second.changed, second.unchanged) == (0, 0, 3)
    assert everything() == before


def test_what_was_sold_between_two_runs_stays_sold(tmp_path: Path) -> None:
    import_products(a_woo_file(tmp_path, simple(Stock="3")))
    (variant,) = the_variants("teapot")
    with transaction():
        stock.take({variant.id: 3}, reference="order:1")

    again = import_products(a_woo_file(tmp_path, simple(Stock="3")))
    left = on_hand(variant.id)
    recounted = import_products(a_woo_file(tmp_path, simple(Stock="5")))

    assert (again.unchanged, left) == (1, 0)
    assert (recounted.changed, on_hand(variant.id)) == (1, 5)


def test_words_of_a_picture_that_no_file_says_are_kept(tmp_path: Path) -> None:
    path = a_woo_file(tmp_path, simple(Images=PICTURE))
    import_products(path)
    with transaction():
        session().execute(sa.update(Image).values(alt="A pot on a table"))

    report = import_products(path)

    assert report.unchanged == 1
    assert session().scalars(sa.select(Image.alt)).all() == ["A pot on a table"]


def test_what_a_file_has_no_column_for_stays_as_it_is(tmp_path: Path) -> None:
    import_products(a_woo_file(tmp_path, simple(SKU="TP", Stock="4", weight="1", Sale_price="20")))
    row = {"Name": "Teapot", "Regular price": "24"}

    report = import_products(a_woo_file(tmp_path, row, columns=tuple(row)))

    (variant,) = the_variants("teapot")
    assert report.changed == 1
    assert (variant.sku, variant.on_hand, variant.weight_grams, variant.price_minor) == ("TP", 4, 1000, 2400)


def test_a_variation_that_is_no_longer_named_is_no_longer_sold(tmp_path: Path) -> None:
    import_products(a_woo_file(tmp_path, variable(), variation("S"), variation("M")))

    import_products(a_woo_file(tmp_path, variable(), variation("M")))

    assert {v.value1: v.is_sold for v in the_variants("tee")} == {"S": False, "M": True}
