"""What is exported is imported without a change, and exported again from another shop to the last byte."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from storefront import create_app
from storefront.catalogue import stock
from storefront.catalogue.facts import ProductFacts
from storefront.catalogue.models import Cause, ProductState
from storefront.catalogue.whole import whole_products
from storefront.config import ROOT, Settings
from storefront.database import db, session, transaction
from storefront.demo.loading import load
from storefront.transfer.exporting import FORMS, export_products
from storefront.transfer.products import import_products
from tests.builders.catalogue import a_product, the_product, the_variants, variant_facts
from tests.databases import SqliteTemplate, dispose
from tests.environment import shop_environment
from tests.transfer.catalogues import catalogues, save, the_awkward_one

SAMPLES = {
    "shopify": ROOT.parent / "shared" / "data" / "shopify" / "apparel.csv",
    "woocommerce": ROOT.parent / "shared" / "data" / "woocommerce" / "sample_products.csv",
}

every_form = pytest.mark.parametrize("form", FORMS)


@contextmanager
def a_shop(template: SqliteTemplate) -> Iterator[Path]:
    """An empty shop of its own, with its context pushed; its folder."""
    folder = Path(tempfile.mkdtemp())
    environ = shop_environment(database_url=template.fresh(folder), folder=folder)
    app: Flask = create_app(Settings.from_environ(environ))
    with app.app_context():
        yield folder
        session().remove()
    dispose(app)
    shutil.rmtree(folder)


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    return {
        table.name: sorted(map(repr, session().execute(sa.select(table))))
        for table in db.metadata.sorted_tables
    }


def exported(folder: Path, form: str) -> Path:
    """The shop's export."""
    export_products(folder / "export.csv", form=form)
    return folder / "export.csv"


@every_form
# Shrinking would take minutes, at two databases an example.
@settings(
    max_examples=30,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(catalogue=catalogues)
def test_any_catalogue_goes_out_and_in_again(
    catalogue: list[ProductFacts], form: str, sqlite_template: SqliteTemplate
) -> None:
    with a_shop(sqlite_template) as folder:
        save(catalogue)
        path = exported(folder, form)
        first = path.read_bytes()
        before = everything()

        report = import_products(path)

        assert (report.left_out, report.new, report.changed) == ([], 0, 0)
        assert report.unchanged == len(catalogue)
        assert everything() == before

        with a_shop(sqlite_template) as other:
            moved = import_products(path)

            assert (moved.left_out, moved.new) == ([], len(catalogue))
            assert exported(other, form).read_bytes() == first


@every_form
@pytest.mark.usefixtures("inside")
def test_an_awkward_catalogue_is_unchanged_by_its_export(form: str, tmp_path: Path) -> None:
    save(the_awkward_one())
    before = everything()

    report = import_products(exported(tmp_path, form))

    assert (report.left_out, report.new, report.changed, report.unchanged) == ([], 0, 0, 4)
    assert everything() == before


@every_form
@pytest.mark.usefixtures("inside")
def test_an_empty_shop_becomes_the_one_that_was_exported(
    form: str, sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    with a_shop(sqlite_template) as folder:
        save(the_awkward_one())
        path = Path(shutil.copy(exported(folder, form), tmp_path / "moved.csv"))
        goods = [each.facts for each in whole_products()]

    report = import_products(path)

    arrived = [each.facts for each in whole_products()]
    assert report.left_out == []
    assert exported(tmp_path, form).read_bytes() == path.read_bytes()
    assert [facts.variants for facts in arrived] == [facts.variants for facts in goods]
    assert [facts.description for facts in arrived] == [facts.description for facts in goods]


@every_form
@pytest.mark.usefixtures("inside")
def test_a_withdrawn_product_stays_so_and_is_a_draft_in_another_shop(
    form: str, sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    a_product("teapot")
    a_product("teapot", state=ProductState.WITHDRAWN)
    path = exported(tmp_path, form)

    report = import_products(path)

    assert (report.unchanged, the_product("teapot").state) == (1, ProductState.WITHDRAWN)
    with a_shop(sqlite_template):
        import_products(path)
        assert the_product("teapot").state == ProductState.DRAFT


@every_form
@pytest.mark.usefixtures("inside")
def test_what_is_no_longer_sold_is_neither_exported_nor_sold_again(form: str, tmp_path: Path) -> None:
    a_product("tee", variant_facts("S"), variant_facts("M"), options=("Size",))
    a_product("tee", variant_facts("S"), options=("Size",))

    report = import_products(exported(tmp_path, form))

    assert report.unchanged == 1
    assert [(v.value1, v.is_sold) for v in the_variants("tee")] == [("S", True), ("M", False)]


@every_form
@pytest.mark.usefixtures("inside")
def test_pieces_sold_after_an_export_come_back_only_where_they_were_counted_since(
    form: str, tmp_path: Path
) -> None:
    a_product("teapot", variant_facts(on_hand=3))
    (variant,) = the_variants("teapot")
    with transaction():
        stock.move(variant.id, 2, cause=Cause.RESTOCK, reference="count:1")
    path = exported(tmp_path, form)

    report = import_products(path)

    assert (report.unchanged, the_variants("teapot")[0].on_hand) == (1, 5)


@every_form
@pytest.mark.usefixtures("inside")
def test_the_demo_shop_is_unchanged_by_its_export(form: str, tmp_path: Path) -> None:
    load()

    report = import_products(exported(tmp_path, form))

    assert (report.left_out, report.new, report.changed) == ([], 0, 0)
    assert report.unchanged > 0


@every_form
@pytest.mark.parametrize("sample", sorted(SAMPLES))
@pytest.mark.usefixtures("inside")
def test_a_real_shop_s_goods_survive_both_formats(sample: str, form: str, tmp_path: Path) -> None:
    if not SAMPLES[sample].exists():
        pytest.skip(f"shared/data/{sample} is not here")
    import_products(SAMPLES[sample])

    report = import_products(exported(tmp_path, form))

    assert (report.left_out, report.new, report.changed) == ([], 0, 0)
