"""Who is let in where, by role, second factor and how fresh the sign-in is."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront.accounts.access import current_actor, current_customer
from storefront.accounts.roles import OWNER, ROLES
from storefront.web import open_to
from storefront.web.access import PERMISSIONS
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.client import browser


@pytest.fixture
def made(make_app: Callable[..., Flask]) -> Flask:
    """The shop with a page for each kind of audience."""
    app = make_app()
    for path, audience, fresh in [
        ("/staff/any", "staff", False),
        ("/staff/orders-only", "orders.edit", False),
        ("/staff/money", "refunds.make", True),
        ("/mine", "customers", False),
        ("/elsewhere", "orders.view", False),
    ]:
        app.add_url_rule(path, path, open_to(audience, fresh=fresh)(lambda: _who()), methods=["GET", "POST"])
    return app


def _who() -> str:
    kind, number = current_actor()
    return f"{kind} {number} {current_customer().email}"


def test_a_page_for_staff_is_shown_to_a_role_that_has_the_permission(made: Flask) -> None:
    with made.app_context():
        iris = a_staff_member(role="orders", email="iris@example.org")

    answer = signed_in(made, iris).get("/staff/orders-only")

    assert answer.text == f"staff {iris.id} iris@example.org"


@pytest.mark.parametrize("path", ["/staff/any", "/staff/orders-only", "/staff/money", "/elsewhere"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "HEAD"])
def test_what_staff_see_is_not_there_for_a_customer(made: Flask, path: str, method: str) -> None:
    with made.app_context():
        mara = a_customer()
    client = signed_in(made, mara)

    answers = [client.open(each, method=method) for each in (path, "/staff/nothing-at-all")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_what_a_role_does_not_allow_is_not_there(made: Flask) -> None:
    with made.app_context():
        iris = a_staff_member(role="catalogue")
    client = signed_in(made, iris)

    assert client.get("/staff/any").status_code == 200
    assert client.get("/staff/orders-only").status_code == 404
    assert client.get("/elsewhere").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_below_staff_a_stranger_is_asked_who_they_are_whatever_is_there(made: Flask, method: str) -> None:
    client = browser(made)

    answers = [client.open(path, method=method) for path in ("/staff/any", "/staff/nothing-at-all")]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert all(answer.location.startswith("/sign-in") for answer in answers)


def test_another_name_is_refused_below_staff_too(made: Flask) -> None:
    for path in ("/staff/any", "/staff/nothing-at-all", "/mine"):
        assert browser(made).get(path, headers={"Host": "evil.example"}).status_code == 400


def test_what_another_check_refuses_tells_a_stranger_of_no_page(made: Flask) -> None:
    client = browser(made)
    client.come_from("cross-site")

    answers = [client.post(path) for path in ("/staff/any", "/staff/nothing-at-all")]

    assert {
        (answer.status_code, answer.location, str(answer.headers.get("X-Robots-Tag"))) for answer in answers
    } == {(303, "/sign-in", "None")}


def test_elsewhere_a_page_for_staff_is_not_there_for_a_stranger(made: Flask) -> None:
    assert browser(made).get("/elsewhere").status_code == 404


def test_a_customer_finds_their_own_page_and_a_stranger_signs_in_first(made: Flask) -> None:
    with made.app_context():
        mara = a_customer(email="mara@example.org")

    assert signed_in(made, mara).get("/mine").text == f"customer {mara.id} mara@example.org"
    assert browser(made).get("/mine").status_code == 303


def test_money_wants_a_fresh_sign_in(made: Flask) -> None:
    with made.app_context():
        iris = a_staff_member(role="refunds")

    assert signed_in(made, iris).get("/staff/money").status_code == 200
    assert signed_in(made, iris, fresh=False).get("/staff/money").status_code == 303
    assert signed_in(made, iris, fresh=False).get("/staff/any").status_code == 200


def test_every_permission_is_somebodys_and_the_owner_has_all() -> None:
    assert ROLES[OWNER] == PERMISSIONS
    assert all(allowed <= PERMISSIONS for allowed in ROLES.values())
