"""Files that Shopify and WooCommerce wrote, not we: each row is accounted for, and what is imported can be bought."""

import pytest
import sqlalchemy as sa

from storefront.catalogue import stock
from storefront.catalogue.models import Collection, Product, ProductState, Variant
from storefront.catalogue.queries import listing, product_page
from storefront.config import ROOT
from storefront.database import session, transaction
from storefront.transfer.products import import_products

DATA = ROOT.parent / "shared" / "data"
APPAREL = DATA / "shopify" / "apparel.csv"
SAMPLE = DATA / "woocommerce" / "sample_products.csv"

pytestmark = pytest.mark.usefixtures("inside")
needs_apparel = pytest.mark.skipif(not APPAREL.exists(), reason="shared/data/shopify/apparel.csv is not here")
needs_sample = pytest.mark.skipif(
    not SAMPLE.exists(), reason="shared/data/woocommerce/sample_products.csv is not here"
)


@needs_apparel
def test_all_twenty_products_are_there_and_every_variant_can_be_bought() -> None:
    report = import_products(APPAREL)

    variants = list(session().scalars(sa.select(Variant.id)))
    with transaction():
        stock.take(dict.fromkeys(variants, 1), reference="order:1")
    assert (report.new, report.left_out) == (20, [])
    assert (listing(in_stock_only=True).count, len(variants)) == (20, 22)
    assert product_page("classic-varsity-top").options[0].values == ("Small", "Medium", "Large")
    assert product_page("ocean-blue-shirt").options == ()


@needs_apparel
def test_a_second_run_of_shopify_s_file_changes_nothing() -> None:
    import_products(APPAREL)

    report = import_products(APPAREL)

    assert (report.new, report.changed, report.unchanged) == (0, 0, 20)


@needs_sample
def test_each_of_the_sample_s_24_rows_is_accounted_for() -> None:
    report = import_products(SAMPLE)

    simple = {"hoodie-with-pocket-and-logo", "beanie", "belt", "cap", "sunglasses", "hoodie-with-pocket"}
    simple |= {"t-shirt-with-logo", "beanie-with-logo", "scarf"}
    # Two products with their nine variations, nine simple ones, and four rows left out.
    assert set(session().scalars(sa.select(Product.slug))) == simple | {"t-shirt", "hoodie"}
    assert (report.new, [each.text.partition(":")[0] for each in report.left_out]) == (
        11,
        ["Line 10, Album", "Line 11, Single", "Line 17, Logo Collection", "Line 18, ClassicPress Donation"],
    )
    assert report.notes == [
        "19 pictures were not fetched; their addresses are kept.",
        "1 product is hidden from the catalogue and became a draft.",
        "3 variations stand for any value of an option and became a variant for each.",
        "5 attributes offer no choice and were passed over.",
        "9 variations have descriptions of their own, which were passed over.",
    ]


@needs_sample
def test_the_sample_s_variations_prices_and_categories_are_the_shop_s() -> None:
    import_products(SAMPLE)

    hoodie, shirt = product_page("hoodie"), product_page("t-shirt")
    prices = {v.values: v.price.minor for v in hoodie.variants}
    assert {option.name: set(option.values) for option in hoodie.options} == {
        "Color": {"Red", "Green", "Blue"},
        "Logo": {"Yes", "No"},
    }
    assert (len(prices), prices["Red", "No"], prices["Red", "Yes"]) == (6, 4200, 4500)
    assert len(shirt.variants) == 9
    assert {shelf.slug: shelf.title for shelf in session().scalars(sa.select(Collection))} == {
        "clothing-tshirts": "Tshirts",
        "clothing-hoodies": "Hoodies",
        "clothing-accessories": "Accessories",
    }


@needs_sample
def test_what_is_published_of_the_sample_can_be_bought() -> None:
    import_products(SAMPLE)

    published = sa.select(Variant.id).join(Product).where(Product.state == ProductState.PUBLISHED)
    with transaction():
        stock.take(dict.fromkeys(session().scalars(published), 1), reference="order:1")

    assert listing(in_stock_only=True).count == 10


@needs_sample
def test_a_second_run_of_woocommerce_s_file_changes_nothing() -> None:
    import_products(SAMPLE)

    report = import_products(SAMPLE)

    assert (report.new, report.changed, report.unchanged) == (0, 0, 11)
