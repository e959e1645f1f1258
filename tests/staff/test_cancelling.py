"""Cancelling an order asks why and what goes back to the shelf; both are kept, and told whom it concerns."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit, mail
from storefront.catalogue.models import StockMovement, Variant
from storefront.checkout.cancelled import Cancelled
from storefront.checkout.cancelling import cancel_order
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.orders.models import OrderState, number_of_id
from storefront.reports.prove import prove
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import an_order, the_order
from tests.builders.payments import a_paid_order, an_open_order
from tests.builders.shipments import BY
from tests.servers.stripe import StripeStandIn

SCRIPT = "<script>alert(1)</script>"


def on_hand() -> int | None:
    return session().scalar(sa.select(Variant.on_hand))


def test_the_reason_and_the_note_stand_in_the_orders_story(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        order_id = an_open_order(on_hand=3, pieces=2).order_id
        variant_id = session().scalar(sa.select(Variant.id))
        owner = a_staff_member(role="owner")
    desk, page = signed_in(app, owner), f"/staff/orders/{number_of_id(order_id)}"
    asked = desk.get(f"{page}/cancel")
    form = {"reason": "cannot_deliver", "note": f"Mould. {SCRIPT}", "csrf_token": token(asked)}

    done = desk.post(f"{page}/cancel", data={**form, "back": variant_id}, follow_redirects=True)

    assert f'name="back" value="{variant_id}" checked' in asked.text
    assert "It cannot be delivered: goods are missing or damaged; Mould." in words(done)
    assert SCRIPT not in done.text
    with app.app_context():
        assert (the_order(order_id).cancel_code, on_hand()) == ("cannot_deliver", 3)
        (entry,) = (each for each in audit.history(("order", order_id)) if each.verb == "order.cancelled")
        assert entry.code == "cannot_deliver"


@pytest.mark.parametrize(
    ("reason", "said"),
    [("", "Please say why."), ("staff", "valid choice"), ("x" * 200, "valid choice")],
)
def test_without_a_reason_nothing_is_cancelled(app: Flask, reason: str, said: str) -> None:
    with app.app_context():
        order_id, owner = an_order(), a_staff_member(role="owner")
    desk, page = signed_in(app, owner), f"/staff/orders/{number_of_id(order_id)}/cancel"
    form = {"reason": reason, "note": "Kept", "csrf_token": token(desk.get(page))}

    answer = desk.post(page, data=form)

    assert answer.status_code == 422
    assert said in words(answer)
    assert "Kept" in answer.text
    with app.app_context():
        assert the_order(order_id).state == OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("paid", [True, False])
def test_what_is_lost_does_not_go_back_to_the_shelf_and_the_books_stay_right(
    inside: Flask, sandbox: StripeStandIn, paid: bool
) -> None:
    facts = {"on_hand": 5, "pieces": 2}
    order_id = (a_paid_order(sandbox, **facts) if paid else an_open_order(**facts)).order_id
    variant_id = session().scalar(sa.select(Variant.id))
    assert variant_id is not None

    for _again in range(2):
        cancel_order(order_id, by=BY, said=Cancelled("other", lost=frozenset({variant_id})))

    moved = sa.select(StockMovement.cause, StockMovement.delta).order_by(StockMovement.id)
    assert on_hand() == 3
    assert [tuple(each) for each in session().execute(moved)][-2:] == [("release", 2), ("lost", -2)]
    assert prove() == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("customer_asked", "You asked us to."),
        ("cannot_deliver", "we cannot deliver what you ordered"),
        ("bad_address", "could not reach the address"),
        ("suspicious", ""),
        ("other", ""),
    ],
)
def test_the_customer_is_told_why_where_it_concerns_them(
    inside: Flask, sandbox: StripeStandIn, reason: str, said: str
) -> None:
    placed = an_open_order()

    cancel_order(placed.order_id, by=BY, said=Cancelled(reason, note="Between us"))

    owed = session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == "order_cancelled")).one()
    mail.send_mail(mail=owed.id)
    text = " ".join((session().get_one(OutgoingMail, owed.id, populate_existing=True).text or "").split())
    assert said in text
    for kept in ("Between us", "suspicious"):
        assert kept not in text
