"""Discounts for staff: made, changed, ended, their uses listed, and every wrong word answered in a sentence."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.audit import AuditEntry
from storefront.database import session
from storefront.pricing.models import Discount
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import words
from tests.builders.catalogue import a_product, variant_facts
from tests.builders.discounts import a_discount, the_discount
from tests.builders.payments import a_shopper, place
from tests.client import ShopClient
from tests.staff.goods import press, send

NEW = {"title": "Spring sale", "kind": "percent", "percent": "12,5"}


@pytest.fixture
def staff(app: Flask) -> ShopClient:
    """Somebody who keeps the catalogue, signed in; the shop sells a cup."""
    with app.app_context():
        a_product("cup", variant_facts(price_minor=900, sku="CUP"), title="Cup")
        person = a_staff_member(role="catalogue").id
    return signed_in(app, person)


def verbs(app: Flask) -> list[str]:
    with app.app_context():
        mine = sa.select(AuditEntry.verb).where(AuditEntry.subject_kind == "discount").order_by(AuditEntry.id)
        return list(session().scalars(mine))


def test_a_discount_is_made_listed_changed_and_ended(app: Flask, staff: ShopClient) -> None:
    made = send(
        staff, "/staff/discounts/new", **NEW, code="spring-10", minimum="20", products="CUP", total_limit="3"
    )
    page = staff.get(made.headers["Location"])
    saved = send(staff, made.headers["Location"], title="Summer sale")
    listed = words(staff.get("/staff/discounts"))
    press(staff, made.headers["Location"], f"{made.headers['Location']}/end", "end")

    assert (made.status_code, saved.status_code) == (303, 303)
    assert 'value="SPRING10"' in page.text
    assert 'value="12.5"' in page.text
    assert 'value="cup"' in page.text
    assert "Summer sale SPRING10 12.5 % off from €20.00 Running always 0 of 3" in listed
    assert "Over" in words(staff.get("/staff/discounts"))
    assert verbs(app) == ["discount.made", "discount.changed", "discount.ended"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Please say what it is called"),
        ({"percent": "0"}, "from 0.01 to 100"),
        ({"percent": "100.01"}, "from 0.01 to 100"),
        ({"percent": "NaN"}, "from 0.01 to 100"),
        ({"percent": "1e9999"}, "from 0.01 to 100"),
        ({"kind": "amount"}, "Please say how much it takes off."),
        ({"kind": "amount", "amount": "-5"}, "Please say how much it takes off."),
        ({"kind": "amount", "amount": "much"}, "is not an amount"),
        ({"kind": "gift"}, "Not a valid choice"),
        ({"minimum": "-1"}, "cannot be charged"),
        ({"products": "cup, saucer"}, "“saucer”"),
        ({"from_on": "tomorrow"}, "Please enter a day such as"),
        ({"from_on": "2026-12-02", "until_on": "2026-12-01"}, "It would end before it begins."),
        ({"total_limit": "0"}, "whole number"),
        ({"person_limit": "1.5"}, "Not a valid integer value"),
        ({"total_limit": "99999999999"}, "whole number"),
        ({"code": "taken"}, "Another discount has this code."),
        ({"collections": "999"}, "not a valid choice"),
    ],
)
def test_what_cannot_be_saved_is_said_in_a_sentence(
    app: Flask, staff: ShopClient, typed: dict[str, str], said: str
) -> None:
    with app.app_context():
        a_discount("TAKEN")

    answer = send(staff, "/staff/discounts/new", **{**NEW, **typed})

    assert answer.status_code == 400
    assert said in words(answer)
    with app.app_context():
        assert session().scalar(sa.select(sa.func.count()).select_from(Discount)) == 1


def test_who_saves_after_somebody_else_sees_both(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        discount_id = a_discount()
    path = f"/staff/discounts/{discount_id}"
    send(staff, path, title="Theirs")

    answer = send(staff, path, title="Mine", seen="1")

    assert answer.status_code == 400
    assert "Saved meanwhile: “Theirs”" in words(answer)
    with app.app_context():
        assert the_discount(discount_id).title == "Theirs"


def test_the_orders_that_hold_it_are_listed(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        discount_id = a_discount()
        shopper = a_shopper()
        placed = place(replace(shopper, cart=replace(shopper.cart, code="SPRING10")))

    said = words(staff.get(f"/staff/discounts/{discount_id}"))

    assert str(1000 + placed.order_id) in said
    assert "€2.40" in said


def test_who_may_only_look_sees_no_button(app: Flask) -> None:
    with app.app_context():
        discount_id = a_discount()
        person = a_staff_member(role="orders").id
    client = signed_in(app, person)

    page = client.get(f"/staff/discounts/{discount_id}")

    assert page.status_code in {200, 404}
    assert "End it now" not in page.text
