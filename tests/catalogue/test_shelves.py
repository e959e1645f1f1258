"""Shelves show what is published, in the order asked for, page after page, each product once."""

from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront.catalogue import actions
from storefront.catalogue.facts import ImageFacts
from storefront.catalogue.models import ProductState
from storefront.catalogue.queries import cart_goods, contents, home_goods, listing, menu
from storefront.catalogue.shelves import COUNTED_AT_MOST
from storefront.catalogue.shown import Sort
from storefront.errors import NotFound
from storefront.money import Money
from tests.builders.catalogue import a_collection, a_product, product_facts, the_variants, variant_facts

pytestmark = pytest.mark.usefixtures("inside")

GOODS = {"amber": (3000, 0), "birch": (1000, 4), "cedar": (2000, 4), "dahlia": (1000, 0), "elder": (2000, 4)}


@pytest.fixture
def shelf(inside: Flask, frozen: ModuleType) -> None:
    """Five goods in a collection, saved a day apart; two of them sold out."""
    a_collection("kits", title="Growing kits")
    for slug, (price, pieces) in GOODS.items():
        variant = variant_facts(price_minor=price, on_hand=pieces)
        a_product(slug, variant, title=slug.title(), collections=("kits",))
        frozen.advance(timedelta(days=1))


def slugs(collection: str | None, *, sort: Sort, in_stock_only: bool = False, size: int = 24) -> list[str]:
    """Every slug of a shelf, from page to page until the end."""
    found: list[str] = []
    page = listing(collection, sort=sort, in_stock_only=in_stock_only, size=size)
    found += [good.slug for good in page.goods]
    while page.following is not None:
        page = listing(collection, sort=sort, in_stock_only=in_stock_only, size=size, after=page.following)
        found += [good.slug for good in page.goods]
    return found


ORDERS = {
    Sort.FEATURED: ["amber", "birch", "cedar", "dahlia", "elder"],
    Sort.NEWEST: ["elder", "dahlia", "cedar", "birch", "amber"],
    Sort.CHEAPEST: ["birch", "dahlia", "cedar", "elder", "amber"],
    Sort.DEAREST: ["amber", "elder", "cedar", "dahlia", "birch"],
    Sort.TITLE: ["amber", "birch", "cedar", "dahlia", "elder"],
}


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("collection", [None, "kits"])
@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("sort", list(Sort))
def test_each_sort_shows_each_good_once_whatever_a_page_holds(
    sort: Sort, size: int, collection: str | None
) -> None:
    found = slugs(collection, sort=sort, size=size)

    assert found == ORDERS[sort]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("collection", [None, "kits"])
@pytest.mark.parametrize("sort", list(Sort))
def test_the_page_before_is_the_page_one_came_from(sort: Sort, collection: str | None) -> None:
    first = listing(collection, sort=sort, size=2)
    second = listing(collection, sort=sort, size=2, after=first.following)
    third = listing(collection, sort=sort, size=2, after=second.following)

    back = listing(collection, sort=sort, size=2, before=third.previous)
    start = listing(collection, sort=sort, size=2, before=back.previous)

    assert back == second
    assert start == first
    assert (first.previous, third.following) == (None, None)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("collection", [None, "kits"])
def test_in_stock_only_leaves_out_what_is_sold_out_and_counts_the_rest(collection: str | None) -> None:
    page = listing(collection, sort=Sort.TITLE, in_stock_only=True)

    assert [good.slug for good in page.goods] == ["birch", "cedar", "elder"]
    assert (page.count, page.is_more) == (3, False)


@pytest.mark.usefixtures("shelf")
def test_a_place_in_a_collection_goes_before_the_order_of_arrival() -> None:
    a_collection("gifts")
    for slug in ("elder", "amber"):
        actions.save_product(product_facts(slug, collections=("gifts",)))
    gifts = listing("gifts").goods
    assert [good.slug for good in gifts] == ["amber", "elder"]

    amber = next(good for good in gifts if good.slug == "amber")
    actions.place(amber.id, collection_id=a_collection("gifts").id, position=9)

    assert slugs("gifts", sort=Sort.FEATURED, size=1) == ["elder", "amber"]


