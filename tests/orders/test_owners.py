"""An order is its owner's: who placed it signed in, or who has proved that its e-mail address is theirs."""

import sqlalchemy as sa
from flask import Flask

from storefront.accounts.models import Customer
from storefront.accounts.signals import email_verified
from storefront.database import db, session, transaction
from storefront.orders import owners
from storefront.orders.models import Order
from storefront.orders.owners import attach_orders, is_own, own_orders
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import a_shelf, put_in, submit_details, submit_order, words
from tests.builders.orders import an_order, the_order
from tests.client import ShopClient
from tests.counting import counting
from tests.servers.stripe import StripeStandIn


def test_orders_of_a_guest_become_the_customers_once_the_address_is_proved(app: Flask) -> None:
    with app.app_context():
        order_id = an_order(email="Mara@Example.org", paid=True)
        others = an_order(email="other.mara@example.org", paid=True, cart_id="cart-2")
        customer = a_customer(email="mara@example.org")
        assert the_order(order_id).customer_id is None

        email_verified.send(app, customer_id=customer.id, email=customer.email)

        assert the_order(order_id).customer_id == customer.id
        assert the_order(order_id).email == "Mara@Example.org"
        assert the_order(others).customer_id is None


def test_an_address_that_was_not_proved_gets_nothing(inside: Flask) -> None:
    order_id = an_order(email="mara@example.org", paid=True)
    attacker = a_customer(email="mara@example.org")
    with transaction() as current:
        current.execute(sa.update(Customer).values(confirmed_at=None))

    assert attach_orders(attacker.id) == 0

    assert the_order(order_id).customer_id is None
    assert not is_own(order_id, attacker.id)


def test_what_belongs_to_somebody_stays_theirs(inside: Flask) -> None:
    first, second = a_customer(email="mara@example.org"), a_customer(email="new@example.org")
    order_id = an_order(email="mara@example.org", paid=True)
    attach_orders(first.id)
    # The address changed hands.
    with transaction() as current:
        current.execute(sa.update(Customer).where(Customer.id == first.id).values(email="moved@example.org"))
        current.execute(sa.update(Customer).where(Customer.id == second.id).values(email="mara@example.org"))

    assert attach_orders(second.id) == 0

    assert the_order(order_id).customer_id == first.id


def test_attaching_twice_changes_nothing(inside: Flask) -> None:
    customer = a_customer(email="mara@example.org")
    an_order(email="mara@example.org", paid=True)

    assert (attach_orders(customer.id), attach_orders(customer.id)) == (1, 0)


def test_nobodys_order_is_not_nobodys_to_see(inside: Flask) -> None:
    order_id = an_order(paid=True)

    assert session().scalar(sa.select(Order.customer_id)) is None
    assert not is_own(order_id, None)


def test_an_order_placed_signed_in_is_the_customers_whatever_address_is_typed(
    app: Flask, sandbox: StripeStandIn
) -> None:
    variant = a_shelf(app)
    with app.app_context():
        customer = a_customer(email="mara@example.org")
    client = signed_in(app, customer)
    put_in(client, variant)
    submit_details(client, email="at.work@example.org")

    answer = submit_order(client, client.get("/checkout/review"))

    assert answer.status_code == 303
    with app.app_context():
        order = session().scalars(sa.select(Order)).one()
        assert (order.customer_id, order.email) == (customer.id, "at.work@example.org")


def test_the_owner_sees_the_order_in_any_browser_and_nobody_else_does(app: Flask) -> None:
    with app.app_context():
        order_id = an_order(email="mara@example.org", paid=True)
        owner, other = a_customer(email="mara@example.org").id, a_customer().id
        attach_orders(owner)
        number = the_order(order_id).number

    assert f"Order {number}" in words(signed_in(app, owner).get(f"/orders/{number}"))
    assert signed_in(app, other).get(f"/orders/{number}").status_code == 404


def test_a_stranger_sees_neither_owned_nor_unowned_orders(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        number = the_order(an_order(paid=True)).number

    assert client.get(f"/orders/{number}").status_code == 404


def test_a_long_history_is_read_a_page_at_a_time_by_two_statements(inside: Flask) -> None:
    customer = a_customer(email="mara@example.org")
    ids = [an_order(email="mara@example.org", cart_id=f"cart-{each}") for each in range(3)]
    attach_orders(customer.id)

    with counting(db.engine) as counted:
        first = own_orders(customer.id, most=2)

    assert counted.selects == 2, str(counted)
    assert [each.order.id for each in first] == ids[::-1]
    assert [each.order.id for each in own_orders(customer.id, before=ids[1], most=2)] == [ids[0]]
    assert owners.PAGE >= 10
