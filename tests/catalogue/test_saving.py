"""Saving a product writes what differs, once; what was not said stays as it is."""

import pytest
import sqlalchemy as sa

from storefront.catalogue import actions, stock
from storefront.catalogue.facts import ImageFacts, Outcome, ProductFacts, VariantFacts
from storefront.catalogue.models import Image, PriceChange, ProductState, StockMovement
from storefront.catalogue.queries import product_page
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.money import Money
from tests.builders.catalogue import (
    a_collection,
    a_product,
    moved,
    product_facts,
    the_product,
    the_variants,
    variant_facts,
)

pytestmark = pytest.mark.usefixtures("inside")


def sizes(*values: str, price_minor: int = 2400, on_hand: int = 3) -> ProductFacts:
    variants = (variant_facts(value, price_minor=price_minor, on_hand=on_hand) for value in values)
    return product_facts("kit", *variants, options=("Size",))


def sell(variant_id: int, pieces: int) -> None:
    with transaction():
        stock.take({variant_id: pieces}, reference="order:1")


def in_state(slug: str, state: ProductState) -> None:
    product = a_product(slug, state=ProductState.DRAFT)
    if state is not ProductState.DRAFT:
        actions.publish(product.id, by=("staff", 1))
    if state is ProductState.WITHDRAWN:
        actions.withdraw(product.id, by=("staff", 1))


def test_a_product_saved_twice_is_unchanged_and_writes_nothing() -> None:
    facts = sizes("S", "M")
    actions.save_product(facts)
    before = the_product("kit").version

    outcome = actions.save_product(facts)

    assert outcome is Outcome.UNCHANGED
    assert the_product("kit").version == before
    assert session().scalar(sa.select(sa.func.count(StockMovement.id))) == 2


def test_a_new_product_has_all_that_was_said_of_it() -> None:
    a_collection("kits", title="Growing kits")
    picture = ImageFacts(file="kit.png", alt="A box", width=10, height=20)
    facts = product_facts(
        "kit",
        variant_facts(
            "S", "Plain", price_minor=2400, was_minor=2900, on_hand=3, sku="K-S", weight_grams=1500
        ),
        options=("Size", "Box"),
        description="Cut the bag.",
        images=(picture,),
        collections=("kits",),
    )

    outcome = actions.save_product(facts)

    page = product_page("kit")
    assert outcome is Outcome.NEW
    assert page.collection is not None
    assert (page.collection.title, page.description_html) == ("Growing kits", "<p>Cut the bag.</p>")
    assert [(option.name, option.values) for option in page.options] == [
        ("Size", ("S",)),
        ("Box", ("Plain",)),
    ]
    assert [(shown.file, shown.width, shown.height) for shown in page.pictures] == [("kit.png", 10, 20)]
    (variant,) = page.variants
    assert (variant.title, variant.sku, variant.weight_grams, variant.on_hand) == (
        "S / Plain",
        "K-S",
        1500,
        3,
    )
    assert (variant.price, variant.was) == (Money(2400, "EUR"), None)


def test_a_price_that_changes_leaves_its_history() -> None:
    actions.save_product(sizes("S", price_minor=2400))

    outcome = actions.save_product(sizes("S", price_minor=1900))

    prices = list(session().scalars(sa.select(PriceChange.price_minor).order_by(PriceChange.id)))
    assert outcome is Outcome.CHANGED
    assert prices == [2400, 1900]
    assert the_product("kit").lowest_price_minor == 1900


def test_a_price_before_that_the_new_price_reaches_is_dropped() -> None:
    actions.save_product(product_facts("kit", variant_facts(price_minor=2400, was_minor=2900)))

    actions.save_product(product_facts("kit", variant_facts(price_minor=2900)))

    assert the_variants("kit")[0].compare_at_minor is None


def test_a_variant_that_is_no_longer_named_is_no_longer_sold_and_comes_back_when_named() -> None:
    actions.save_product(sizes("S", "M"))

    actions.save_product(sizes("S"))
    after_one = [(variant.title, variant.is_sold) for variant in the_variants("kit")]
    actions.save_product(sizes("S", "M"))

    assert after_one == [("S", True), ("M", False)]
    assert [(variant.title, variant.is_sold) for variant in the_variants("kit")] == [("S", True), ("M", True)]


def test_what_is_not_said_stays() -> None:
    actions.save_product(
        product_facts(
            "kit",
            variant_facts(sku="K"),
            subtitle="In a box",
            images=(ImageFacts(file="a.png", width=1, height=1),),
        )
    )

    outcome = actions.save_product(
        ProductFacts("kit", "Lion’s mane kit", variants=(VariantFacts(Money(2400, "EUR")),))
    )

    assert outcome is Outcome.UNCHANGED
    assert the_product("kit").subtitle == "In a box"
    assert the_variants("kit")[0].sku == "K"
    assert session().scalar(sa.select(Image.file)) == "a.png"


def test_pictures_follow_what_is_said_in_number_and_order() -> None:
    first, second, third = (ImageFacts(source_url=f"https://pictures.example/{i}.jpg") for i in range(3))
    actions.save_product(product_facts("kit", images=(first, second)))

    actions.save_product(product_facts("kit", images=(third, first)))

    kept = list(session().scalars(sa.select(Image.source_url).order_by(Image.position)))
    assert kept == [third.source_url, first.source_url]


