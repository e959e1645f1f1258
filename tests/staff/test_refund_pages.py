"""The pages on which staff give money back: form, question, refund, queue; what is tampered with moves nothing."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront import jobs
from storefront.checkout.actions import Placed
from storefront.database import session
from storefront.orders.models import number_of_id
from storefront.orders.refund import RefundState
from storefront.refunds.actions import send_refund
from storefront.reports.prove import prove
from tests.books import changed_tables, mails, whole_database
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import the_refunds
from tests.builders.payments import the_intent
from tests.builders.refunds import INES, a_paid_basket, ask_back, line_ids, some_money, some_pieces
from tests.client import ShopClient
from tests.counting import Counted
from tests.servers.stripe import StripeStandIn

Make = Callable[..., Flask]


class Till:
    """A shop with a paid order of 3 × 3.33 and 1 × 10.00, and somebody at its refund page."""

    def __init__(self, app: Flask, sandbox: StripeStandIn, **basket: Any) -> None:
        self.app, self.sandbox = app, sandbox
        with app.app_context():
            self.placed: Placed = a_paid_basket(sandbox, (333, 3), (1000, 1), **basket)
            self.lines = line_ids(self.placed)
        self.client = self.somebody()

    def somebody(self, role: str = "refunds", *, fresh: bool = True) -> ShopClient:
        with self.app.app_context():
            person = a_staff_member(role=role)
        return signed_in(self.app, person, fresh=fresh)

    @property
    def number(self) -> int:
        return number_of_id(self.placed.order_id)

    @property
    def url(self) -> str:
        return f"/staff/orders/{self.number}/refunds"

    def typed(self, page: TestResponse, *pieces: object, **fields: str) -> dict[str, str]:
        key = re.search(r'name="form_key"[^>]* value="([0-9a-f]+)"', page.text)
        assert key, page.text
        typed = {"form_key": key[1], "csrf_token": token(page), "reason": "damaged", "note": ""}
        typed |= {f"pieces-{line}": str(count) for line, count in zip(self.lines, pieces, strict=False)}
        return typed | {"shipping": "", "amount": "", **fields}

    def check(self, *pieces: object, **fields: str) -> TestResponse:
        return self.client.post(
            f"{self.url}/preview", data=self.typed(self.client.get(self.url), *pieces, **fields)
        )

    def make(self, *pieces: object, **fields: str) -> TestResponse:
        return self.client.post(self.url, data=self.typed(self.client.get(self.url), *pieces, **fields))

    def refunds(self) -> list[tuple[str, int]]:
        with self.app.app_context():
            return [(str(each.state), each.amount_minor) for each in the_refunds(self.placed.order_id)]


@pytest.fixture
def till(app: Flask, sandbox: StripeStandIn) -> Till:
    return Till(app, sandbox)


@pytest.fixture
def watched(make_app: Make, sandbox: StripeStandIn) -> Till:
    """One person alone may give back 10.00."""
    return Till(make_app(refund_alone_up_to="10", **sandbox.settings), sandbox)


def test_the_form_is_filled_with_what_is_left(app: Flask, sandbox: StripeStandIn) -> None:
    till = Till(app, sandbox, shipping_minor=490)
    with app.app_context():
        ask_back(till.placed, some_pieces(till.placed, 1))

    page = till.client.get(till.url)

    assert re.findall(r'name="pieces-\d+" value="(\d+)"', page.text) == ["2", "1"]
    assert 'value="4.90"' in page.text
    assert "€21.56 left to refund" in words(page)


def test_what_never_left_goes_into_stock_unless_somebody_says_otherwise(till: Till) -> None:
    page = till.client.get(till.url)

    assert page.text.count("Not sent yet") == 2
    assert page.text.count('value="1" checked>') == 2


def test_the_question_names_the_exact_amount_and_writes_nothing(till: Till) -> None:
    with till.app.app_context():
        before = whole_database()

    page = till.check(2, 0, note="Came broken.")

    assert page.status_code == 200
    assert "Refund €6.66" in words(page)
    assert "Left to refund afterwards: €13.33" in words(page)
    assert "Came broken." in words(page)
    with till.app.app_context():
        assert changed_tables(before, whole_database()) == {}


def test_what_the_question_asked_is_what_goes_back(till: Till, drain: Callable[[], int]) -> None:
    question = till.check(2, 0, **{f"restock-{till.lines[0]}": "1"})
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', question.text))

    answer = till.client.post(till.url, data=kept)
    drain()

    assert (answer.status_code, answer.headers["Location"]) == (303, till.url)
    assert till.refunds() == [("settled", 666)]
    assert "€6.66 Paid back" in words(till.client.get(till.url))
    with till.app.app_context():
        assert ("refund_paid", "mara@example.org") in mails()
        assert prove() == []


def test_what_was_shown_and_is_no_longer_left_does_not_go_back(till: Till) -> None:
    question = till.check(3, 1)
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', question.text))
    with till.app.app_context():
        ask_back(till.placed, some_money(1500))

    answer = till.client.post(till.url, data=kept)

    assert "Refund €19.99" in words(question)
    assert answer.status_code == 409
    assert till.refunds() == [("approved", 1500)]


def test_where_less_is_left_than_the_pieces_come_to_the_rest_is_asked_for(till: Till) -> None:
    with till.app.app_context():
        ask_back(till.placed, some_money(1500))

    page = till.check(3, 1)

    assert "Refund €4.99" in words(page)


def test_to_change_the_form_keeps_what_was_typed(till: Till) -> None:
    typed = {"amount": "6.66", "typed-amount": "6.00"}
    page = till.check(2, 0, note="Came broken.", change="1", **typed)

    assert "Came broken." in page.text
    assert 'value="6.00"' in page.text
    assert re.search(rf'name="pieces-{till.lines[0]}" value="2"', page.text)


def test_the_same_form_again_is_one_refund(till: Till) -> None:
    form = till.typed(till.client.get(till.url), 1, 0)

    answers = [till.client.post(till.url, data=form).status_code for _click in range(3)]

    assert answers == [303, 303, 303]
    assert till.refunds() == [("approved", 333)]


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": "-1"},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "1e2"},
        {"amount": "１７.５５"},
        {"amount": "0"},
        {"amount": "0.001"},
        {"amount": "20.00"},
        {"amount": "99999999999999999999"},
        {"amount": "1,234.50"},
        {"shipping": "0.01"},
        {"shipping": "-1"},
        {"reason": "because"},
        {"form_key": "' OR 1=1"},
        {"note": "x" * 1001},
        {"pieces-999999": "1"},
        {"pieces-": "1"},
        {"pieces-９": "1"},
        {"restock-999999": "1"},
        {"csrf_token": "forged"},
    ],
    ids=str,
)
@pytest.mark.parametrize("step", ["", "/preview"])
def test_what_is_tampered_with_is_refused_in_words(till: Till, typed: dict[str, str], step: str) -> None:
    form = till.typed(till.client.get(till.url), 1, 0) | typed
    with till.app.app_context():
        before = whole_database()

    page = till.client.post(till.url + step, data=form)

    # A key that no form sends is looked at when the money would move.
    if "form_key" not in typed or not step:
        assert page.status_code in {400, 409}
        assert 'role="alert"' in page.text
    with till.app.app_context():
        assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize("pieces", ["-1", "4", "1.5", "１", "1e1", "x", "9" * 30, "0x1"])
def test_pieces_are_whole_and_no_more_than_are_left(till: Till, pieces: str) -> None:
    page = till.make(pieces, 0)

    assert page.status_code in {400, 409}
    assert till.refunds() == []


def test_lines_of_another_order_do_not_go_back(till: Till, sandbox: StripeStandIn) -> None:
    with till.app.app_context():
        other = line_ids(a_paid_basket(sandbox, (5000, 1)))[0]

    page = till.make(0, 0, **{f"pieces-{other}": "1"})

    assert page.status_code in {400, 409}
    assert "not of this order" in words(page)
    assert till.refunds() == []


def test_a_comma_is_a_point(till: Till) -> None:
    till.make(0, 0, amount="1,50")

    assert till.refunds() == [("approved", 150)]


def test_a_script_in_a_note_is_shown_as_it_was_typed(till: Till) -> None:
    script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    till.make(1, 0, note=script)

    page = till.client.get(till.url)

    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert script in unescape(page.text)


@pytest.mark.parametrize("role", ["orders", "catalogue", "content", "support"])
def test_other_roles_do_not_find_the_pages(till: Till, role: str) -> None:
    stranger = till.somebody(role)
    with till.app.app_context():
        refund_id = ask_back(till.placed, some_money(100))

    for path in (till.url, "/staff/refunds", f"/staff/refunds/{refund_id}"):
        assert stranger.get(path).status_code == 404
    for path in (till.url, f"{till.url}/preview", f"/staff/refunds/{refund_id}/retry"):
        assert stranger.post(path).status_code == 404


def test_an_old_sign_in_proves_itself_first(till: Till) -> None:
    tired = till.somebody(fresh=False)

    answer = tired.get(till.url)

    assert answer.status_code in {302, 303}
    assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("path", ["/staff/orders/99999/refunds", "/staff/refunds/ref_stranger"])
def test_what_is_not_there_is_not_found(till: Till, path: str) -> None:
    assert till.client.get(path).status_code == 404


def test_a_dispute_is_said_instead_of_the_form(till: Till, sandbox: StripeStandIn) -> None:
    form = till.typed(till.client.get(till.url), 1, 0)
    with till.app.app_context():
        intent = the_intent(till.placed.attempt_id)
    sandbox.control("dispute", payment_intent=intent)
    sandbox.deliver(force=True)
    drained(till.app)

    page = till.client.get(till.url)

    assert "This payment is disputed" in words(page)
    assert "Check the refund" not in page.text
    assert till.client.post(till.url, data=form).status_code == 409
    assert till.refunds() == []


def asked(till: Till) -> str:
    with till.app.app_context():
        return str(the_refunds(till.placed.order_id)[0].id)


def drained(app: Flask) -> None:
    jobs.drain(app)


def test_above_the_amount_another_person_approves(watched: Till, drain: Callable[[], int]) -> None:
    page = watched.check(3, 1)
    assert "Ask to refund €19.99" in words(page)
    watched.make(3, 1)
    path = f"/staff/refunds/{asked(watched)}"

    own = watched.client.get(path)
    refused = watched.client.post(f"{path}/approval", data={"csrf_token": token(own)})
    omar = watched.somebody()
    answer = omar.post(f"{path}/approval", data={"csrf_token": token(omar.get(path))})

    assert "Another person has to approve" in words(own)
    assert "Approve and refund" not in words(own)
    assert (refused.status_code, answer.status_code) == (409, 303)
    assert watched.refunds() == [("approved", 1999)]


def test_declining_wants_a_reason(watched: Till) -> None:
    watched.make(3, 1)
    path = f"/staff/refunds/{asked(watched)}"
    omar = watched.somebody()
    csrf = token(omar.get(path))

    without = omar.post(f"{path}/refusal", data={"csrf_token": csrf, "why": " "})
    declined = omar.post(f"{path}/refusal", data={"csrf_token": csrf, "why": "Never came back."})

    assert (without.status_code, declined.status_code) == (400, 303)
    assert watched.refunds() == [("declined", 1999)]
    assert "Never came back." in words(omar.get(path))


def test_the_queue_shows_what_waits_and_what_failed(watched: Till, sandbox: StripeStandIn) -> None:
    with watched.app.app_context():
        failed = ask_back(watched.placed, some_money(500), by=INES)
        sandbox.control("refunds", status="failed")
        send_refund(failed)
        session().rollback()
        ask_back(watched.placed, some_money(1100), by=INES)

    page = watched.client.get("/staff/refunds")

    assert "Wait for a second person (1)" in words(page)
    assert "Failed (1)" in words(page)
    assert re.search(r"Refunds 2 waiting", words(page))


def test_a_failed_refund_says_why_and_is_tried_again_by_a_button(
    till: Till, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    with till.app.app_context():
        failed = ask_back(till.placed, some_money(500))
        sandbox.control("refunds", status="failed")
        send_refund(failed)
    path = f"/staff/refunds/{failed}"
    page = till.client.get(path)

    answers = [till.client.post(f"{path}/retry", data={"csrf_token": token(page)}) for _click in range(2)]
    drain()

    assert "The card has expired or was cancelled." in words(page)
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert [state for state, _minor in till.refunds()] == [RefundState.FAILED, RefundState.SETTLED]


def test_a_refund_made_at_stripe_is_shown_as_such(till: Till, sandbox: StripeStandIn) -> None:
    with till.app.app_context():
        intent = the_intent(till.placed.attempt_id)
    sandbox.control("refund", payment_intent=intent, amount=500)
    sandbox.deliver(force=True)
    drained(till.app)

    page = words(till.client.get(till.url))

    assert "Made at Stripe" in page
    assert "€14.99 left to refund" in page


def test_a_page_of_many_refunds_asks_no_more_of_the_database(
    till: Till, count_queries: Callable[[], Any]
) -> None:
    def selects() -> int:
        counted: Counted
        with count_queries() as counted:
            till.client.get(till.url)
        return int(counted.selects)

    till.make(0, 0, amount="1")
    few = selects()
    for _more in range(4):
        till.make(0, 0, amount="1")

    assert selects() == few
