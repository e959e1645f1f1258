"""Stock for staff: counts change with a cause and once, and the history says who, why and for which order."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue import stock
from storefront.catalogue.models import StockMovement
from storefront.database import session, transaction
from storefront.orders.models import number_of_id
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.catalogue import a_variant, moved, on_hand
from tests.builders.orders import an_order
from tests.client import ShopClient
from tests.staff.goods import fields, send

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def staff(app: Flask) -> ShopClient:
    """Somebody who may adjust stock, signed in."""
    with app.app_context():
        person = a_staff_member(role="catalogue", name="Iris Weller").id
    return signed_in(app, person)


@pytest.fixture
def variant_id(app: Flask, staff: ShopClient) -> int:
    """A variant of ten pieces."""
    with app.app_context():
        return a_variant(on_hand=10, title="Oak log", sku="LOG-1").id


def left(app: Flask, variant_id: int) -> tuple[int | None, int]:
    with app.app_context():
        return on_hand(variant_id), moved(variant_id)


def test_a_delivery_is_booked_with_its_note_and_who_booked_it(
    app: Flask, staff: ShopClient, variant_id: int
) -> None:
    answer = send(staff, f"/staff/stock/{variant_id}", cause="received", pieces="5", note=NASTY)

    assert answer.status_code == 303
    assert left(app, variant_id) == (15, 15)
    page = staff.get(f"/staff/stock/{variant_id}").text
    assert "+5" in page
    assert "Iris Weller" in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_form_sent_twice_moves_once(app: Flask, staff: ShopClient, variant_id: int) -> None:
    page = f"/staff/stock/{variant_id}"
    typed = fields(staff.get(page).text) | {"cause": "damaged", "pieces": "3"}

    assert [staff.post(page, data=typed).status_code for _each in range(2)] == [303, 303]

    assert left(app, variant_id) == (7, 7)


def test_counting_what_was_sold_meanwhile_is_refused_with_the_new_number(
    app: Flask, staff: ShopClient, variant_id: int
) -> None:
    page = f"/staff/stock/{variant_id}"
    opened = fields(staff.get(page).text)
    with app.app_context(), transaction():
        stock.take({variant_id: 2}, reference="order:1")

    refused = staff.post(page, data=opened | {"cause": "counted", "pieces": "10", "note": "Shelf 4"})

    assert refused.status_code == 400
    assert "Meanwhile the number changed to 8" in refused.text
    assert 'value="Shelf 4"' in refused.text
    assert left(app, variant_id) == (8, 8)
    assert (
        staff.post(page, data=fields(refused.text) | {"cause": "counted", "pieces": "8"}).status_code == 303
    )


@pytest.mark.parametrize(
    ("cause", "pieces"),
    [
        ("received", ""),
        ("received", "-1"),
        ("received", "1e3"),
        ("received", "99999999999999999999"),
        ("lost", "11"),
        ("other", "-11"),
        ("order", "1"),
        ("nonsense", "1"),
        ("", "1"),
        ("counted", "-1"),
        ("counted", "2147483648"),
    ],
)
def test_nonsense_is_a_sentence_and_moves_nothing(
    app: Flask, staff: ShopClient, variant_id: int, cause: str, pieces: str
) -> None:
    answer = send(staff, f"/staff/stock/{variant_id}", cause=cause, pieces=pieces)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert left(app, variant_id) == (10, 10)


def test_a_variant_is_no_longer_counted(app: Flask, staff: ShopClient, variant_id: int) -> None:
    send(staff, f"/staff/stock/{variant_id}", cause="uncounted", pieces="")

    assert left(app, variant_id) == (None, 0)
    assert "Not counted" in staff.get(f"/staff/stock/{variant_id}").text


def test_low_goods_are_found_by_the_shops_number_or_their_own(
    app: Flask, staff: ShopClient, variant_id: int
) -> None:
    assert "Oak log" not in staff.get("/staff/stock?only=low").text

    send(staff, f"/staff/stock/{variant_id}", f"/staff/stock/{variant_id}/threshold", low_at="10")

    assert "10 left" in staff.get("/staff/stock?only=low").text
    assert "1 variant is low" in staff.get("/staff/stock").text


def test_the_history_names_the_order(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        order_id = an_order(paid=True)
        taken = sa.select(StockMovement.variant_id).where(StockMovement.reference == f"order:{order_id}")
        variant_id = session().scalars(taken).one()

    page = staff.get(f"/staff/stock/{variant_id}").text
    assert f'href="/staff/orders/{number_of_id(order_id)}"' in page


@pytest.mark.parametrize("role", ["orders", "support", "content"])
def test_who_may_not_adjust_sees_the_count_and_no_form(
    app: Flask, staff: ShopClient, variant_id: int, role: str
) -> None:
    with app.app_context():
        person = a_staff_member(role=role).id
    looking = signed_in(app, person)
    typed = fields(staff.get(f"/staff/stock/{variant_id}").text) | {"cause": "received", "pieces": "1"}

    assert "Change the number" not in looking.get(f"/staff/stock/{variant_id}").text
    assert looking.post(f"/staff/stock/{variant_id}", data=typed).status_code == 404
    assert left(app, variant_id) == (10, 10)
