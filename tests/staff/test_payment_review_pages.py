"""The pages on which staff decide about payments that are not what was asked."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from storefront.checkout.actions import Placed
from storefront.orders.models import OrderState
from storefront.reports.prove import prove
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.payments import order
from tests.builders.refunds import a_paid_basket, a_payment_in_review
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn

WHY = "The shopper rang and explained."


def in_review(app: Flask, sandbox: StripeStandIn, *, minor: int = 3000) -> tuple[Placed, ShopClient]:
    with app.app_context():
        placed = a_payment_in_review(sandbox, minor=minor)
        person = a_staff_member(role="refunds")
    return placed, signed_in(app, person)


def decide(client: ShopClient, placed: Placed, what: str, *, why: str = WHY) -> int:
    path = f"/staff/payment-review/{placed.attempt_id}"
    csrf = token(client.get("/staff/payment-review/" + placed.attempt_id))
    return client.post(f"{path}/{what}", data={"csrf_token": csrf, "why": why}).status_code


def state(app: Flask, placed: Placed) -> OrderState:
    with app.app_context():
        return order(placed).state


def test_the_queue_shows_what_came_beside_what_was_asked(app: Flask, sandbox: StripeStandIn) -> None:
    _placed, client = in_review(app, sandbox)

    page = words(client.get("/staff/payment-review"))

    assert "Another amount than was asked" in page
    assert "€24.00 €30.00" in page


def test_a_payment_is_accepted_with_a_reason(
    app: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed, client = in_review(app, sandbox)

    answer = decide(client, placed, "acceptance")
    drain()

    assert (answer, state(app, placed)) == (303, OrderState.PAID)
    assert "No payment waits." in words(client.get("/staff/payment-review"))
    with app.app_context():
        assert prove() == []


def test_a_payment_is_given_back_with_a_reason(
    app: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed, client = in_review(app, sandbox, minor=100)

    answer = decide(client, placed, "return")
    drain()

    assert (answer, state(app, placed)) == (303, OrderState.CANCELLED)
    with app.app_context():
        assert prove() == []


def test_less_than_was_asked_has_no_button_to_accept_it(app: Flask, sandbox: StripeStandIn) -> None:
    placed, client = in_review(app, sandbox, minor=100)

    page = client.get(f"/staff/payment-review/{placed.attempt_id}")

    assert "Accept as paid" not in words(page)
    assert "Less came than was asked" in words(page)
    assert decide(client, placed, "acceptance") == 409
    assert state(app, placed) == OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("what", ["acceptance", "return"])
def test_no_decision_without_a_reason(app: Flask, sandbox: StripeStandIn, what: str) -> None:
    placed, client = in_review(app, sandbox)

    assert decide(client, placed, what, why="  ") == 400
    assert state(app, placed) == OrderState.AWAITING_PAYMENT


def test_what_was_decided_has_no_buttons(app: Flask, sandbox: StripeStandIn) -> None:
    placed, client = in_review(app, sandbox)
    decide(client, placed, "acceptance")

    page = words(client.get(f"/staff/payment-review/{placed.attempt_id}"))

    assert "Somebody has decided" in page
    assert "Give back" not in page


@pytest.mark.parametrize("role", ["orders", "catalogue", "content", "support"])
def test_other_roles_do_not_find_the_queue(app: Flask, sandbox: StripeStandIn, role: str) -> None:
    placed, _client = in_review(app, sandbox)
    with app.app_context():
        person = a_staff_member(role=role)
    stranger = signed_in(app, person)

    assert stranger.get("/staff/payment-review").status_code == 404
    assert stranger.post(f"/staff/payment-review/{placed.attempt_id}/acceptance").status_code == 404


@pytest.mark.parametrize("attempt", ["att_stranger", "att_' OR 1=1"])
def test_a_payment_that_is_not_there_is_not_found(app: Flask, sandbox: StripeStandIn, attempt: str) -> None:
    _placed, client = in_review(app, sandbox)

    assert client.get(f"/staff/payment-review/{attempt}").status_code == 404


def test_a_payment_that_was_never_in_review_is_not_found(app: Flask, sandbox: StripeStandIn) -> None:
    _placed, client = in_review(app, sandbox)
    with app.app_context():
        paid = a_paid_basket(sandbox, (1000, 1))

    assert client.get(f"/staff/payment-review/{paid.attempt_id}").status_code == 404


def test_enter_in_the_reason_decides_nothing(app: Flask, sandbox: StripeStandIn) -> None:
    placed, client = in_review(app, sandbox)

    page = client.get("/staff/payment-review/" + placed.attempt_id).text

    form = page[page.index('<form class="stack"') :]
    buttons = re.findall(r"<button[^>]*>", form[: form.index("</form>")])
    # A browser submits nothing by Enter where the first button of a form is disabled: HTML, 4.10.21.2.
    assert "disabled" in buttons[0]
    assert len(buttons) == 3
