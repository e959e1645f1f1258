"""Collections for staff: their words and rules, what stands on them, and their picture."""

import io
from typing import Any

import pytest
from flask import Flask

from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product, the_product, variant_facts
from tests.builders.editing import a_shelf, say, shelved, the_collection
from tests.builders.pictures import bytes_of
from tests.client import ShopClient
from tests.pictures.bad import REFUSED
from tests.staff.goods import fields, hidden, press, send

NASTY = '"><script>alert(1)</script>'


@pytest.fixture
def staff(app: Flask) -> ShopClient:
    """Somebody who keeps the catalogue, signed in; the shop sells a log, a cup and a kit."""
    with app.app_context():
        a_policy()
        for slug, price in (("log", 3000), ("cup", 900), ("kit", 2400)):
            a_product(slug, variant_facts(price_minor=price, sku=slug.upper()), title=slug.title())
        person = a_staff_member(role="catalogue").id
    return signed_in(app, person)


def shelf(app: Flask, **said: Any) -> int:
    with app.app_context():
        return a_shelf(**said)


def standing(app: Flask, collection_id: int) -> list[str]:
    with app.app_context():
        return shelved(collection_id)


def test_a_collection_with_a_rule_is_filled_at_once_and_in_the_shop(app: Flask, staff: ShopClient) -> None:
    answer = send(
        staff, "/staff/collections/new", title="Cheap", filled="rule", ask1="price.at_most", value1="24,00"
    )

    assert answer.status_code == 303
    page = staff.get(answer.headers["Location"]).text
    assert 'value="24.00"' in page
    shop = staff.get("/collections/cheap").text
    assert [name for name in ("Log", "Cup", "Kit") if f">{name}</a>" in shop] == ["Cup", "Kit"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Please enter a title."),
        ({"filled": "rule"}, "A rule has 1 to 6 conditions."),
        ({"filled": "rule", "ask1": "price.at_most", "value1": "cheap"}, "is not an amount"),
        ({"filled": "rule", "ask1": "price.at_most", "value1": ""}, "Please enter an amount."),
        ({"filled": "rule", "ask1": "tag.is", "value1": ""}, "This is no value for it."),
        ({"filled": "rule", "ask1": "colour.is", "value1": "red"}, "Not a valid choice"),
        ({"filled": "magic"}, "Not a valid choice"),
        ({"intro": "x" * 2001}, "longer than 2000"),
        ({"slug": "!"}, ""),
    ],
)
def test_a_wrong_rule_is_said_beside_its_field_and_makes_nothing(
    app: Flask, staff: ShopClient, typed: dict[str, str], said: str
) -> None:
    answer = send(staff, "/staff/collections/new", **{"title": "Cheap", **typed})

    assert said in answer.text or answer.status_code == 303
    if said:
        assert answer.status_code == 400
        assert staff.get("/collections/cheap").status_code == 404


def test_both_versions_of_a_collection_are_shown(app: Flask, staff: ShopClient) -> None:
    key = shelf(app, title="Wood")
    opened = staff.get(f"/staff/collections/{key}").text
    send(staff, f"/staff/collections/{key}", title="Theirs", intro="Read this")

    refused = staff.post(f"/staff/collections/{key}", data=fields(opened) | {"title": "Mine"})

    assert refused.status_code == 400
    assert "Saved meanwhile: “Theirs”" in refused.text
    assert "Saved meanwhile: “Read this”" in refused.text
    assert staff.post(f"/staff/collections/{key}", data=fields(refused.text)).status_code == 303
    with app.app_context():
        assert the_collection(key).title == "Mine"


def test_a_collection_is_hidden_and_shown_again(app: Flask, staff: ShopClient) -> None:
    key = shelf(app, title="Wood")
    page = f"/staff/collections/{key}"
    typed = fields(staff.get(page).text)
    typed.pop("is_published")

    staff.post(page, data=typed)
    assert staff.get("/collections/wood").status_code == 404
    staff.post(page, data=fields(staff.get(page).text) | {"is_published": "y"})

    assert staff.get("/collections/wood").status_code == 200


def test_goods_are_put_on_ordered_and_taken_off_by_hand(app: Flask, staff: ShopClient) -> None:
    key = shelf(app, title="Wood")
    page = f"/staff/collections/{key}"
    for named in ("log", "CUP", "nothing", "kit", "kit"):
        send(staff, page, f"{page}/products", product=named)
    with app.app_context():
        ids = {slug: the_product(slug).id for slug in ("log", "cup", "kit")}

    press(staff, page, f"{page}/products/{ids['kit']}", "first")
    press(staff, page, f"{page}/products/{ids['log']}", "down")
    press(staff, page, f"{page}/products/{ids['cup']}", "off")

    assert standing(app, key) == ["kit", "log"]
    assert press(staff, page, f"{page}/products/{ids['cup']}", "up").status_code == 404
    assert press(staff, page, f"{page}/products/{ids['kit']}", "burn").status_code == 404


def test_a_rule_follows_what_is_said_of_products(app: Flask, staff: ShopClient) -> None:
    send(staff, "/staff/collections/new", title="Oak", filled="rule", ask1="tag.is", value1="oak")
    with app.app_context():
        say("log", tags=("oak",))

    assert ">Log</a>" in staff.get("/collections/oak").text


def test_a_collection_has_a_picture_with_words(app: Flask, staff: ShopClient) -> None:
    key = shelf(app, title="Wood")
    page = f"/staff/collections/{key}"

    def upload(content: bytes, **said: str) -> Any:
        token = hidden(staff.get(page).text)["csrf_token"]
        data = {"csrf_token": token, "file": (io.BytesIO(content), "a.jpg"), **said}
        return staff.post(f"{page}/picture", data=data, content_type="multipart/form-data")

    assert "what the picture shows" in upload(bytes_of(), alt="").text
    assert "save it as PNG" in upload(REFUSED["svg"](), alt="Wood").text
    assert "The file is empty" in upload(b"", alt="Wood").text
    assert upload(bytes_of(), alt=NASTY).status_code == 303

    for where in (page, "/collections/wood"):
        text = staff.get(where).text
        assert "<img" in text
        assert "<script>alert" not in text
    press(staff, page, f"{page}/picture/remove", "remove")
    with app.app_context():
        assert the_collection(key).file is None


@pytest.mark.parametrize("role", ["orders", "support", "content"])
def test_who_may_only_look_changes_no_collection(app: Flask, staff: ShopClient, role: str) -> None:
    key = shelf(app, title="Wood")
    with app.app_context():
        person = a_staff_member(role=role).id
    looking = signed_in(app, person)
    typed = fields(staff.get(f"/staff/collections/{key}").text) | {"title": "Mine"}

    assert looking.get(f"/staff/collections/{key}").status_code == 200
    assert looking.post(f"/staff/collections/{key}", data=typed).status_code == 404
    assert looking.get("/staff/collections/new").status_code == 404
    with app.app_context():
        assert the_collection(key).title == "Wood"
