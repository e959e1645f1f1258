"""Withdrawing from a contract by the page: two steps, no account, no reason, a receipt, no word of what exists."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront import mail
from storefront.database import release, session
from storefront.mail.models import OutgoingMail
from storefront.refunds.withdrawals import Withdrawal
from tests.books import changed_tables, whole_database
from tests.builders.cart import a_policy, token, words
from tests.builders.orders import an_order
from tests.client import ShopClient

TYPED = {"name": "Mara Lindt", "number": "1001", "email": "mara@example.org", "text": ""}


@pytest.fixture
def order_id(app: Flask) -> int:
    with app.app_context():
        return an_order(paid=True)


def step_one(client: ShopClient, **typed: str) -> TestResponse:
    page = client.get("/withdrawal")
    key = re.search(r'name="key" value="([0-9a-f]+)"', page.text)
    assert key, page.text
    fields = {**TYPED, "key": key[1], "csrf_token": token(page), "website": "", **typed}
    return client.post("/withdrawal/check", data=fields)


def kept(page: TestResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


def confirm(client: ShopClient, page: TestResponse) -> TestResponse:
    return client.post("/withdrawal", data=kept(page))


def everything(app: Flask) -> Any:
    with app.app_context():
        return whole_database()


def test_every_footer_leads_to_it(app: Flask, client: ShopClient, order_id: int) -> None:
    for path in ("/", "/cart", "/products", "/orders/find", "/sign-in", "/policies/withdrawal"):
        assert 'href="/withdrawal"' in client.get(path).text, path


def test_the_second_step_repeats_the_statement_and_writes_nothing(
    app: Flask, client: ShopClient, order_id: int
) -> None:
    before = everything(app)

    page = step_one(client, text="The kit alone.")

    said = words(page)
    assert "Confirm withdrawal" in said
    assert all(each in said for each in ("Mara Lindt", "1001", "mara@example.org", "The kit alone."))
    with app.app_context():
        assert changed_tables(before, whole_database()) == {}


def test_the_receipt_repeats_the_statement_and_the_exact_time_on_the_page_and_by_mail(
    app: Flask, client: ShopClient, order_id: int
) -> None:
    answer = confirm(client, step_one(client))

    page = client.get(answer.headers["Location"])
    with app.app_context():
        owed = session().query(OutgoingMail).filter_by(kind="withdrawal_received").one()
        at = session().query(Withdrawal).one().received_at
        mail_id = owed.id
        release()
        mail.send_mail(mail=mail_id)
        letter = session().get_one(OutgoingMail, mail_id, populate_existing=True)
        text, html = " ".join((letter.text or "").split()), letter.html or ""
    for said in (words(page), text):
        assert "I withdraw from the contract named here." in said
        assert "Mara Lindt" in said
        assert "1001" in said
        assert f"{at:%M:%S}" in said
    assert "<script" not in html
    assert page.headers["Cache-Control"] == "no-store"


def test_the_answer_tells_nobody_whether_an_order_exists(
    app: Flask, client: ShopClient, order_id: int
) -> None:
    pages, letters = [], []
    for number, email in (("1001", "mara@example.org"), ("1001", "x@example.org"), ("4711", "x@example.org")):
        answer = confirm(client, step_one(client, number=number, email=email))
        page = client.get(answer.headers["Location"])
        pages.append((answer.status_code, page.status_code, _plain(words(page), number, email)))
    with app.app_context():
        owed = session().query(OutgoingMail).filter_by(kind="withdrawal_received").order_by(OutgoingMail.id)
        ids = [each.id for each in owed]
        release()
        for mail_id, (number, email) in zip(
            ids,
            (("1001", "mara@example.org"), ("1001", "x@example.org"), ("4711", "x@example.org")),
            strict=True,
        ):
            mail.send_mail(mail=mail_id)
            letter = session().get_one(OutgoingMail, mail_id, populate_existing=True)
            letters.append(_plain(" ".join((letter.text or "").split()), number, email))
            release()

    assert len(set(pages)) == 1
    assert len(set(letters)) == 1


def _plain(said: str, number: str, email: str) -> str:
    """What was said without what differs by itself: what was typed, the reference, the second."""
    said = said.replace(email, "E").replace(number, "N")
    return re.sub(r"\bW\d+\b|\d+:\d\d:\d\d", "", said)


@pytest.mark.parametrize("number", ["4711", "my blue kit", "９９", "' OR 1=1 --", "<script>ran()</script>"])
def test_whatever_number_is_typed_it_is_received(app: Flask, client: ShopClient, number: str) -> None:
    with app.app_context():
        a_policy()

    answer = confirm(client, step_one(client, number=number))

    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "<script>ran" not in page.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Please enter your name"),
        ({"email": "x"}, "An e-mail address has an @"),
        ({"number": ""}, "Please say which order"),
        ({"text": "x" * 1001}, "at most 1,000 characters"),
        ({"website": "https://spam.example"}, "leave the last field empty"),
    ],
)
def test_what_is_missing_is_said_and_kept(
    app: Flask, client: ShopClient, typed: dict[str, str], sentence: str
) -> None:
    with app.app_context():
        a_policy()
    before = everything(app)

    page = step_one(client, **typed)

    assert page.status_code == 422
    assert sentence in words(page)
    with app.app_context():
        assert changed_tables(before, whole_database()) == {}


def test_the_same_confirmation_twice_is_one_statement(app: Flask, client: ShopClient, order_id: int) -> None:
    page = step_one(client)

    first, second = confirm(client, page), confirm(client, page)

    assert first.headers["Location"] == second.headers["Location"]
    with app.app_context():
        assert session().query(Withdrawal).count() == 1


def test_it_can_be_changed_before_it_is_confirmed(client: ShopClient, order_id: int) -> None:
    page = client.post("/withdrawal/check", data=kept(step_one(client, text="The kit.")) | {"change": "1"})

    assert "The kit." in page.text
    assert 'value="Mara Lindt"' in page.text


def test_floods_are_held_and_what_was_typed_is_kept(make_app: Any) -> None:
    from tests.client import browser

    app = make_app(limit_withdrawals="2 per hour")
    with app.app_context():
        a_policy()
    client = browser(app)
    for _ in range(2):
        assert confirm(client, step_one(client)).status_code == 303

    answer = confirm(client, step_one(client, text="The third."))

    assert answer.status_code == 429
    assert "The third." in words(answer)


def test_a_receipt_opens_by_its_own_link_alone(client: ShopClient, order_id: int) -> None:
    confirm(client, step_one(client))

    for token_text in ("1", "x", "W1"):
        assert client.get(f"/withdrawal/received/{token_text}").status_code == 404


def test_the_order_page_leads_to_it_with_its_number(client: ShopClient, order_id: int) -> None:
    page = client.get("/withdrawal?number=1001")

    assert 'value="1001"' in page.text
