"""The same file may be imported again: what stands already is not written a second time."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront.catalogue import stock
from storefront.database import db, session, transaction
from storefront.transfer.products import import_products
from storefront.transfer.saving import BATCH
from tests.builders.catalogue import on_hand, the_variants
from tests.transfer.files import a_file, further, plain, sized

pytestmark = pytest.mark.usefixtures("inside")


def everything() -> dict[str, list[object]]:
    """Every row of every table."""
    tables = db.metadata.sorted_tables
    found = {table.name: sorted(map(repr, session().execute(sa.select(table)))) for table in tables}
    return {name: list(rows) for name, rows in found.items()}


def test_the_second_run_changes_nothing(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        sized("tee", "S", Type="Shirts", Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty="3"),
        further("tee", Option1_Value="M", Variant_Price="26", Variant_Compare_At_Price="30"),
        further("tee", Image_Src="https://pictures.example/tee.jpg"),
        plain("teapot", Status="draft"),
        plain("cup", Status="archived"),
    )
    first = import_products(path)
    before = everything()

    second = import_products(path)

    assert (first.new, first.changed, first.unchanged) == (3, 0, 0)
    assert (second.new, second.changed, second.unchanged) == (0, 0, 3)
    assert everything() == before


def test_what_was_sold_between_two_runs_stays_sold(tmp_path: Path) -> None:
    row = plain("teapot", Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty="3")
    import_products(a_file(tmp_path, row))
    (variant,) = the_variants("teapot")
    with transaction():
        stock.take({variant.id: 3}, reference="order:1")

    again = import_products(a_file(tmp_path, row))
    left = on_hand(variant.id)
    recounted = import_products(a_file(tmp_path, {**row, "Variant Inventory Qty": "5"}))

    assert (again.unchanged, left) == (1, 0)
    assert (recounted.changed, on_hand(variant.id)) == (1, 5)


def test_a_file_corrected_after_faults_adds_only_what_was_left_out(tmp_path: Path) -> None:
    import_products(a_file(tmp_path, plain("first"), plain("second", Variant_Price="x")))

    report = import_products(a_file(tmp_path, plain("first"), plain("second")))

    assert (report.new, report.unchanged, report.left_out) == (1, 1, [])


def test_progress_is_told_for_each_batch_up_to_the_last_row(tmp_path: Path) -> None:
    path = a_file(tmp_path, *[plain(f"cup-{number}") for number in range(2 * BATCH + 50)])
    told: list[tuple[int, int]] = []

    report = import_products(path, progress=lambda done, of: told.append((done, of)))

    assert report.new == 2 * BATCH + 50
    assert told == [(BATCH, 450), (2 * BATCH, 450), (450, 450)]
