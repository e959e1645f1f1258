"""The books as staff see them: a month's figures, the file with the same, and the proof that anybody may ask for."""

import csv
import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.database import release, session
from storefront.payments.models import BooksCheck, CheckKind
from storefront.reports.actions import prove_on_record
from storefront.webhooks.actions import forget_old_events, reconcile_on_record
from tests.books import beside_the_triggers
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.payments import a_refund
from tests.builders.refunds import a_paid_basket
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn
from tests.staff.goods import hidden

Drain = Callable[[], int]


def somebody(app: Flask, role: str) -> ShopClient:
    """A browser of a member of staff in that role."""
    with app.app_context():
        person = a_staff_member(role=role)
    return signed_in(app, person)


def sell(app: Flask, sandbox: StripeStandIn) -> None:
    """24.00 was paid and taken in."""
    with app.app_context():
        a_paid_basket(sandbox, (2400, 1))
        reconcile_on_record()
        release()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("owner", 200),
        ("orders", 200),
        ("refunds", 200),
        ("catalogue", 404),
        ("content", 404),
        ("support", 404),
    ],
)
def test_who_sees_figures_sees_the_books(app: Flask, role: str, status: int) -> None:
    assert somebody(app, role).get("/staff/books").status_code == status


def test_a_month_shows_ledger_tax_and_stripes_account(app: Flask, sandbox: StripeStandIn) -> None:
    sell(app, sandbox)

    page = somebody(app, "refunds").get("/staff/books").text

    assert 'Paid by customers</th><td class="amount">€24.00' in page
    # 19 % of 20.17 and 1.5 % of 24.00 with 25 cents.
    assert "€3.83" in page
    assert 'Stripe&#39;s fees</th><td class="amount">-€0.61' in page


def test_the_file_says_the_same(app: Flask, sandbox: StripeStandIn) -> None:
    sell(app, sandbox)

    file = somebody(app, "orders").get("/staff/books.csv")

    rows = {(row[0], row[1], row[2]): row[3] for row in csv.reader(io.StringIO(file.text))}
    assert file.mimetype == "text/csv"
    assert rows["invoices", "net", "19"] == "20.17"
    assert rows["invoices", "tax", "19"] == "3.83"
    assert rows["ledger", "captured", ""] == "24.00"
    assert rows["stripe", "fees", ""] == "-0.61"
    assert rows["stripe", "net", ""] == "23.39"


@pytest.mark.parametrize("month", ["", "nonsense", "2026-13", "0001-01", "9999-12", "2026-02-30", "٢٠٢٦-٠١"])
def test_a_month_that_is_none_is_this_one(app: Flask, month: str) -> None:
    page = somebody(app, "owner").get("/staff/books", query_string={"month": month})

    assert page.status_code == 200


def test_a_proof_is_asked_for_once_a_minute_and_kept(
    app: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    sell(app, sandbox)
    client = somebody(app, "refunds")
    form = {"csrf_token": hidden(client.get("/staff/books").text)["csrf_token"]}

    answers = [client.post("/staff/books/proof", data=form) for _ in range(3)]
    with app.app_context():
        drain()
        kept = session().scalars(
            sa.select(BooksCheck.problem_count).where(BooksCheck.kind == CheckKind.PROOF)
        )
        found = kept.all()
        release()

    assert [each.status_code for each in answers] == [303] * 3
    # The one that was asked for, and the night's.
    assert found == [0, 0]
    assert "The books were right on" in client.get("/staff/books").text


def test_who_only_sees_figures_asks_for_no_proof(app: Flask) -> None:
    client = somebody(app, "orders")

    assert "/staff/books/proof" not in client.get("/staff/books").text
    assert client.post("/staff/books/proof").status_code == 404


def test_a_difference_stands_on_the_page(app: Flask, sandbox: StripeStandIn) -> None:
    sell(app, sandbox)
    with app.app_context():
        beside_the_triggers("UPDATE variant SET on_hand = on_hand + 1")
        prove_on_record()
        release()

    page = somebody(app, "owner").get("/staff/books").text

    assert "1 difference on" in page
    assert "Variant 1 has 10 on hand, but its movements add up to 9." in page


def test_what_a_reconcile_put_right_is_kept_for_a_month(
    app: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    with app.app_context():
        placed = a_paid_basket(sandbox, (2400, 1))
        a_refund(placed)
        reconcile_on_record()
        release()

    page = somebody(app, "owner").get("/staff/books").text
    with app.app_context():
        beside_the_triggers("UPDATE books_check SET ended_at = '2020-01-01 00:00:00.000000'")
        forget_old_events()
        left = session().scalar(sa.select(sa.func.count(BooksCheck.id)))
        release()

    assert "1 refunds followed" in page
    assert left == 0
