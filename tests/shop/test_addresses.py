"""The address book is its owner's, follows each country's own fields, and fills the checkout."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.accounts import address_book
from storefront.accounts.address_book import (
    Address,
    add_address,
    addresses_of,
    prefer_address,
    remove_address,
)
from storefront.database import session, transaction
from storefront.errors import NotFound, Refused
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import a_shelf, put_in, token, words
from tests.builders.orders import LEIPZIG
from tests.client import ShopClient

BERLIN = {
    "country": "DE",
    "delivery_name": "Mara Lindt",
    "delivery_street_address": "Gartenweg 8",
    "delivery_postal_code": "10115",
    "delivery_city": "Berlin",
}
ZURICH = {**LEIPZIG, "country": "CH", "postal_code": "8001", "city": "Zürich"}


@pytest.fixture
def customer(app: Flask) -> int:
    """The id of somebody with an account."""
    with app.app_context():
        return a_customer(email="mara@example.org").id


def add(client: ShopClient, **changed: str) -> int:
    page = client.get("/account/addresses/new")
    return client.post(
        "/account/addresses/new", data={**BERLIN, "csrf_token": token(page), **changed}
    ).status_code


def test_an_address_is_added_shown_changed_and_removed(app: Flask, customer: int) -> None:
    client = signed_in(app, customer)
    assert add(client) == 303
    book = client.get("/account/addresses")
    assert "Gartenweg 8" in words(book)

    form = client.get("/account/addresses/1")
    typed = {**BERLIN, "delivery_street_address": "Hofgasse 3", "csrf_token": token(form)}
    assert client.post("/account/addresses/1", data=typed).status_code == 303
    assert "Hofgasse 3" in words(client.get("/account/addresses"))

    client.post("/account/addresses/1/remove", data={"csrf_token": token(book)})
    assert "no address in your book yet" in words(client.get("/account/addresses"))


def test_what_is_wrong_is_said_beside_the_field_and_all_is_kept(app: Flask, customer: int) -> None:
    client = signed_in(app, customer)
    page = client.get("/account/addresses/new")

    answer = client.post(
        "/account/addresses/new",
        data={**BERLIN, "delivery_postal_code": "1", "csrf_token": token(page)},
    )

    assert answer.status_code == 422
    assert "In Germany it looks like" in words(answer)
    assert "Gartenweg 8" in answer.text


def test_another_country_asks_for_its_own_fields(app: Flask, customer: int) -> None:
    client = signed_in(app, customer)
    page = client.get("/account/addresses/new")

    answer = client.post(
        "/account/addresses/new",
        data={**BERLIN, "country": "US", "change": "delivery", "csrf_token": token(page)},
    )

    assert "ZIP code" in words(answer)
    assert "Gartenweg 8" in answer.text


@pytest.mark.parametrize("path", ["", "/remove", "/default"])
def test_anothers_address_is_as_if_it_were_not_there(app: Flask, customer: int, path: str) -> None:
    with app.app_context():
        other = a_customer().id
        theirs = add_address(other, LEIPZIG)
    client = signed_in(app, customer)
    csrf_token = token(client.get("/account/addresses/new"))

    answer = client.post(f"/account/addresses/{theirs}{path}", data={**BERLIN, "csrf_token": csrf_token})

    assert answer.status_code == 404
    assert client.get(f"/account/addresses/{theirs}").status_code == 404
    with app.app_context():
        assert addresses_of(other)[0].parts == LEIPZIG


def test_a_stranger_is_asked_to_sign_in(client: ShopClient) -> None:
    for path in ("/account/addresses", "/account/addresses/new", "/account/addresses/1"):
        assert client.get(path).headers["Location"].startswith("/sign-in?next=")


def test_the_first_is_the_default_and_there_is_always_one(inside: Flask) -> None:
    customer = a_customer().id
    first, second = add_address(customer, LEIPZIG), add_address(customer, ZURICH)
    assert [each.id for each in addresses_of(customer) if each.is_default] == [first]

    prefer_address(customer, second)
    assert [each.id for each in addresses_of(customer)] == [second, first]

    remove_address(customer, second)
    assert [each.id for each in addresses_of(customer) if each.is_default] == [first]


def test_the_same_address_twice_is_one(inside: Flask) -> None:
    customer = a_customer().id

    assert add_address(customer, LEIPZIG) == add_address(customer, LEIPZIG)


def test_a_book_has_an_end(inside: Flask) -> None:
    customer = a_customer().id
    for number in range(address_book.MOST):
        add_address(customer, {**LEIPZIG, "street_address": f"Weg {number}"})

    with pytest.raises(Refused, match="There is room for 20"):
        add_address(customer, ZURICH)


def test_ids_that_cannot_be_are_nobodys(inside: Flask) -> None:
    with pytest.raises(NotFound):
        address_book.address_of(a_customer().id, 2**63)


def test_the_checkout_begins_with_the_default_address_and_the_accounts_e_mail(
    app: Flask, customer: int
) -> None:
    variant = a_shelf(app)
    with app.app_context():
        add_address(customer, ZURICH)
        add_address(customer, LEIPZIG)
    client = signed_in(app, customer)
    put_in(client, variant)

    page = client.get("/checkout")

    assert 'value="mara@example.org"' in page.text
    assert 'value="8001"' in page.text
    assert '<option selected value="CH">' in page.text


def test_a_guests_checkout_begins_empty(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))

    assert "mara@example.org" not in client.get("/checkout").text


def test_of_many_choices_at_once_one_is_the_default(app: Flask, customer: int) -> None:
    assert _prefer_at_once(app, customer) == 1


def test_control_without_lock_and_index_more_than_one_may_be(
    app: Flask, customer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards taken away: read in one transaction, written in the next, and no index that would refuse."""
    with app.app_context(), transaction() as current:
        current.execute(sa.text("DROP INDEX uq_address_default"))

    def unguarded(customer_id: int, address_id: int) -> None:
        import time

        book = [(each.id, each.is_default) for each in addresses_of(customer_id)]
        session().rollback()
        time.sleep(0.05)
        with transaction() as current:
            for each, is_default in book:
                if is_default:
                    current.execute(sa.update(Address).where(Address.id == each).values(is_default=False))
            current.execute(sa.update(Address).where(Address.id == address_id).values(is_default=True))

    monkeypatch.setattr(address_book, "prefer_address", unguarded)

    assert _prefer_at_once(app, customer) > 1


def _prefer_at_once(app: Flask, customer: int) -> int:
    with app.app_context():
        ids = [add_address(customer, {**LEIPZIG, "street_address": f"Weg {each}"}) for each in range(6)]

    def prefer(address_id: int) -> None:
        with app.app_context():
            address_book.prefer_address(customer, address_id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(prefer, ids))
    with app.app_context():
        return sum(each.is_default for each in addresses_of(customer))
