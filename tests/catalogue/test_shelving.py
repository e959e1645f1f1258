"""Collections by hand and by rule: a rule's shelf holds exactly what meets it, whatever changes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from storefront.catalogue import actions
from storefront.catalogue.queries import listing, menu, product_page
from storefront.catalogue.ruled import Condition, Rule
from storefront.catalogue.shelving import CollectionTexts, texts_of
from storefront.catalogue.stale import Stale, fingerprint
from storefront.errors import NotFound, Refused
from tests.builders.catalogue import a_product, product_facts, the_product, the_variants, variant_facts
from tests.builders.editing import STAFF, a_shelf, last_entry, say, say_of_variant, shelved, the_collection

inside = pytest.mark.usefixtures("inside")


def rule(*conditions: tuple[str, str, str | int], meets_all: bool = True) -> Rule:
    return Rule(tuple(Condition(*each) for each in conditions), meets_all)


OAK = rule(("tag", "is", "oak"))


@inside
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (rule(("tag", "is", "oak")), {"log"}),
        (rule(("tag", "is_not", "oak")), {"cup", "kit"}),
        (rule(("kind", "is", "Ware")), {"cup"}),
        (rule(("vendor", "is_not", "Mara")), {"cup", "kit"}),
        (rule(("title", "contains", "LOG")), {"log"}),
        (rule(("title", "contains", "%")), set()),
        (rule(("price", "at_most", 1000)), {"cup"}),
        (rule(("price", "at_least", 1000)), {"log", "kit"}),
        (rule(("price", "at_least", 1000), ("vendor", "is", "Mara")), {"log"}),
        (rule(("price", "at_most", 1000), ("vendor", "is", "Mara"), meets_all=False), {"log", "cup"}),
    ],
)
def test_a_rule_finds_exactly_what_meets_it(asked: Rule, found: set[str]) -> None:
    a_product("log", title="Oak log")
    a_product("cup", variant_facts(price_minor=900), title="Cup")
    a_product("kit", title="Kit")
    say("log", tags=("oak",), vendor="Mara")
    say("cup", kind="Ware")

    shelf = a_shelf(rule=asked)

    assert set(shelved(shelf)) == found


@inside
def test_a_product_comes_and_goes_as_it_meets_the_rule() -> None:
    shelf = a_shelf(rule=rule(("price", "at_most", 1000)))
    a_product("cup")
    variant_id = the_variants("cup")[0].id
    assert shelved(shelf) == []

    say_of_variant(variant_id, price_minor=1000)
    assert shelved(shelf) == ["cup"]
    say_of_variant(variant_id, price_minor=1001)

    assert shelved(shelf) == []


@inside
def test_an_import_keeps_the_rules_too() -> None:
    shelf = a_shelf(rule=rule(("price", "at_most", 1000)))

    actions.save_product(product_facts("cup", variant_facts(price_minor=900)))
    assert shelved(shelf) == ["cup"]
    actions.save_product(product_facts("cup", variant_facts(price_minor=1900)))

    assert shelved(shelf) == []


@inside
def test_another_rule_fills_the_shelf_anew_and_says_so() -> None:
    a_product("log")
    say("log", tags=("oak",))
    shelf = a_shelf(rule=OAK)
    stands = texts_of(the_collection(shelf))
    other = CollectionTexts(title="Kits", rule=rule(("tag", "is", "ash")))

    actions.change_collection(shelf, other, seen=fingerprint(stands), by=STAFF)

    assert shelved(shelf) == []
    entry, detail = last_entry(("collection", shelf))
    assert (entry.verb, detail) == ("collection.changed", {"rule": ("tag is oak", "tag is ash")})


@inside
@pytest.mark.parametrize(
    "asked",
    [
        Rule(()),
        rule(*[("tag", "is", "oak")] * 7),
        rule(("colour", "is", "red")),
        rule(("tag", "at_least", "oak")),
        rule(("tag", "is", "")),
        rule(("tag", "is", 5)),
        rule(("price", "at_most", "5")),
        rule(("price", "at_most", -1)),
        rule(("tag", "is", "x" * 201)),
    ],
)
def test_a_rule_that_asks_nonsense_is_refused(asked: Rule) -> None:
    with pytest.raises(Refused):
        a_shelf(rule=asked)


@inside
def test_nothing_is_put_by_hand_where_a_rule_decides() -> None:
    a_product("log")
    shelf = a_shelf(rule=OAK)

    with pytest.raises(Refused):
        actions.put_on_shelf(shelf, "log", by=STAFF)
    with pytest.raises(Refused):
        actions.take_off_shelf(shelf, the_product("log").id, by=STAFF)


@inside
def test_a_shelf_kept_by_hand_is_filled_ordered_and_emptied() -> None:
    shelf = a_shelf()
    for slug in ("log", "cup", "kit"):
        a_product(slug, variant_facts(sku=slug.upper()))
    assert actions.put_on_shelf(shelf, "log", by=STAFF)
    assert actions.put_on_shelf(shelf, " CUP ", by=STAFF)
    assert actions.put_on_shelf(shelf, "kit", by=STAFF)
    assert not actions.put_on_shelf(shelf, "kit", by=STAFF)

    actions.move_on_shelf(shelf, the_product("kit").id, -2, by=STAFF)
    actions.take_off_shelf(shelf, the_product("log").id, by=STAFF)
    actions.take_off_shelf(shelf, the_product("log").id, by=STAFF)

    assert shelved(shelf) == ["kit", "cup"]
    assert [good.slug for good in listing("kits").goods] == ["kit", "cup"]


@inside
@pytest.mark.parametrize("named", ["", "nothing", "\0", "x" * 5000])
def test_only_a_product_that_stands_is_put_on_a_shelf(named: str) -> None:
    with pytest.raises(Refused):
        actions.put_on_shelf(a_shelf(), named, by=STAFF)


@inside
def test_a_collection_that_is_not_published_is_nowhere() -> None:
    a_product("log")
    shelf = a_shelf(is_published=False)
    actions.put_on_shelf(shelf, "log", by=STAFF)

    assert menu() == ()
    assert product_page("log").collection is None
    with pytest.raises(NotFound):
        listing("kits")


@inside
def test_two_collections_have_two_addresses() -> None:
    a_shelf("Kits")

    with pytest.raises(Refused) as refusal:
        a_shelf("Kits")

    assert refusal.value.field == "slug"


@inside
def test_who_saves_over_somebody_elses_collection_is_shown_it() -> None:
    shelf = a_shelf()
    seen = fingerprint(texts_of(the_collection(shelf)))
    actions.change_collection(shelf, CollectionTexts(title="Theirs"), seen=seen, by=STAFF)

    with pytest.raises(Stale) as refusal:
        actions.change_collection(shelf, CollectionTexts(title="Mine"), seen=seen, by=STAFF)

    assert refusal.value.theirs.title == "Theirs"


def test_a_rule_and_a_product_changed_at_once_miss_neither(app: Flask) -> None:
    with app.app_context():
        shelf = a_shelf(rule=rule(("tag", "is", "ash")))
        slugs = [a_product(f"log-{n}").slug for n in range(6)]
        seen = fingerprint(texts_of(the_collection(shelf)))
    gate = threading.Barrier(7)

    def work(slug: str) -> Any:
        with app.app_context():
            gate.wait()
            if slug:
                return say(slug, tags=("oak",))
            wanted = CollectionTexts(title="Kits", rule=OAK)
            return actions.change_collection(shelf, wanted, seen=seen, by=STAFF)

    with ThreadPoolExecutor(7) as pool:
        assert all(pool.map(work, [*slugs, ""]))

    with app.app_context():
        assert sorted(shelved(shelf)) == slugs
