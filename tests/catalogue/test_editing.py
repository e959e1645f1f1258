"""What staff say of a product is saved once, under its lock, with what it was; nobody's words are lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from storefront.catalogue import actions, editing
from storefront.catalogue.edits import ProductTexts, VariantTexts
from storefront.catalogue.models import FormerSlug, ProductState
from storefront.catalogue.queries import moved_to, product_page
from storefront.catalogue.stale import Stale, fingerprint
from storefront.database import session
from storefront.errors import NotFound, Refused
from tests.builders.catalogue import a_collection, a_product, the_product, the_variants
from tests.builders.editing import STAFF, last_entry, say, shelved, texts_of

inside = pytest.mark.usefixtures("inside")


@inside
def test_a_new_product_is_a_draft_that_nobody_sees() -> None:
    product_id = actions.draft_product(
        ProductTexts(title="  Oak  log "), VariantTexts(price_minor=1900), pieces=4, by=STAFF
    )

    product = the_product("oak-log")
    assert (product.id, product.title, product.state) == (product_id, "Oak log", ProductState.DRAFT)
    assert [(each.price_minor, each.on_hand) for each in the_variants("oak-log")] == [(1900, 4)]
    assert (product.lowest_price_minor, product.is_available) == (1900, True)
    with pytest.raises(NotFound):
        product_page("oak-log")


@inside
def test_a_draft_that_fails_halfway_leaves_nothing() -> None:
    with pytest.raises(Refused):
        actions.draft_product(ProductTexts(title="Oak log"), VariantTexts(price_minor=-1), pieces=4, by=STAFF)

    assert session().query(FormerSlug).count() == 0
    actions.draft_product(ProductTexts(title="Oak log"), VariantTexts(price_minor=1), pieces=4, by=STAFF)


@inside
def test_what_changed_is_recorded_with_what_it_was() -> None:
    product = a_product("log")
    before = product.version

    assert say("log", title="Oak log", tags=("oak", " oak", "new  wood"))

    entry, detail = last_entry(("product", product.id))
    assert (entry.verb, entry.actor_kind, entry.actor_id) == ("product.changed", "staff", "7")
    assert detail == {"title": ("Lion’s mane kit", "Oak log"), "tags": ("", "new wood, oak")}
    assert the_product("log").version == before + 1


@inside
def test_saving_the_same_again_changes_and_records_nothing() -> None:
    a_product("log")
    say("log", title="Oak log")
    before = the_product("log").version

    assert not say("log", title="Oak log")

    assert the_product("log").version == before


@inside
@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script><p onclick=x()>Wood",
        '<p>Wood</p><img src=x onerror="alert(1)">',
        '<p><a href="javascript:alert(1)">Wood</a></p>',
    ],
)
def test_a_description_is_cleaned_before_it_is_kept(typed: str) -> None:
    a_product("log")

    say("log", description=typed)

    kept = the_product("log").description_html
    assert "Wood" in kept
    assert not any(word in kept for word in ("script", "onclick", "onerror", "<img"))


@inside
def test_an_old_address_leads_to_the_new_one() -> None:
    a_product("log")

    say("log", slug="Oak Log")

    assert the_product("oak-log").title == "Lion’s mane kit"
    assert moved_to("log") == "oak-log"


@inside
def test_an_address_that_is_used_again_leads_nowhere_else() -> None:
    a_product("log")
    say("log", slug="oak-log")
    say("oak-log", slug="log")

    assert (moved_to("log"), moved_to("oak-log")) == (None, "log")


@inside
def test_an_address_that_another_product_has_is_refused() -> None:
    a_product("log")
    a_product("kit")

    with pytest.raises(Refused) as refusal:
        say("log", slug="kit")

    assert refusal.value.field == "slug"
    assert the_product("log").slug == "log"


@inside
def test_an_address_that_the_policy_names_stays() -> None:
    product = a_product("log")
    stands = texts_of("log")

    with pytest.raises(Refused) as refusal:
        actions.change_texts(
            product.id,
            ProductTexts(title="Log", slug="oak"),
            seen=fingerprint(stands),
            by=STAFF,
            kept_slugs=frozenset({"log"}),
        )

    assert refusal.value.field == "slug"


@inside
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"slug": "!!!", "title": "?"}, "slug"),
        ({"tags": tuple(str(n) for n in range(31))}, "tags"),
        ({"tags": ("x" * 61,)}, "tags"),
        ({"seo_description": "x" * 401}, "seo_description"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(said: dict[str, Any], field: str) -> None:
    a_product("log")

    with pytest.raises(Refused) as refusal:
        say("log", **said)

    assert refusal.value.field == field


@inside
def test_shelves_kept_by_hand_are_chosen_on_the_product() -> None:
    a_product("log", collections=())
    first, second = a_collection("kits").id, a_collection("wood", title="Wood").id
    say("log", collections=frozenset({first}))

    say("log", collections=frozenset({second}))

    assert (shelved(first), shelved(second)) == ([], ["log"])


@inside
def test_who_saves_over_somebody_elses_words_is_shown_both() -> None:
    product = a_product("log")
    seen = fingerprint(texts_of("log"))
    say("log", title="Theirs")

    with pytest.raises(Stale) as refusal:
        say("log", title="Mine", seen=seen)

    assert refusal.value.theirs.title == "Theirs"
    assert the_product("log").title == "Theirs"
    assert say("log", title="Mine", seen=refusal.value.seen)
    assert [last_entry(("product", product.id))[1]] == [{"title": ("Theirs", "Mine")}]


def both_at_once(app: Flask) -> list[bool]:
    """Two who saw the same page save different titles at the same moment; who was let through."""
    with app.app_context():
        a_product("log")
        stands = texts_of("log")
        product_id, seen = the_product("log").id, fingerprint(stands)
    gate = threading.Barrier(2)

    def save(title: str) -> bool:
        with app.app_context():
            gate.wait()
            try:
                wanted = ProductTexts(title=title, slug="log")
                return actions.change_texts(product_id, wanted, seen=seen, by=STAFF)
            except Stale:
                return False

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(save, ("Mine", "Theirs")))


def test_of_two_who_save_at_once_one_is_refused(app: Flask) -> None:
    assert sorted(both_at_once(app)) == [False, True]


def test_without_the_look_under_the_lock_both_would_save(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "refuse_stale", lambda _stands, _seen: None)

    assert both_at_once(app) == [True, True]
