"""The demo shop stands after one command, is the same each time, and never touches a shop that has goods."""

import contextlib
from functools import lru_cache

import pytest
import sqlalchemy as sa

from storefront.catalogue.facts import ImageFacts
from storefront.catalogue.models import Image, Product, StockMovement, Variant
from storefront.catalogue.pictures import image_facts
from storefront.catalogue.queries import contents, home_goods, listing, product_page
from storefront.claims.promising import untrue_now
from storefront.config import Settings
from storefront.database import db, session
from storefront.demo import goods, loading
from storefront.demo.loading import load
from storefront.jobs import Job
from storefront.pictures import sizes
from storefront.pictures.door import take
from storefront.pictures.storage import storage
from storefront.policies.actions import publish_policy
from storefront.policies.badges import badges
from storefront.policies.queries import current_policy
from tests.builders.catalogue import a_product
from tests.policies.documents import a_document

pytestmark = pytest.mark.usefixtures("inside")

_take_once = lru_cache(maxsize=None)(take)


@pytest.fixture(autouse=True)
def _decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty pictures take some seconds: the same bytes are decoded once, however often the demo is loaded."""
    monkeypatch.setattr(sizes, "take", _take_once)


def test_every_good_is_on_its_shelf_in_its_place() -> None:
    assert load()

    for shelf in goods.COLLECTIONS:
        page = listing(shelf.slug, size=100)
        assert [good.slug for good in page.goods] == [product.slug for product in shelf.goods]
    assert [entry.title for entry in contents()] == [shelf.title for shelf in goods.COLLECTIONS]
    assert 38 <= listing().count <= 60
    assert current_policy().id


def test_the_demo_ships_free_to_three_zones_and_says_so_truly() -> None:
    load()

    document = current_policy().document
    assert [zone.name for zone in document.zones] == ["Germany", "European Union", "Everywhere else"]
    assert badges(document)[0].title == "Free shipping on all orders, no minimum"
    assert untrue_now() == []


def test_a_policy_that_somebody_published_stays() -> None:
    publish_policy(a_document(window_days=30), author="system", note="")

    load()

    assert current_policy().document == a_document(window_days=30)


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
        with storage().open(str(picture.file)) as file:
            assert file.read(4) == b"RIFF"
        assert picture.alt
        assert (picture.width, picture.height) == (1200, 1500)


def test_the_worker_makes_the_sizes_of_every_picture() -> None:
    load()

    files = set(session().scalars(sa.select(Image.file)))
    owed = session().scalars(sa.select(Job.args).where(Job.name == "pictures.sizes"))

    assert {args["file"] for args in owed} == files


def test_descriptions_become_html_with_their_headings() -> None:
    load()

    page = product_page("lions-mane-kit")

    assert "<h3>The four steps</h3>" in page.description_html
    assert "<ol>" in page.description_html


def test_gift_cards_are_chosen_by_their_amount_as_money() -> None:
    load()

    cards = sa.select(Variant).join(Product, Product.id == Variant.product_id).where(Product.is_gift_card)
    assert sorted(each.title for each in session().scalars(cards)) == ["€100", "€25", "€50"]


def test_stock_is_the_sum_of_its_movements_and_some_goods_are_sold_out() -> None:
    load()

    moved = sa.select(sa.func.sum(StockMovement.delta)).where(StockMovement.variant_id == Variant.id)
    rows = session().execute(sa.select(Variant.on_hand, moved.scalar_subquery().label("moved"))).all()
    assert all((row.on_hand or 0) == (row.moved or 0) for row in rows)
    assert any(row.on_hand == 0 for row in rows)


def test_a_second_load_changes_nothing(settings: Settings) -> None:
    load()
    before = _everything()
    files = set((settings.instance_dir / "pictures").rglob("*"))

    again = load()

    assert again is False
    assert _everything() == before
    assert set((settings.instance_dir / "pictures").rglob("*")) == files


def test_a_load_that_comes_second_to_another_leaves_no_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = image_facts

    def slowly(content: bytes, *, alt: str) -> ImageFacts:
        with contextlib.suppress(sa.exc.IntegrityError):
            a_product("teapot")
        return taking(content, alt=alt)

    monkeypatch.setattr(loading, "image_facts", slowly)

    loaded = load()

    assert loaded is False
    assert not [path for path in (settings.instance_dir / "pictures").rglob("*") if path.is_file()]


def test_a_shop_that_has_goods_is_left_alone() -> None:
    a_product("teapot")

    loaded = load()

    assert loaded is False
    assert list(session().scalars(sa.select(Product.slug))) == ["teapot"]


def test_progress_ends_with_the_last_picture() -> None:
    told: list[tuple[int, int]] = []

    load(lambda done, of: told.append((done, of)))

    pictures = sum(len(product.pictures) for product in goods.PRODUCTS)
    assert told[-1] == (pictures, pictures)


def _everything() -> list[str]:
    return [repr(row) for table in db.metadata.sorted_tables for row in session().execute(sa.select(table))]
