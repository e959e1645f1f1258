"""Options and variants: added, renamed, withdrawn, and never deleted; each price leaves its row."""

from typing import Any

import pytest
import sqlalchemy as sa

from storefront.catalogue import actions
from storefront.catalogue.edits import OptionNames, VariantTexts
from storefront.catalogue.models import PriceChange, Variant
from storefront.catalogue.queries import product_page
from storefront.catalogue.stale import Stale, fingerprint
from storefront.database import session
from storefront.errors import NotFound, Refused
from tests.builders.catalogue import a_product, the_product, the_variants, variant_facts
from tests.builders.editing import STAFF, last_entry, say_of_variant, variant_texts

pytestmark = pytest.mark.usefixtures("inside")


def options(slug: str, *names: str, had: tuple[str, ...] = (), first: tuple[str, ...] = ("", "", "")) -> bool:
    return actions.save_options(
        the_product(slug).id,
        OptionNames(names),
        first_values=first,
        seen=fingerprint(OptionNames(had)),
        by=STAFF,
    )


def sizes(*values: str) -> int:
    """A product of which these sizes are sold; its id."""
    return a_product("kit", *(variant_facts(value) for value in values), options=("Size",)).id


def prices(variant_id: int) -> list[int]:
    select = sa.select(PriceChange.price_minor).where(PriceChange.variant_id == variant_id)
    return list(session().scalars(select.order_by(PriceChange.id)))


def test_a_product_of_one_kind_gets_a_size_and_a_second_variant() -> None:
    product_id = a_product("kit").id

    options("kit", "Size", first=("S", "", ""))
    actions.add_variant(product_id, VariantTexts(price_minor=3900, value1="M"), pieces=2, by=STAFF)

    page = product_page("kit")
    assert [(each.values, each.price.minor, each.on_hand) for each in page.variants] == [
        (("S",), 2400, 3),
        (("M",), 3900, 2),
    ]
    assert prices(page.variants[1].id) == [3900]


def test_a_choice_that_is_sold_is_not_added_twice() -> None:
    product_id = sizes("S", "M")

    with pytest.raises(Refused) as refusal:
        actions.add_variant(product_id, VariantTexts(price_minor=1, value1="M"), pieces=0, by=STAFF)

    assert refusal.value.message == "There is a variant “M” already."
    assert len(the_variants("kit")) == 2


def test_a_withdrawn_variant_stays_and_is_sold_again_under_its_own_id() -> None:
    product_id = sizes("S", "M")
    variant_id = the_variants("kit")[1].id

    actions.withdraw_variant(variant_id, by=STAFF)
    actions.withdraw_variant(variant_id, by=STAFF)
    assert [each.id for each in product_page("kit").variants] == [the_variants("kit")[0].id]
    again = actions.add_variant(product_id, VariantTexts(price_minor=50, value1="M"), pieces=1, by=STAFF)

    assert again == variant_id
    assert the_product("kit").lowest_price_minor == 50


def test_the_last_variant_of_a_published_product_is_not_withdrawn() -> None:
    a_product("kit")

    with pytest.raises(Refused):
        actions.withdraw_variant(the_variants("kit")[0].id, by=STAFF)

    assert the_variants("kit")[0].is_sold


def test_a_new_price_leaves_a_row_an_entry_and_the_lowest_price() -> None:
    product_id = sizes("S", "M")
    variant_id = the_variants("kit")[1].id

    assert say_of_variant(variant_id, price_minor=1900, compare_at_minor=2400)

    assert prices(variant_id) == [2400, 1900]
    assert the_product("kit").lowest_price_minor == 1900
    entry, detail = last_entry(("product", product_id))
    assert (entry.verb, entry.code) == ("variant.changed", f"variant:{variant_id}")
    assert detail == {"price_minor": ("2400", "1900"), "compare_at_minor": (None, "2400")}


