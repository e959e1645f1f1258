"""An export is a whole file or none, runs in no spreadsheet, and takes no more memory for more products."""

import csv
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from storefront.catalogue import actions, steps, whole
from storefront.catalogue.facts import Outcome
from storefront.catalogue.whole import Whole, whole_products
from storefront.database import transaction
from storefront.errors import Refused
from storefront.transfer import exporting
from storefront.transfer.exporting import FORMS, export_products
from tests.builders.catalogue import a_product, product_facts, variant_facts
from tests.transfer.catalogues import save, the_awkward_one

pytestmark = pytest.mark.usefixtures("inside")

every_form = pytest.mark.parametrize("form", FORMS)


def cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


@every_form
def test_no_cell_begins_with_what_a_spreadsheet_runs(form: str, tmp_path: Path) -> None:
    save(the_awkward_one())
    path = tmp_path / "export.csv"

    export_products(path, form=form)

    assert [cell for cell in cells(path) if cell[:1] in set("=+-@\t\r\n＝＋－＠")] == []


@every_form
def test_an_empty_shop_is_a_header(form: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"

    assert export_products(path, form=form) == 0
    assert len(path.read_text().splitlines()) == 1


def test_an_export_that_breaks_off_leaves_what_stood_there_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_product("teapot")
    path = tmp_path / "export.csv"
    path.write_text("the last one")

    def break_off() -> Iterator[Whole]:
        yield from whole_products()
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "whole_products", break_off)
    with pytest.raises(KeyboardInterrupt):
        export_products(path, form="shopify")

    assert path.read_text() == "the last one"
    assert [each.name for each in tmp_path.iterdir() if "export" in each.name] == ["export.csv"]


def test_a_finished_export_takes_the_place_of_the_last_one_through_a_link(tmp_path: Path) -> None:
    a_product("teapot")
    path, link = tmp_path / "export.csv", tmp_path / "link.csv"
    path.write_text("the last one")
    link.symlink_to(path)

    export_products(link, form="shopify")

    assert link.is_symlink()
    assert path.read_text().startswith("Handle,")


@pytest.mark.parametrize("place", ["absent/export.csv", "a-file/export.csv", "."])
def test_a_place_where_no_file_can_be_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")

    with pytest.raises(Refused, match=r"is no file|cannot be written"):
        export_products(tmp_path / place, form="shopify")


def test_a_device_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is no file"):
        export_products("/dev/null", form="shopify")

    assert Path("/dev/null").is_char_device()


def test_a_product_that_is_saved_while_it_is_read_is_written_as_it_then_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_product("tee", variant_facts("S"), options=("Size",))
    read = whole._read
    saved: list[Outcome] = []

    def save_meanwhile(rows: list[object]) -> list[Whole]:
        if not saved:
            saved.append(
                actions.save_product(product_facts("tee", variant_facts("Red"), options=("Colour",)))
            )
        return read(rows)

    monkeypatch.setattr(whole, "_read", save_meanwhile)
    found = list(whole_products())

    assert [each.facts.options for each in found] == [("Colour",)]


@every_form
def test_memory_stays_the_same_however_many_products_there_are(form: str, tmp_path: Path) -> None:
    def peak(products: int) -> int:
        facts = [product_facts(f"{products}-{n}", description="x" * 4_000) for n in range(products)]
        with transaction():
            steps.save_products(facts, reference="many")
        del facts
        tracemalloc.start()
        export_products(tmp_path / "export.csv", form=form)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, many = peak(600), peak(1_800)

    assert many < few * 1.2
