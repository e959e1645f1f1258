"""The demo shop stands after one command, is the same each time, and never touches a shop that has goods."""

import pytest
import sqlalchemy as sa

from storefront.catalogue.models import Image, Product, StockMovement, Variant
from storefront.catalogue.queries import contents, home_goods, listing, product_page
from storefront.config import ROOT
from storefront.database import db, session
from storefront.demo import goods
from storefront.demo.loading import load
from storefront.policies.queries import current_policy
from tests.builders.catalogue import a_product

pytestmark = pytest.mark.usefixtures("inside")


def test_every_good_is_on_its_shelf_in_its_place() -> None:
    assert load()

    for shelf in goods.COLLECTIONS:
        page = listing(shelf.slug, size=100)
        assert [good.slug for good in page.goods] == [product.slug for product in shelf.goods]
    assert [entry.title for entry in contents()] == [shelf.title for shelf in goods.COLLECTIONS]
    assert 38 <= listing().count <= 60
    assert current_policy().id


def test_the_front_page_begins_with_what_the_demo_puts_first() -> None:
    load()

    sold_out = {slug for slug in goods.ON_THE_SHELF if not product_page(slug).is_available}
    expected = [slug for slug in goods.ON_THE_SHELF if slug not in sold_out]

    assert [good.slug for good in home_goods(len(expected))] == expected


def test_every_picture_of_the_demo_is_a_file_of_ours_with_words_and_a_size() -> None:
    load()

    pictures = list(session().scalars(sa.select(Image)))

    assert pictures
    for picture in pictures:
        assert (ROOT / "static" / str(picture.path)).is_file()
        assert picture.alt
        assert picture.width
        assert picture.height


def test_descriptions_become_html_with_their_headings() -> None:
    load()

    page = product_page("lions-mane-kit")

    assert "<h3>The four steps</h3>" in page.description_html
    assert "<ol>" in page.description_html


def test_stock_is_the_sum_of_its_movements_and_some_goods_are_sold_out() -> None:
    load()

    moved = sa.select(sa.func.sum(StockMovement.delta)).where(StockMovement.variant_id == Variant.id)
    rows = session().execute(sa.select(Variant.on_hand, moved.scalar_subquery().label("moved"))).all()
    assert all((row.on_hand or 0) == (row.moved or 0) for row in rows)
    assert any(row.on_hand == 0 for row in rows)


def test_a_second_load_changes_nothing() -> None:
    load()
    before = _everything()

    again = load()

    assert again is False
    assert _everything() == before


def test_a_shop_that_has_goods_is_left_alone() -> None:
    a_product("teapot")

    loaded = load()

    assert loaded is False
    assert list(session().scalars(sa.select(Product.slug))) == ["teapot"]


def test_progress_ends_with_the_last_good() -> None:
    told: list[tuple[int, int]] = []

    load(lambda done, of: told.append((done, of)))

    assert told[-1] == (len(goods.PRODUCTS), len(goods.PRODUCTS))


def _everything() -> list[str]:
    return [repr(row) for table in db.metadata.sorted_tables for row in session().execute(sa.select(table))]
