"""A product's page is told all it shows in one statement, and nothing of what is not shown."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from storefront.catalogue import actions
from storefront.catalogue.models import ProductState
from storefront.catalogue.product_page import RELATED
from storefront.catalogue.queries import cart_goods, contents, home_goods, listing, menu, product_page
from storefront.errors import NotFound
from tests.builders.catalogue import a_collection, a_product, the_variants, variant_facts
from tests.counting import Counted

pytestmark = pytest.mark.usefixtures("inside")


@pytest.mark.parametrize("slug", ["unknown", "draft", ""])
def test_a_draft_and_what_never_existed_are_not_found(slug: str) -> None:
    a_product("draft", state=ProductState.DRAFT)

    with pytest.raises(NotFound):
        product_page(slug)


def test_a_withdrawn_product_keeps_its_page_and_is_not_sold() -> None:
    product = a_product("kit")

    actions.withdraw(product.id, by=("staff", 1))

    assert product_page("kit").is_sold is False
    assert product_page("kit").is_available is False


def test_variants_that_are_not_sold_are_not_shown_nor_are_their_values() -> None:
    a_product("kit", variant_facts("S"), variant_facts("M"), variant_facts("L"), options=("Size",))
    a_product("kit", variant_facts("L"), variant_facts("S"), options=("Size",))

    page = product_page("kit")

    assert [variant.title for variant in page.variants] == ["L", "S"]
    assert page.options[0].values == ("L", "S")


def test_the_first_choice_is_the_first_variant_that_can_be_had() -> None:
    a_product("kit", variant_facts("S", on_hand=0), variant_facts("M", on_hand=1), options=("Size",))
    a_product("gone", variant_facts("S", on_hand=0), variant_facts("M", on_hand=0), options=("Size",))

    choices = [product_page(slug).first_choice for slug in ("kit", "gone")]

    assert [choice.title for choice in choices if choice] == ["M", "S"]


def test_related_goods_are_others_of_the_first_collection_that_can_be_had() -> None:
    a_collection("kits", position=1)
    a_collection("tea", position=2)
    for number in range(RELATED + 1):
        a_product(f"kit-{number}", collections=("kits",))
    a_product("empty", variant_facts(on_hand=0), collections=("kits",))
    a_product("draft", state=ProductState.DRAFT, collections=("kits",))
    a_product("leaf", collections=("tea",))

    page = product_page("kit-0")

    assert [good.slug for good in page.related] == ["kit-1", "kit-2", "kit-3", "kit-4"]
    assert product_page("leaf").related == ()


def test_the_hot_reads_keep_their_number_of_statements(
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    a_collection("kits")
    for number in range(3):
        sizes = (variant_facts("S"), variant_facts("M"))
        a_product(f"kit-{number}", *sizes, options=("Size",), collections=("kits",))
    variants = [variant.id for variant in the_variants("kit-1")]
    reads: list[tuple[Callable[[], object], int]] = [
        (lambda: product_page("kit-1"), 1),
        (lambda: listing("kits"), 2),
        (lambda: listing(in_stock_only=True), 2),
        (menu, 1),
        (contents, 1),
        (lambda: home_goods(8), 1),
        (lambda: cart_goods(variants), 1),
    ]

    sent = []
    for read, _allowed in reads:
        with count_queries() as counted:
            read()
        sent.append(counted.selects)

    assert sent == [allowed for _read, allowed in reads]
