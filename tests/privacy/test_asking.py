"""Asking about oneself: everybody gets the same answer, and only the mailbox leads to anything."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.audit import AuditEntry
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.orders.models import Order
from storefront.privacy.asking import Wish, address_in, token_for
from storefront.web import sign
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import an_order
from tests.builders.shipments import a_shipment
from tests.client import ShopClient, browser

EMAIL = "mara@example.org"
Drain = Callable[[], int]


@pytest.fixture
def bought(app: Flask) -> int:
    """The id of an order that a guest has bought and been sent."""
    with app.app_context():
        order_id = an_order(email=EMAIL, paid=True)
        a_shipment(order_id)
        return order_id


def ask(client: ShopClient, wish: str, *, email: str = EMAIL) -> str:
    page = client.get("/your-data")
    return words(client.post("/your-data", data={"email": email, "wish": wish, "csrf_token": token(page)}))


def letters(app: Flask, kind: str) -> list[OutgoingMail]:
    with app.app_context():
        return list(session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == kind)))


def link(app: Flask, kind: str) -> str:
    """The address in the newest letter of that kind."""
    found = re.search(r"http://localhost(/your-data/\S+)", letters(app, kind)[-1].text or "")
    assert found
    return found[1]


def test_a_guest_is_told_everything_by_page_and_by_file(
    app: Flask, client: ShopClient, bought: int, drain: Drain
) -> None:
    ask(client, "copy")
    drain()
    address = link(app, "privacy_copy")
    page = client.get(address)
    assert "Gartenweg 8" not in page.text

    shown = client.post(address, data={"csrf_token": token(page)})
    file = client.post(address, data={"csrf_token": token(page), "file": "json"})

    assert "Gartenweg 8" in words(shown)
    assert shown.headers["Cache-Control"] == file.headers["Cache-Control"] == "no-store"
    assert file.get_json()["tables"]["orders"][0]["delivery"]["street_address"] == "Gartenweg 8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'


def test_a_guest_is_erased_by_the_link_after_a_tick(
    app: Flask, client: ShopClient, bought: int, drain: Drain
) -> None:
    ask(client, "erase")
    drain()
    address = link(app, "privacy_erase")
    page = client.get(address)
    assert client.post(address, data={"csrf_token": token(page)}).status_code == 422

    answer = client.post(address, data={"csrf_token": token(page), "sure": "y"})

    assert "Your data are erased" in words(answer)
    with app.app_context():
        assert session().scalars(sa.select(Order.email)).one().endswith("@erased.invalid")


def test_an_open_order_is_told_in_a_sentence(app: Flask, client: ShopClient, drain: Drain) -> None:
    with app.app_context():
        an_order(email=EMAIL, paid=True)
    ask(client, "erase")
    drain()
    address = link(app, "privacy_erase")

    answer = client.post(address, data={"csrf_token": token(client.get(address)), "sure": "y"})

    assert answer.status_code == 409
    assert "Order 1001 is still to be sent" in words(answer)


def test_known_and_unknown_addresses_get_the_same_answer(
    app: Flask, client: ShopClient, bought: int, drain: Drain
) -> None:
    known, unknown = ask(client, "copy"), ask(client, "copy", email="nobody@example.org")
    drain()

    assert known == unknown
    assert [mail.recipient for mail in letters(app, "privacy_copy")] == [EMAIL]


def test_a_mailbox_gets_one_letter_an_hour(
    frozen: ModuleType, app: Flask, client: ShopClient, bought: int, drain: Drain
) -> None:
    for _each in range(3):
        ask(client, "copy")
        drain()
    assert len(letters(app, "privacy_copy")) == 1

    frozen.advance(timedelta(hours=1))
    ask(client, "copy")
    drain()
    assert len(letters(app, "privacy_copy")) == 2


def test_requests_have_an_end(make_app: Callable[..., Flask]) -> None:
    client = browser(make_app(limit_sign_in="2 per hour"))
    page = client.get("/your-data")
    data = {"email": EMAIL, "wish": "copy", "csrf_token": token(page)}

    codes = [client.post("/your-data", data=data).status_code for _each in range(3)]

    assert codes == [200, 200, 429]


def test_a_link_is_good_for_one_address_one_wish_and_a_day(inside: Flask, frozen: ModuleType) -> None:
    made = token_for("Mara@Example.org", Wish.COPY, asked_at=int(clock.now().timestamp()))

    assert address_in(made, Wish.COPY) == EMAIL
    assert address_in(made, Wish.ERASE) is None
    assert address_in(made[:-2] + "xx", Wish.COPY) is None
    assert address_in(sign("order", [EMAIL, 0]), Wish.COPY) is None
    frozen.advance(timedelta(hours=24, seconds=1))
    assert address_in(made, Wish.COPY) is None


@pytest.mark.parametrize("path", ["copy", "erase"])
def test_a_forged_link_leads_nowhere(client: ShopClient, path: str) -> None:
    assert client.get(f"/your-data/{path}/x").status_code == 404
    assert client.post(f"/your-data/{path}/x").status_code in {400, 404}


def test_nothing_is_shown_without_our_own_page(app: Flask, client: ShopClient, bought: int) -> None:
    with app.app_context():
        made = token_for(EMAIL, Wish.COPY, asked_at=int(clock.now().timestamp()))

    assert client.post(f"/your-data/copy/{made}").status_code == 400


def test_a_customer_is_told_and_erased_from_the_account(app: Flask, bought: int) -> None:
    with app.app_context():
        customer = a_customer(email=EMAIL).id
    client = signed_in(app, customer)
    page = client.get("/account/privacy")
    assert "Gartenweg 8" in words(client.post("/account/privacy/copy", data={"csrf_token": token(page)}))

    erase = client.get("/account/privacy/erase")
    answer = client.post("/account/privacy/erase", data={"csrf_token": token(erase), "sure": "y"})

    assert "Your data are erased" in words(answer)
    assert client.get("/account").status_code == 303


def test_a_stale_sign_in_is_asked_again_before_anything_is_told(app: Flask) -> None:
    with app.app_context():
        customer = a_customer(email=EMAIL).id
    client = signed_in(app, customer, fresh=False)

    for path in ("/account/privacy", "/account/privacy/erase"):
        assert "/sign-in/again" in client.get(path).headers["Location"]
    assert client.post("/account/privacy/copy").status_code in {303, 400}


def test_staff_find_copy_and_erase_a_person(app: Flask, bought: int) -> None:
    with app.app_context():
        owner = a_staff_member(role="owner").id
    client = signed_in(app, owner)
    page = client.get("/staff/privacy")
    data = {"email": "MARA@example.org", "csrf_token": token(page)}

    assert "Gartenweg 8" in words(client.post("/staff/privacy", data=data))
    file = client.post("/staff/privacy", data={**data, "file": "json"})
    assert file.get_json()["person"] == EMAIL
    assert "goes from every table" in words(client.post("/staff/privacy/erase", data=data))
    assert client.post("/staff/privacy/erase", data={**data, "asked": "yes"}).status_code == 422
    done = client.post("/staff/privacy/erase", data={**data, "asked": "yes", "sure": "y"})

    assert done.status_code == 303
    assert "Erased. In the books" in words(client.get("/staff/privacy"))
    assert "Nothing is known" in words(client.post("/staff/privacy", data=data))


def test_whoever_looks_at_a_person_is_on_record(app: Flask, bought: int) -> None:
    with app.app_context():
        owner = a_staff_member(role="owner").id
    client = signed_in(app, owner)

    client.post("/staff/privacy", data={"email": EMAIL, "csrf_token": token(client.get("/staff/privacy"))})

    with app.app_context():
        looked = sa.select(AuditEntry).where(AuditEntry.verb == "person.copied")
        assert session().scalars(looked).one().actor_id == str(owner)


def test_a_copy_holds_no_link_that_opens_the_account(app: Flask, drain: Drain) -> None:
    with app.app_context():
        owner, _mara = a_staff_member(role="owner").id, a_customer(email=EMAIL)
    stranger = browser(app)
    for path in ("/sign-in/link", "/reset", "/your-data"):
        form = token(stranger.get(path))
        stranger.post(path, data={"email": EMAIL, "wish": "copy", "csrf_token": form})
    drain()
    client = signed_in(app, owner)
    data = {"email": EMAIL, "csrf_token": token(client.get("/staff/privacy"))}

    told = [client.post("/staff/privacy", data={**data, **more}).text for more in ({}, {"file": "json"})]

    assert (
        len(letters(app, "account_link") + letters(app, "account_reset") + letters(app, "privacy_copy")) == 3
    )
    assert all("account_link" in each for each in told)
    assert not any(
        path in each for each in told for path in ("/sign-in/link/", "/reset/", "/your-data/copy/")
    )


@pytest.mark.parametrize("role", ["orders", "refunds", "catalogue", "content", "support"])
def test_only_who_may_manages_privacy(app: Flask, role: str) -> None:
    with app.app_context():
        person = a_staff_member(role=role).id
    client = signed_in(app, person)

    for answer in (
        client.get("/staff/privacy"),
        client.post("/staff/privacy"),
        client.post("/staff/privacy/erase"),
    ):
        assert answer.status_code == 404