def test_the_same_list_again_leaves_what_was_sold_since_sold() -> None:
    actions.save_product(sizes("S", on_hand=10))
    variant = the_variants("kit")[0]
    sell(variant.id, 10)

    again = actions.save_product(sizes("S", on_hand=10))
    left = the_variants("kit")[0].on_hand
    recounted = actions.save_product(sizes("S", on_hand=12))

    assert (again, left) == (Outcome.UNCHANGED, 0)
    assert (recounted, the_variants("kit")[0].on_hand) == (Outcome.CHANGED, 12)
    assert moved(variant.id) == 12
    assert the_product("kit").is_available


def test_stock_that_is_no_longer_counted_sums_to_nothing() -> None:
    actions.save_product(sizes("S", on_hand=10))
    variant = the_variants("kit")[0]

    actions.save_product(product_facts("kit", variant_facts("S", on_hand=None), options=("Size",)))

    assert (the_variants("kit")[0].on_hand, moved(variant.id)) == (None, 0)


@pytest.mark.parametrize(
    ("standing", "said", "becomes"),
    [
        (ProductState.PUBLISHED, ProductState.PUBLISHED, ProductState.PUBLISHED),
        (ProductState.PUBLISHED, ProductState.DRAFT, ProductState.DRAFT),
        (ProductState.PUBLISHED, ProductState.WITHDRAWN, ProductState.WITHDRAWN),
        (ProductState.PUBLISHED, None, ProductState.PUBLISHED),
        (ProductState.DRAFT, ProductState.PUBLISHED, ProductState.PUBLISHED),
        (ProductState.DRAFT, ProductState.DRAFT, ProductState.DRAFT),
        (ProductState.DRAFT, ProductState.WITHDRAWN, ProductState.DRAFT),
        (ProductState.DRAFT, None, ProductState.DRAFT),
        (ProductState.WITHDRAWN, ProductState.PUBLISHED, ProductState.PUBLISHED),
        (ProductState.WITHDRAWN, ProductState.DRAFT, ProductState.WITHDRAWN),
        (ProductState.WITHDRAWN, ProductState.WITHDRAWN, ProductState.WITHDRAWN),
        (ProductState.WITHDRAWN, None, ProductState.WITHDRAWN),
    ],
)
def test_the_state_that_is_said_is_taken_where_the_graph_allows_it(
    standing: ProductState, said: ProductState | None, becomes: ProductState
) -> None:
    in_state("kit", standing)

    actions.save_product(product_facts("kit", state=said))

    assert the_product("kit").state == becomes


def test_publishing_and_withdrawing_may_be_run_twice() -> None:
    product = a_product("kit", state=ProductState.DRAFT)

    for act in (actions.publish, actions.publish, actions.withdraw, actions.withdraw):
        act(product.id, by=("staff", 1))

    assert the_product("kit").state == ProductState.WITHDRAWN
    assert the_product("kit").version == 3


def test_a_draft_cannot_be_withdrawn() -> None:
    product = a_product("kit", state=ProductState.DRAFT)

    with pytest.raises(Refused):
        actions.withdraw(product.id, by=("staff", 1))

    assert the_product("kit").state == ProductState.DRAFT


def test_descriptions_lose_what_runs_and_loads() -> None:
    a_product(
        "kit",
        description='<h1>A</h1><script>x()</script><img src="x" onerror="x()"><a href="javascript:x()">b</a>',
    )

    assert the_product("kit").description_html == '<h3>A</h3><a rel="nofollow noopener">b</a>'


@pytest.mark.parametrize(
    "facts",
    [
        lambda: product_facts("kit", title=""),
        lambda: product_facts("kit", title="x" * 301),
        lambda: product_facts("kit", title="nul \0"),
        lambda: product_facts("kit", variant_facts(price_minor=-1)),
        lambda: product_facts("kit", variant_facts(price_minor=2400, was_minor=2400)),
        lambda: product_facts("kit", variant_facts(on_hand=2**31)),
        lambda: product_facts("kit", variant_facts(), variant_facts()),
        lambda: product_facts("kit", variant_facts("S"), variant_facts("S"), options=("Size",)),
        lambda: product_facts("kit", variant_facts("S"), options=("Size", "Colour")),
        lambda: product_facts("kit", variant_facts(""), options=("Size",)),
        lambda: product_facts("kit", variant_facts("S", "S"), options=("Size", "Size")),
        lambda: product_facts("kit", variant_facts(*"ABCD"), options=tuple("ABCD")),
        lambda: product_facts("kit", collections=("unknown",)),
        lambda: ProductFacts("kit", "Kit", variants=()),
        lambda: ProductFacts("kit", "Kit", variants=(VariantFacts(Money(2400, "USD")),)),
    ],
)
def test_facts_that_make_no_sense_are_refused_and_nothing_is_written(facts: object) -> None:
    assert callable(facts)

    with pytest.raises(Refused):
        actions.save_product(facts())

    assert session().scalar(sa.text("SELECT count(*) FROM product")) == 0
