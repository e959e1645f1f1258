"""The pages on which staff see gift cards and store credit, give them, and put them right."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront import jobs
from storefront.credit.codes import new_code
from storefront.credit.models import CreditAccount
from storefront.database import session, transaction
from tests.books import changed_tables, whole_database
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.credit import a_gift_card, a_store_credit
from tests.builders.mail import the_newest_mail
from tests.client import ShopClient
from tests.counting import Counting


@pytest.fixture
def till(app: Flask) -> ShopClient:
    """Somebody who may refund, just signed in."""
    with app.app_context():
        person = a_staff_member(role="refunds")
    return signed_in(app, person)


def send(client: ShopClient, page: str, to: str, **fields: str) -> TestResponse:
    """Fill in the first form of a page and send it to an address."""
    shown = client.get(page)
    key = re.search(r'name="form_key"[^>]* value="([0-9a-f]+)"', shown.text)
    assert key, shown.text
    typed = {"form_key": key[1], "csrf_token": token(shown), "why": "Broken pot", **fields}
    return client.post(to, data=typed)


def accounts(app: Flask) -> list[tuple[str, int, bool]]:
    """Kind, balance and whether it is closed, of each account."""
    with app.app_context():
        rows = session().query(CreditAccount).order_by(CreditAccount.opened_at, CreditAccount.id)
        return [(str(each.kind), each.balance_minor, each.closed_at is not None) for each in rows]


def test_the_list_finds_cards_by_ending_code_address_and_state(app: Flask, till: ShopClient) -> None:
    with app.app_context():
        mine, other = a_gift_card(2500, email="Mara@example.org"), a_gift_card(700, email="ben@example.org")

    whole = words(till.get("/staff/credit"))

    assert mine.code[-4:] in whole
    assert other.code[-4:] in whole
    for query in (f"find={mine.code[-4:].lower()}", "find=mara@EXAMPLE.org"):
        found = words(till.get(f"/staff/credit?{query}"))
        assert (mine.code[-4:] in found, other.code[-4:] in found) == (True, False), query
    assert mine.code[-4:] not in words(till.get("/staff/credit?state=empty"))


def look_for(till: ShopClient, typed: str, **more: str) -> TestResponse:
    page = till.get("/staff/credit")
    assert re.search(r'<form[^>]* method="post" action="/staff/credit/find"', page.text)
    return till.post("/staff/credit/find", data={"csrf_token": token(page), "find": typed, **more})


def test_a_whole_code_leads_to_its_card_and_stands_in_no_address(app: Flask, till: ShopClient) -> None:
    with app.app_context():
        mine = a_gift_card(2500)
        nobodys = new_code()

    known, unknown = look_for(till, mine.code.lower()), look_for(till, nobodys, state="full")

    assert (known.status_code, known.location) == (303, f"/staff/credit/{mine.id}")
    assert (unknown.status_code, unknown.location) == (303, "/staff/credit?kind=gift_card&state=full")
    assert "No gift card has this code." in words(till.get(unknown.location))
    assert "No gift card fits." in words(till.get(f"/staff/credit?find={mine.code}"))


def test_what_is_no_code_is_looked_for_in_the_list(app: Flask, till: ShopClient) -> None:
    found = look_for(till, " mara@example.org ", kind="store_credit", state="empty")
    nothing = look_for(till, "x" * 400)

    assert found.location == "/staff/credit?kind=store_credit&state=empty&find=mara@example.org"
    assert nothing.location == "/staff/credit?kind=gift_card"


def test_the_list_goes_on_behind_a_page(app: Flask, till: ShopClient) -> None:
    with app.app_context():
        ends = [a_gift_card(100).code[-4:] for _each in range(52)]

    first = till.get("/staff/credit")
    following = re.search(r'href="(/staff/credit\?[^"]*after=[^"]+)"', first.text)
    assert following
    second = till.get(following[1].replace("&amp;", "&"))

    seen = re.findall(r"Gift card ending (\w{4})", first.text + second.text)
    assert sorted(seen) == sorted(ends)
    assert len(re.findall(r"Gift card ending", second.text)) == 2


def test_the_lists_statements_do_not_grow_with_it(
    app: Flask, till: ShopClient, count_queries: Counting
) -> None:
    with app.app_context():
        a_gift_card()
    till.get("/staff/credit")
    with count_queries() as few:
        till.get("/staff/credit")
    with app.app_context():
        for _each in range(9):
            a_gift_card()

    with count_queries() as many:
        till.get("/staff/credit")

    assert len(many.statements) == len(few.statements)


def test_a_gift_card_is_given_and_its_code_sent(app: Flask, till: ShopClient) -> None:
    fields = {"kind": "gift_card", "amount": "25,00", "email": "mara@example.org"}

    answer = send(till, "/staff/credit/give", "/staff/credit/give", **fields)

    assert (answer.status_code, accounts(app)) == (303, [("gift_card", 2500, False)])
    assert "€25.00 on it" in words(till.get(answer.location))
    jobs.drain(app)
    with app.app_context():
        mail = the_newest_mail()
        code = mail.facts["cards"][0]["code"]
        assert (mail.recipient, mail.title) == ("mara@example.org", "Your gift card for Storefront")
        for body in (mail.text or "", mail.html or ""):
            assert code in body
            assert "€25.00" in body


def test_store_credit_needs_an_account(app: Flask, till: ShopClient) -> None:
    fields = {"kind": "store_credit", "amount": "25", "email": "mara@example.org"}
    refused = send(till, "/staff/credit/give", "/staff/credit/give", **fields)
    with app.app_context():
        a_customer(email="mara@example.org")

    given = send(till, "/staff/credit/give", "/staff/credit/give", **fields)

    assert (refused.status_code, "Nobody has an account" in refused.text) == (400, True)
    assert (given.status_code, accounts(app)) == (303, [("store_credit", 2500, False)])
    assert "mara@example.org" in words(till.get("/staff/credit?kind=store_credit"))


@pytest.mark.parametrize(
    ("act", "fields", "after"),
    [
        ("adjust", {"amount": "-5.00"}, [("gift_card", 2000, False)]),
        ("close", {}, [("gift_card", 2500, True)]),
        ("code", {"email": "new@example.org"}, [("gift_card", 0, True), ("gift_card", 2500, False)]),
    ],
)
def test_what_can_be_done_is_done_once(
    app: Flask, till: ShopClient, act: str, fields: dict[str, str], after: Any
) -> None:
    with app.app_context():
        card = a_gift_card(2500)
    page = f"/staff/credit/{card.id}"
    shown = till.get(page)
    typed = {"form_key": "a" * 32, "csrf_token": token(shown), "why": "Lost", **fields}

    answers = [till.post(f"{page}/{act}", data=typed).status_code for _twice in range(2)]

    assert (answers, accounts(app)) == ([303, 303], after)


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("adjust", {"amount": "-25.01"}, "Only €25.00 are left"),
        ("adjust", {"amount": "much"}, "is not an amount"),
        ("adjust", {"amount": ""}, "Enter an amount"),
        ("adjust", {"amount": "1", "why": ""}, "Say why"),
        ("code", {"email": "nobody"}, "enter an e-mail address"),
    ],
)
def test_what_is_refused_says_why_and_moves_nothing(
    app: Flask, till: ShopClient, act: str, fields: dict[str, str], said: str
) -> None:
    with app.app_context():
        card = a_gift_card(2500)
        before = whole_database()
    page = f"/staff/credit/{card.id}"

    answer = send(till, page, f"{page}/{act}", **fields)

    assert (answer.status_code, said in words(answer)) == (400, True), words(answer)
    with app.app_context():
        assert changed_tables(before, whole_database()).keys() <= {"sign_in"}


def test_a_closed_card_is_opened_again(app: Flask, till: ShopClient) -> None:
    with app.app_context():
        card = a_gift_card(2500)
    page = f"/staff/credit/{card.id}"
    send(till, page, f"{page}/close")

    answer = send(till, page, f"{page}/open")

    assert (answer.status_code, accounts(app)) == (303, [("gift_card", 2500, False)])
    assert "What moved" in words(till.get(page))
    assert till.get("/staff/credit/crd_none").status_code == 404


def test_who_signed_in_long_ago_proves_it_again_before_anything_moves(app: Flask) -> None:
    with app.app_context():
        card, customer = a_gift_card(2500), a_customer()
        a_store_credit(customer.id)
        person = a_staff_member(role="refunds")
    stale = signed_in(app, person, fresh=False)
    page = stale.get(f"/staff/credit/{card.id}")

    answer = stale.post(f"/staff/credit/{card.id}/close", data={"csrf_token": token(page), "why": "x"})

    assert answer.status_code == 303
    assert "/staff/credit" not in answer.location.split("?")[0]
    assert ("gift_card", 2500, False) in accounts(app)


def test_an_erased_person_leaves_the_balance_and_no_address(app: Flask, till: ShopClient) -> None:
    with app.app_context():
        card = a_gift_card(2500, email="mara@example.org")
        with transaction() as current:
            current.get_one(CreditAccount, card.id).email = None

    assert words(till.get(f"/staff/credit/{card.id}")).count("€25.00") == 2
