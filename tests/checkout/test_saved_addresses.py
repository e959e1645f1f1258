"""A customer picks a saved address in the checkout; it is only filled in, and a draft that stands keeps standing."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.accounts.address_book import add_address, prefer_address
from storefront.checkout.models import CheckoutDraft
from storefront.database import session
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import BERLIN, a_policy, a_shelf, put_in, submit_details
from tests.builders.catalogue import a_variant
from tests.builders.orders import LEIPZIG
from tests.client import ShopClient
from tests.policies.documents import a_document, a_zone

ZURICH = {**LEIPZIG, "country": "CH", "postal_code": "8001", "city": "Zürich"}


@pytest.fixture
def customer(app: Flask) -> int:
    """The id of somebody with an account."""
    with app.app_context():
        return a_customer(email="mara@example.org").id


def saved(app: Flask, customer: int, *addresses: dict[str, str]) -> list[int]:
    """The ids of these addresses, once they are in the customer's book."""
    with app.app_context():
        return [add_address(customer, each) for each in addresses]


def listed(page: str) -> list[tuple[str, bool]]:
    """What can be picked, in its order, and whether it stands in the form."""
    found = re.search(r'<select[^>]*name="saved".*?</select>', page, re.DOTALL)
    options = re.findall(r'<option( selected)? value="([^"]*)"', found.group() if found else "")
    return [(value, bool(chosen)) for chosen, value in options]


def pick(client: ShopClient, address_id: object, **typed: str) -> str:
    answer = submit_details(client, change="saved", saved=str(address_id), **typed)
    assert answer.status_code == 200
    return answer.text


def test_a_guest_and_an_empty_book_have_nothing_to_pick(
    app: Flask, client: ShopClient, customer: int
) -> None:
    variant = a_shelf(app)
    member = signed_in(app, customer)
    for each in (client, member):
        put_in(each, variant)

    assert [listed(each.get("/checkout").text) for each in (client, member)] == [[], []]


def test_the_default_comes_first_and_stands_in_a_checkout_that_begins(app: Flask, customer: int) -> None:
    client = signed_in(app, customer)
    put_in(client, a_shelf(app))
    first, second = saved(app, customer, LEIPZIG, ZURICH)
    with app.app_context():
        prefer_address(customer, second)

    page = client.get("/checkout").text

    assert listed(page) == [("", False), (str(second), True), (str(first), False)]
    assert 'value="Zürich"' in page


def test_picking_fills_the_form_keeps_the_rest_and_saves_nothing(app: Flask, customer: int) -> None:
    client = signed_in(app, customer)
    put_in(client, a_shelf(app))
    _first, second = saved(app, customer, LEIPZIG, ZURICH)

    page = pick(client, second, email="work@example.org", delivery_street_more="Third floor")

    assert 'value="Zürich"' in page
    assert 'value="work@example.org"' in page
    assert "Third floor" not in page
    assert (str(second), True) in listed(page)
    assert 'role="alert"' not in page
    with app.app_context():
        assert session().scalar(sa.select(sa.func.count()).select_from(CheckoutDraft)) == 0


def test_another_address_empties_the_fields(app: Flask, customer: int) -> None:
    client = signed_in(app, customer)
    put_in(client, a_shelf(app))
    saved(app, customer, LEIPZIG)

    page = pick(client, "")

    assert 'value="Gartenweg 8"' not in page
    assert listed(page)[0] == ("", True)


def test_a_draft_that_stands_keeps_standing(app: Flask, customer: int) -> None:
    client = signed_in(app, customer)
    put_in(client, a_shelf(app))
    saved(app, customer, LEIPZIG)
    submit_details(client, delivery_name="Ada Lovelace")

    page = client.get("/checkout").text

    assert 'value="Ada Lovelace"' in page
    assert listed(page)[0] == ("", True)


@pytest.mark.parametrize("wanted", ["theirs", "999", "1 OR 1", "９"])
def test_what_is_nobody_or_somebody_elses_changes_nothing(app: Flask, customer: int, wanted: str) -> None:
    client = signed_in(app, customer)
    put_in(client, a_shelf(app))
    saved(app, customer, LEIPZIG)
    with app.app_context():
        theirs = add_address(a_customer().id, ZURICH)

    page = pick(client, theirs if wanted == "theirs" else wanted)

    assert "Zürich" not in page
    assert f'value="{BERLIN["delivery_street_address"]}"' in page


def test_where_nothing_is_sent_to_cannot_be_picked(app: Flask, customer: int) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE")))
        variant = a_variant()
    client = signed_in(app, customer)
    put_in(client, variant)
    leipzig, zurich = saved(app, customer, LEIPZIG, ZURICH)

    page = client.get("/checkout").text

    assert [value for value, _is_standing in listed(page)] == ["", str(leipzig)]
    assert "Zürich" not in pick(client, zurich)
