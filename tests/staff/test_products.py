"""Products for staff: listed, added, edited, published; what staff type is never markup, and never lost."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from storefront.catalogue import actions
from storefront.catalogue.models import ProductState
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_collection, a_product, the_product, the_variants, variant_facts
from tests.builders.editing import say, shelved
from tests.client import ShopClient
from tests.staff.goods import fields, press, send

NASTY = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def staff(app: Flask) -> ShopClient:
    """Somebody who keeps the catalogue, signed in; the shop has its policy."""
    with app.app_context():
        a_policy()
        person = a_staff_member(role="catalogue").id
    return signed_in(app, person)


def product_id(app: Flask, slug: str) -> int:
    with app.app_context():
        return the_product(slug).id


def test_a_product_is_added_as_a_draft_with_its_first_variant(app: Flask, staff: ShopClient) -> None:
    answer = send(staff, "/staff/products/new", title="Oak log", price="19,90", pieces="4", sku="LOG-1")

    assert answer.status_code == 303
    page = staff.get(answer.headers["Location"]).text
    assert "<h1" in page
    assert "Draft" in page
    with app.app_context():
        assert the_product("oak-log").state == ProductState.DRAFT
        first = the_variants("oak-log")[0]
        assert (first.price_minor, first.on_hand, first.sku) == (1990, 4, "LOG-1")
    assert staff.get("/products/oak-log").status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Please enter a title."),
        ({"price": ""}, "Please enter a price."),
        ({"price": "12 apples"}, "is not an amount"),
        ({"price": "1.234"}, "can express"),
        ({"price": "-1"}, "cannot be below zero"),
        ({"compare_at": "1"}, "not above the price now"),
        ({"pieces": "-1"}, "whole number"),
        ({"pieces": "99999999999"}, "whole number"),
        ({"title": "x" * 301}, "too long"),
        ({"title": "a\0b"}, "no text has"),
        ({"slug": "!!!"}, "needs a letter"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_nothing_typed_is_lost(
    staff: ShopClient, typed: dict[str, str], said: str
) -> None:
    answer = send(
        staff, "/staff/products/new", **{"title": "Oak log", "price": "19.90", "vendor": "Mara", **typed}
    )

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert said in answer.text
    assert 'value="Mara"' in answer.text


def test_texts_are_saved_and_the_old_address_leads_to_the_new_one(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        a_product("log")
    here = f"/staff/products/{product_id(app, 'log')}"

    assert send(staff, here, title="Oak log", slug="oak-log", seo_title="Logs to grow on").status_code == 303

    moved = staff.get("/products/log?size=s")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/products/oak-log?size=s")
    odd = "slug=x&endpoint=y&_external=1&_scheme=javascript&size=s"
    moved = staff.get(f"/products/log?{odd}")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/products/oak-log?{odd}")
    assert "<title>Logs to grow on" in staff.get("/products/oak-log").text
    assert "Texts changed" in staff.get(f"{here}/history").text


def test_both_versions_are_shown_and_the_second_try_saves(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        a_product("log")
    here = f"/staff/products/{product_id(app, 'log')}"
    opened = staff.get(here).text
    with app.app_context():
        say("log", title="Theirs", vendor="Mara")

    refused = staff.post(here, data=fields(opened) | {"title": "Mine", "kind": "Wood"})

    assert refused.status_code == 400
    assert "Saved meanwhile: “Theirs”" in refused.text
    assert "Saved meanwhile: “Mara”" in refused.text
    assert 'value="Mine"' in refused.text
    with app.app_context():
        assert the_product("log").title == "Theirs"
    assert staff.post(here, data=fields(refused.text)).status_code == 303
    with app.app_context():
        assert (the_product("log").title, the_product("log").kind) == ("Mine", "Wood")


def test_a_product_is_published_withdrawn_and_sold_again(app: Flask, staff: ShopClient) -> None:
    send(staff, "/staff/products/new", title="Oak log", price="19.90")
    here = f"/staff/products/{product_id(app, 'oak-log')}"

    press(staff, here, f"{here}/state", "publish")
    assert "€19.90" in staff.get("/products/oak-log").text
    press(staff, here, f"{here}/state", "withdraw")
    assert "No longer sold" in staff.get("/products/oak-log").text
    press(staff, here, f"{here}/state", "publish")
    press(staff, here, f"{here}/state", "unpublish")

    assert staff.get("/products/oak-log").status_code == 404


def test_a_draft_has_a_preview_for_staff_alone(app: Flask, staff: ShopClient, client: ShopClient) -> None:
    send(staff, "/staff/products/new", title="Oak log", price="19.90", description="Grows on <b>oak</b>")
    here = f"/staff/products/{product_id(app, 'oak-log')}/preview"

    page = staff.get(here)

    assert "Grows on <b>oak</b>" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get(here).status_code == 303


def test_what_staff_type_is_never_markup(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        shelf = a_collection("kits", title=NASTY).id
        a_product("log")
    here = f"/staff/products/{product_id(app, 'log')}"
    names = ("title", "subtitle", "vendor", "kind", "tags", "seo_title", "seo_description", "description")
    changed: dict[str, Any] = dict.fromkeys(names, NASTY)

    assert send(staff, here, **changed, collections=[str(shelf)]).status_code == 303

    pages = [
        here,
        f"{here}/history",
        f"{here}/variants",
        f"{here}/preview",
        "/staff/products",
        "/staff/stock",
    ]
    for page in [*pages, "/staff/collections", f"/staff/collections/{shelf}", "/products/log", "/products"]:
        text = staff.get(page).text
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
    with app.app_context():
        assert shelved(shelf) == ["log"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?find=OAK", ["Oak log"]),
        ("?find=kit-1", ["Kit"]),
        ("?find=%25", []),
        ("?state=draft", ["Cup"]),
        ("?stock=out", ["Kit"]),
        ("?tag=wood", ["Oak log"]),
        ("?sort=title", ["Cup", "Kit", "Oak log"]),
        ("?sort=price-down&stock=in", ["Oak log", "Cup"]),
        ("?sort=nonsense&state=x", ["Cup", "Kit", "Oak log"]),
        ("?find=%00", ["Cup", "Kit", "Oak log"]),
        ("?after=-5", ["Cup", "Kit", "Oak log"]),
        ("?after=99999999999999999999", ["Cup", "Kit", "Oak log"]),
    ],
)
def test_products_are_found_narrowed_and_sorted(
    app: Flask, staff: ShopClient, query: str, found: list[str]
) -> None:
    with app.app_context():
        a_product("log", variant_facts(price_minor=3000), title="Oak log")
        a_product("kit", variant_facts(sku="KIT-15", on_hand=0), title="Kit")
        a_product("cup", variant_facts(price_minor=900), title="Cup", state=ProductState.DRAFT)
        say("log", tags=("wood",))

    page = staff.get(f"/staff/products{query}")

    assert page.status_code == 200
    at = {title: page.text.find(f">{title}</a>") for title in ("Oak log", "Kit", "Cup")}
    shown = sorted((title for title in at if at[title] >= 0), key=lambda title: at[title])
    assert (shown if "sort" in query and "nonsense" not in query else sorted(shown)) == found


def test_a_long_list_is_read_page_by_page_without_a_gap(
    app: Flask, staff: ShopClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefront.catalogue.desk.PAGE", 2)
    with app.app_context():
        titles = [a_product(title=f"Log {n}").title for n in range(5)]
    seen, where = [], "/staff/products?sort=title"
    while where:
        text = staff.get(where).text
        seen += [title for title in titles if f">{title}</a>" in text]
        following = text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        where = following.replace("&amp;", "&") if 'rel="next"' in text else ""

    assert seen == titles


def test_pages_send_as_many_statements_for_many_goods_as_for_few(
    app: Flask, staff: ShopClient, count_queries: Callable[[], Any]
) -> None:
    with app.app_context():
        a_product("log", variant_facts("S"), variant_facts("M"), options=("Size",))
    key = product_id(app, "log")
    pages = ["/staff/products", "/staff/stock", "/staff/collections", f"/staff/products/{key}"]
    pages += [f"/staff/products/{key}/{name}" for name in ("variants", "pictures", "prices", "history")]

    def counts() -> list[int]:
        found = []
        for page in pages:
            with count_queries() as counted:
                assert staff.get(page).status_code == 200
            found.append(counted.selects)
        return found

    few = counts()
    with app.app_context():
        for number in range(6):
            a_product(title=f"Log {number}")
            say("log", vendor=f"Maker {number}")

    assert counts() == few
    assert max(few) <= 12


@pytest.mark.parametrize("role", ["orders", "support", "content"])
def test_who_may_only_look_sees_no_button_and_changes_nothing(
    app: Flask, staff: ShopClient, role: str
) -> None:
    with app.app_context():
        a_product("log")
        person = a_staff_member(role=role).id
    looking = signed_in(app, person)
    here = f"/staff/products/{product_id(app, 'log')}"

    page = looking.get(here)

    assert page.status_code == 200
    assert ">Save<" not in page.text
    assert looking.post(here, data=fields(staff.get(here).text)).status_code == 404
    assert looking.get("/staff/products/new").status_code == 404
    with app.app_context():
        assert the_product("log").version == 1


def test_a_form_without_its_token_changes_nothing(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        a_product("log")
    here = f"/staff/products/{product_id(app, 'log')}"

    answers = [
        staff.post(f"{here}/state", data={"to": "withdraw"}).status_code,
        staff.post(here, data=fields(staff.get(here).text) | {"csrf_token": "", "title": "X"}).status_code,
    ]

    assert answers == [400, 400]
    with app.app_context():
        assert the_product("log").state == ProductState.PUBLISHED


@pytest.mark.parametrize("path", ["4711", "0", "9223372036854775807", "9223372036854775808", "-1", "x"])
def test_what_never_was_is_not_found(staff: ShopClient, path: str) -> None:
    for page in ("", "/variants", "/pictures", "/prices", "/history", "/preview"):
        assert staff.get(f"/staff/products/{path}{page}").status_code == 404


def test_a_product_with_nothing_to_sell_is_not_published(app: Flask, staff: ShopClient) -> None:
    send(staff, "/staff/products/new", title="Oak log", price="1")
    with app.app_context():
        actions.withdraw_variant(the_variants("oak-log")[0].id, by=("staff", 1))
    here = f"/staff/products/{product_id(app, 'oak-log')}"

    press(staff, here, f"{here}/state", "publish")

    assert "nothing to sell yet" in staff.get(here).text
