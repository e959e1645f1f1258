"""The demo shop's goods, as they are written down."""

from pathlib import Path

import pytest

from storefront.config import ROOT
from storefront.demo.art.draw import draw
from storefront.demo.art.render import FOLDER, LARGEST_BYTES, digest, goods, printed
from storefront.demo.goods import COLLECTIONS, COVER, PRODUCTS
from storefront.demo.shelf import Product

each_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)


def test_forty_goods_stand_on_five_shelves_and_a_gift_card_on_none() -> None:
    standing = [good.slug for shelf in COLLECTIONS for good in shelf.goods]

    assert len(COLLECTIONS) == 5
    assert len(standing) == len(set(standing)) == 40
    assert {product.slug for product in PRODUCTS} == {*standing, "gift-card"}
    assert [product.slug for product in PRODUCTS if product.is_gift_card] == ["gift-card"]


def test_no_two_variants_share_an_article_number() -> None:
    numbers = [variant.sku for product in PRODUCTS for variant in product.variants]

    assert len(numbers) == len(set(numbers))


@each_product
def test_every_variant_chooses_once_for_each_option(product: Product) -> None:
    # A gift card is chosen by its amount.
    choices = [(each.price,) if product.is_gift_card else each.choices for each in product.variants]

    assert len(product.options) <= 3
    assert len(choices) == len(set(choices))
    assert {len(chosen) for chosen in choices} == {len(product.options)}


@each_product
def test_prices_and_stock_are_what_a_shop_could_have(product: Product) -> None:
    for variant in product.variants:
        assert variant.price > 0
        assert (variant.grams > 0) is not product.is_gift_card
        assert variant.stock is None or variant.stock >= 0
        assert variant.compare_at is None or variant.compare_at > variant.price


def test_some_goods_are_sold_out_and_some_are_nearly() -> None:
    left = {
        product.slug: sum(variant.stock or 0 for variant in product.variants)
        for product in PRODUCTS
        if all(variant.stock is not None for variant in product.variants)
    }

    assert sum(pieces == 0 for pieces in left.values()) >= 3
    assert sum(pieces == 3 for pieces in left.values()) >= 3


@each_product
def test_every_picture_is_there_and_described(product: Product) -> None:
    for picture in product.pictures:
        assert (FOLDER / picture.file).is_file()
        assert picture.alt


def test_the_pictures_kept_are_printed_from_the_drawings_of_today() -> None:
    drawn = {name: digest(svg) for name, svg in goods().items()}

    kept = {path.stem for path in FOLDER.glob("*.webp")}

    assert printed() == drawn
    assert kept == drawn.keys()


def test_every_picture_kept_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.glob("*.webp")}

    assert {name: size for name, size in sizes.items() if size > LARGEST_BYTES} == {}


def test_the_cover_kept_is_the_cover_drawn(tmp_path: Path) -> None:
    kept = ROOT / "static" / "demo" / COVER.picture.file

    drawn = draw(tmp_path)

    assert drawn.read_bytes() == kept.read_bytes()
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