def test_only_what_is_published_is_listed() -> None:
    a_product("shown")
    a_product("drafted", state=ProductState.DRAFT)
    actions.withdraw(a_product("gone").id, by=("staff", 1))

    page = listing()

    assert [good.slug for good in page.goods] == ["shown"]
    assert [good.slug for good in home_goods(8)] == ["shown"]
    assert page.count == 1


def test_a_card_shows_the_lowest_price_and_what_is_left() -> None:
    a_product(
        "kit",
        variant_facts("S", price_minor=2400, was_minor=2900, on_hand=2),
        variant_facts("M", price_minor=3800, on_hand=3),
        options=("Size",),
    )

    (good,) = listing().goods

    assert (good.price, good.was, good.has_dearer) == (Money(2400, "EUR"), None, True)
    assert (good.left, good.is_scarce, good.picture) == (5, True, None)


def test_pieces_are_not_told_where_a_variant_is_never_counted() -> None:
    a_product("kit", variant_facts("S", on_hand=2), variant_facts("M", on_hand=None), options=("Size",))

    (good,) = listing().goods

    assert (good.left, good.is_scarce, good.is_available) == (None, False, True)


def test_the_first_picture_of_ours_is_the_card_s() -> None:
    first, second = (ImageFacts(file=f"{i}.png", alt="A", width=1, height=2) for i in "ab")
    actions.save_product(product_facts("kit", images=(first, second)))
    actions.save_product(
        product_facts("far", images=(ImageFacts(source_url="https://pictures.example/c.jpg"),))
    )

    pictures = {good.slug: good.picture for good in listing().goods}

    assert pictures["kit"] is not None
    assert (pictures["kit"].file, pictures["kit"].alt) == ("a.png", "A")
    assert pictures["far"] is None


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("anchor", [-1, 0, 2**63])
def test_a_page_after_an_impossible_product_is_not_found(anchor: int) -> None:
    with pytest.raises(NotFound):
        listing(after=anchor)

    assert listing(after=4711).goods == ()


def test_a_collection_that_does_not_exist_is_not_found_and_an_empty_one_is_empty() -> None:
    a_collection("empty")

    with pytest.raises(NotFound):
        listing("unknown")

    assert (listing("empty").goods, listing("empty").count) == ((), 0)


def test_the_menu_names_its_collections_in_order_and_the_contents_count_them() -> None:
    a_collection("tea", title="Tea", position=2)
    a_collection("kits", title="Growing kits", position=1)
    a_product("kit", collections=("kits", "tea"))
    a_product("draft", state=ProductState.DRAFT, collections=("tea",))

    entries = contents()

    assert [heading.title for heading in menu()] == ["Growing kits", "Tea"]
    assert [(entry.slug, entry.count, entry.is_more) for entry in entries] == [
        ("kits", 1, False),
        ("tea", 1, False),
    ]


def test_counting_stops_where_a_number_says_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert COUNTED_AT_MOST == 1000
    monkeypatch.setattr("storefront.catalogue.shelves.COUNTED_AT_MOST", 2)
    for slug in ("a", "b", "c"):
        a_product(slug)

    page = listing()

    assert (page.count, page.is_more) == (2, True)


def test_the_cart_is_told_what_each_variant_is_now() -> None:
    a_product("kit", variant_facts("S", sku="K-S", on_hand=2), variant_facts("M"), options=("Size",))
    small, medium = (variant.id for variant in the_variants("kit"))
    actions.save_product(product_facts("kit", variant_facts("S", price_minor=1900), options=("Size",)))

    goods = cart_goods([small, medium, 4711, 0, 2**63])

    assert goods.keys() == {small, medium}
    assert (goods[small].variant_title, goods[small].price, goods[small].is_sold) == (
        "S",
        Money(1900, "EUR"),
        True,
    )
    assert goods[medium].is_sold is False
    assert cart_goods([]) == {}


def test_goods_of_a_product_that_is_not_published_are_not_sold() -> None:
    product = a_product("kit")
    actions.withdraw(product.id, by=("staff", 1))
    (variant,) = the_variants("kit")

    goods = cart_goods([variant.id])

    assert goods[variant.id].is_sold is False