def test_the_same_price_again_leaves_no_row() -> None:
    sizes("S", "M")
    variant_id = the_variants("kit")[1].id

    assert not say_of_variant(variant_id, price_minor=2400)

    assert prices(variant_id) == [2400]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"price_minor": -1}, "price"),
        ({"price_minor": 10**14}, "price"),
        ({"compare_at_minor": 2400}, "compare_at"),
        ({"value1": ""}, "value1"),
        ({"value2": "red"}, "value2"),
        ({"value1": "M"}, "value1"),
        ({"weight_grams": -1}, "weight_grams"),
        ({"low_at": 2**31}, "low_at"),
        ({"sku": "x" * 101}, "sku"),
    ],
)
def test_what_no_variant_can_be_is_refused_beside_its_field(said: dict[str, Any], field: str) -> None:
    sizes("S", "M")
    first = the_variants("kit")[0].id

    with pytest.raises(Refused) as refusal:
        say_of_variant(first, **said)

    assert refusal.value.field == field
    assert prices(first) == [2400]


def test_who_saves_over_somebody_elses_price_is_shown_it() -> None:
    sizes("S", "M")
    variant_id = the_variants("kit")[0].id
    seen = fingerprint(variant_texts(variant_id))
    say_of_variant(variant_id, price_minor=2600)

    with pytest.raises(Stale) as refusal:
        say_of_variant(variant_id, seen=seen, price_minor=2700)

    assert refusal.value.theirs.price_minor == 2600


def test_options_are_renamed_without_touching_variants() -> None:
    sizes("S", "M")
    ids = [each.id for each in the_variants("kit")]

    assert options("kit", "Grösse", had=("Size",))

    assert [option.name for option in product_page("kit").options] == ["Grösse"]
    assert [each.id for each in the_variants("kit")] == ids


def test_the_last_option_goes_only_where_no_two_variants_become_the_same() -> None:
    sizes("S", "M")

    with pytest.raises(Refused):
        options("kit", had=("Size",))
    actions.withdraw_variant(the_variants("kit")[1].id, by=STAFF)
    options("kit", had=("Size",))

    assert [each.values for each in product_page("kit").variants] == [()]
    assert [each.value1 for each in the_variants("kit")] == ["", "M"]


def test_a_new_option_needs_a_value_for_what_is_sold() -> None:
    a_product("kit")

    with pytest.raises(Refused) as refusal:
        options("kit", "Size")

    assert refusal.value.field == "first1"


@pytest.mark.parametrize("names", [("Size", "Size"), ("", "Size"), ("A", "B", "C", "D"), ("x" * 101,)])
def test_options_that_nobody_could_choose_by_are_refused(names: tuple[str, ...]) -> None:
    a_product("kit")

    with pytest.raises(Refused):
        options("kit", *names, first=("a", "b", "c"))


def test_a_value_is_renamed_in_all_variants_unless_two_become_the_same() -> None:
    product_id = sizes("S", "M")

    assert actions.rename_value(product_id, 1, "S", "Small", by=STAFF)
    with pytest.raises(Refused):
        actions.rename_value(product_id, 1, "Small", "M", by=STAFF)

    assert [each.value1 for each in the_variants("kit")] == ["Small", "M"]


def test_variants_are_moved_up_and_down_and_stop_at_the_ends() -> None:
    sizes("S", "M", "L")
    small = the_variants("kit")[0].id

    actions.move_variant(small, +1, by=STAFF)
    actions.move_variant(small, +9, by=STAFF)
    actions.move_variant(small, +1, by=STAFF)

    assert [each.value1 for each in the_variants("kit")] == ["M", "L", "S"]


@pytest.mark.parametrize("act", [actions.withdraw_variant, actions.sell_variant])
def test_a_variant_that_never_was_is_not_found(act: Any) -> None:
    with pytest.raises(NotFound):
        act(4711, by=STAFF)


def test_no_variant_is_ever_deleted() -> None:
    sizes("S", "M")
    actions.withdraw_variant(the_variants("kit")[1].id, by=STAFF)

    assert session().scalar(sa.select(sa.func.count()).select_from(Variant)) == 2
