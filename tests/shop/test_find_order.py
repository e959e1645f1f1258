"""Finding an order by its number and e-mail address, and nothing by guessing."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront.orders.models import number_of_id
from tests.builders.cart import a_policy, token, words
from tests.builders.orders import an_order
from tests.client import ShopClient, browser

NOT_FOUND = "We have no order with this number and this address."


def _look_up(client: ShopClient, number: object, email: str) -> TestResponse:
    page = client.get("/orders/find")
    return client.post("/orders/find", data={"number": number, "email": email, "csrf_token": token(page)})


@pytest.fixture
def number(app: Flask) -> int:
    """The number of an order of mara@example.org."""
    with app.app_context():
        return number_of_id(an_order(paid=True, email="mara@example.org"))


@pytest.mark.parametrize("email", ["mara@example.org", " Mara@Example.ORG "])
@pytest.mark.parametrize("typed", ["{}", "#{}", " {} "])
def test_number_and_address_together_open_the_order(
    client: ShopClient, number: int, typed: str, email: str
) -> None:
    answer = _look_up(client, typed.format(number), email)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{number}")
    assert client.get(f"/orders/{number}").status_code == 200


def test_an_international_domain_is_the_same_in_both_its_forms(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        number = number_of_id(an_order(email="mara@xn--mller-kva.example"))

    assert _look_up(client, number, "mara@müller.example").status_code == 303


def test_a_wrong_address_and_a_wrong_number_get_the_same_answer(client: ShopClient, number: int) -> None:
    wrong_address = _look_up(client, number, "other@example.org")
    wrong_number = _look_up(client, number + 1, "mara@example.org")

    assert wrong_address.status_code == wrong_number.status_code == 404
    assert NOT_FOUND in words(wrong_address)
    assert words(wrong_address) == words(wrong_number)


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("", ""),
        ("1e3", "mara@example.org"),
        ("-1", "mara@example.org"),
        ("１００１", "mara@example.org"),
        ("9" * 19, "mara@example.org"),
        ("1001", "mara"),
        ("1001", "a" * 400 + "@example.org"),
        ("1001\x00", "mara@example.org\x00"),
        ("1001' OR 1=1", "mara@example.org"),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field(
    client: ShopClient, number: int, typed: str, email: str
) -> None:
    answer = _look_up(client, typed, email)

    assert answer.status_code in {400, 404}
    assert 'role="alert"' in answer.text


def test_a_form_without_its_token_finds_nothing(client: ShopClient, number: int) -> None:
    answer = client.post("/orders/find", data={"number": number, "email": "mara@example.org"})

    assert answer.status_code == 400
    assert client.get(f"/orders/{number}").status_code == 404


def test_another_site_cannot_send_the_form(client: ShopClient, number: int) -> None:
    client.come_from("cross-site")

    assert (
        client.post("/orders/find", data={"number": number, "email": "mara@example.org"}).status_code == 403
    )


def test_guessing_ends_soon(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_order_lookup="3 per hour")
    with app.app_context():
        a_policy()
    client = browser(app)

    answers = [_look_up(client, 2000 + guess, "mara@example.org") for guess in range(4)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert "Retry-After" in answers[-1].headers
    assert client.get("/orders/find").status_code == 200


def test_the_page_is_personal(client: ShopClient, number: int) -> None:
    answer = client.get("/orders/find")

    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
