"""A file that Shopify wrote, not we: every product of it can be bought."""

import pytest
import sqlalchemy as sa

from storefront.catalogue import stock
from storefront.catalogue.models import Variant
from storefront.catalogue.queries import listing, product_page
from storefront.config import ROOT
from storefront.database import session, transaction
from storefront.transfer.shopify import import_products

APPAREL = ROOT.parent / "shared" / "data" / "shopify" / "apparel.csv"

pytestmark = [
    pytest.mark.usefixtures("inside"),
    pytest.mark.skipif(not APPAREL.exists(), reason="shared/data/shopify/apparel.csv is not here"),
]


def test_all_twenty_products_are_there_and_every_variant_can_be_bought() -> None:
    report = import_products(APPAREL)

    variants = list(session().scalars(sa.select(Variant.id)))
    with transaction():
        stock.take(dict.fromkeys(variants, 1), reference="order:1")
    assert (report.new, report.left_out) == (20, [])
    assert (listing(in_stock_only=True).count, len(variants)) == (20, 22)
    assert product_page("classic-varsity-top").options[0].values == ("Small", "Medium", "Large")
    assert product_page("ocean-blue-shirt").options == ()


def test_a_second_run_changes_nothing() -> None:
    import_products(APPAREL)

    report = import_products(APPAREL)

    assert (report.new, report.changed, report.unchanged) == (0, 0, 20)
