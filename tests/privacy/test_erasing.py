"""Erased is erased: nothing of a person is left in any column or file, and the books are as they were."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit, clock, jobs
from storefront.accounts.address_book import add_address
from storefront.accounts.guesses import count_guess
from storefront.accounts.models import Customer, Guess, Passkey, SignIn
from storefront.accounts.steps import Device, open_sign_in
from storefront.credit.actions import Said, give_card
from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import Why, take_out
from storefront.database import session, transaction
from storefront.jobs import Job
from storefront.mail.models import MailState, OutgoingMail
from storefront.money import Money
from storefront.orders.actions import add_note, send_codes_again
from storefront.orders.amending import change_contact, fingerprint
from storefront.orders.books import LedgerEntry
from storefront.orders.models import Order, OrderState
from storefront.orders.owners import attach_orders
from storefront.orders.tenders import Way
from storefront.payments.models import StripeEvent
from storefront.privacy.actions import NotYet, erase_person
from storefront.privacy.queries import copy_of
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order, set_refund_aside
from storefront.refunds.reckoning import Wanted
from storefront.reports.prove import prove
from tests.builders.accounts import a_customer, a_staff_member
from tests.builders.cart import a_shelf, put_in, submit_details, submit_order
from tests.builders.credit import a_store_credit
from tests.builders.orders import LEIPZIG, an_order, an_order_of_gift_cards, the_order
from tests.builders.payments import a_paid_order, a_refund
from tests.builders.shipments import a_shipment
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn
from tests.traces import found_in_database, found_in_files

EMAIL = "Quill.Trace01@traces.example"
# What can be typed about oneself in the shop, each unlike anything else that stands in a database.
TYPED = {
    "email": EMAIL,
    "delivery_name": "Quillon Trace02",
    "delivery_street_address": "Trace03allee 8",
    "delivery_street_more": "c/o Trace04",
    "delivery_city": "Trace05hausen",
    "delivery_company_name": "Trace06 & Söhne",
    "billing_name": "Dorothée Trace07",
    "billing_street_address": "Trace08gasse 9",
    "billing_street_more": "Hof Trace09",
    "billing_city": "Trace10stadt",
    "billing_company_name": "Trace11 GmbH",
}
# And by those who work here.
NOTED = [
    "Trace12 is the gate code",
    "TRACE13",
    "Trace14 Quill",
    "Trace15/1.0 (Phone)",
    "Trace16 phone",
    "Trace17 lane",
]
TRACES = [EMAIL, *(text for name, text in TYPED.items() if name != "email"), *NOTED]
# What must not be left of them, not even in part.
SHARDS = [EMAIL, *(f"trace{number:02}" for number in range(1, 26))]


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody who has bought, in a shop that keeps everything it can."""

    order_id: int


@pytest.fixture
def shopper(app: Flask, client: ShopClient, sandbox: StripeStandIn, drain: Callable[[], int]) -> Shopper:
    """Bought and paid over HTTP, told by webhook, written to by mail; and a second checkout was left half-way."""
    put_in(client, a_shelf(app, on_hand=9, price_minor=2400))
    submit_details(client, **TYPED, billing_same=None, billing_country="DE", billing_postal_code="04109")
    answer = submit_order(client, client.get("/checkout/review"))
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"].removeprefix(sandbox.url)
    origin = {"Origin": sandbox.url}
    sandbox.page.post(address, base_url=sandbox.url, headers=origin, data={"choice": "pay"})
    sandbox.deliver(force=True)
    drain()
    with app.app_context():
        order_id = session().scalars(sa.select(Order.id)).one()
        variant_id = session().scalars(sa.select(Order.lines.property.mapper.class_.variant_id)).one()
    put_in(client, variant_id)
    submit_details(client, **TYPED, billing_same=None, billing_country="DE", billing_postal_code="04109")
    _leave_traces_behind_the_counter(app, order_id)
    with app.app_context():
        add_note(order_id, text="Rang: Trace12 is the gate code", key="note-1", by=("staff", 7))
        a_shipment(order_id, number="TRACE13")
        _open_an_account()
    return Shopper(order_id)


def _open_an_account() -> None:
    person = a_customer(email=EMAIL.lower(), name="Trace14 Quill")
    add_address(person.id, {**LEIPZIG, "street_address": "Trace17 lane"})
    with transaction() as current:
        device = Device(user_agent="Trace15/1.0 (Phone)", address="192.0.2.15")
        open_sign_in(current.get_one(Customer, person.id), method="link", device=device, second_factor=False)
        current.add(
            Passkey(
                customer_id=person.id,
                credential_id="key",
                public_key=b"public",
                sign_count=0,
                name="Trace16 phone",
                created_at=clock.now(),
            )
        )
        count_guess("sign_in", EMAIL.lower())


def _leave_traces_behind_the_counter(app: Flask, order_id: int) -> None:
    with app.app_context(), transaction():
        jobs.enqueue("tests.named", {"email": EMAIL}, key="named")
        jobs.enqueue("tests.failed", {"order_id": order_id}, key="failed")
        session().execute(
            sa.update(Job).where(Job.key == "failed").values(error="ValueError: 'Quillon Trace02'")
        )
        changed = {"name": ("Quillon Trace02", "Quillon T.")}
        audit.record("order.changed", subject=("order", order_id), actor=("staff", 7), detail=changed)
        audit.record("guess", subject=("shop", 1), detail={"typed": (None, f"was it {EMAIL.upper()}?")})


def test_a_copy_tells_everything_that_was_typed(app: Flask, shopper: Shopper) -> None:
    with app.app_context():
        copy = copy_of(EMAIL)

    told = str(copy.tables)
    assert [trace for trace in TRACES if trace not in told] == []
    assert {"orders", "order_line", "checkout_draft", "outgoing_mail", "stripe_event", "job"} <= set(
        copy.tables
    )


def test_nothing_of_a_person_is_left_in_any_column_or_file(
    app: Flask, shopper: Shopper, tmp_path: Path
) -> None:
    with app.app_context():
        planted = found_in_database(TRACES)
        assert {place.rpartition(": ")[2] for place in planted} == {trace.lower() for trace in TRACES}
        before = _books()

        erase_person(EMAIL, by=("staff", 7))

        assert found_in_database(SHARDS) == []
        # The sandbox's own file is Stripe's side, which has its own ways to forget.
        assert found_in_files(tmp_path, SHARDS, but=frozenset({"sandbox.db", "sandbox.db-wal"})) == []
        for table in (Customer, SignIn, Passkey, Guess):
            assert session().scalar(sa.select(sa.func.count()).select_from(table)) == 0
        assert _books() == before
        assert prove() == []


def test_codes_of_gift_cards_go_with_the_mails_that_brought_them(
    app: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    with app.app_context():
        order_id = an_order_of_gift_cards(2500, 5000, email=EMAIL)
        give_card(Money(900, "EUR"), to=EMAIL, said=Said("Late parcel", "a" * 32), by=("staff", 7))
        send_codes_again(order_id)
    drain()
    with app.app_context():
        mails = session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind.startswith("gift_card")))
        codes = {card["code"] for mail in mails for card in mail.facts["cards"]}
        told = str(copy_of(EMAIL).tables)
        assert len(codes) == 3
        assert {place.rpartition(": ")[2] for place in found_in_database(codes)} == {
            code.lower() for code in codes
        }

        erase_person(EMAIL, by=("staff", 7))

        assert found_in_database([*codes, EMAIL]) == []
        left = session().scalars(sa.select(CreditAccount.balance_minor).order_by(CreditAccount.balance_minor))
        assert list(left) == [900, 2500, 5000]
    # Whoever hands out a copy does not come by the money.
    assert [code for code in codes if code in told] == []


def _books() -> list[tuple[object, ...]]:
    entries = sa.select(
        LedgerEntry.order_id, LedgerEntry.kind, LedgerEntry.amount_minor, LedgerEntry.stripe_id
    )
    orders = sa.select(Order.id, Order.total_minor, Order.tax_minor, Order.country, Order.captured_minor)
    return [
        tuple(row) for found in (entries, orders) for row in session().execute(found.order_by(sa.text("1")))
    ]


def test_erasing_again_changes_nothing(app: Flask, shopper: Shopper) -> None:
    with app.app_context():
        erase_person(EMAIL, by=("staff", 7))
        kept = _kept()

        erase_person(EMAIL, by=("staff", 7))

        assert _kept() == kept


def _kept() -> list[object]:
    session().rollback()
    return [
        session().scalars(sa.select(Order.email)).all(),
        session().scalars(sa.select(StripeEvent.payload)).all(),
    ]


def test_another_person_is_left_as_they_were(app: Flask, shopper: Shopper) -> None:
    with app.app_context():
        an_order(paid=True, email="other@example.org", cart_id="cart-2")
        before = str(copy_of("other@example.org").tables)

        erase_person(EMAIL, by=("staff", 7))

        assert str(copy_of("other@example.org").tables) == before


def test_the_record_says_who_erased_and_not_whom(app: Flask, shopper: Shopper) -> None:
    with app.app_context():
        code = erase_person(EMAIL, by=("staff", 7))

        entry = audit.history(("person", code))[0]
        assert (entry.verb, entry.actor_kind, entry.actor_id) == ("person.erased", "staff", "7")


def test_nobody_is_erased_while_an_order_is_still_to_be_sent(inside: Flask) -> None:
    order_id = an_order(email=EMAIL, paid=True)

    with pytest.raises(NotYet, match="1001 is still to be sent"):
        erase_person(EMAIL, by=("staff", 7))

    a_shipment(order_id)
    erase_person(EMAIL, by=("staff", 7))


def test_store_credit_is_not_lost_with_its_owner_and_stays_in_the_books_once_it_is_spent(
    inside: Flask,
) -> None:
    customer = a_customer(email=EMAIL.lower())
    account_id = a_store_credit(customer.id, 1200)
    with pytest.raises(NotYet, match=r"€12.00 of store credit would be lost"):
        erase_person(EMAIL, by=("system", None))
    with transaction():
        take_out(account_id, Money(1200, "EUR"), Why(CreditCause.ADJUSTED))

    erase_person(EMAIL, by=("system", None))

    kept = session().get_one(CreditAccount, account_id, populate_existing=True)
    assert (kept.customer_id, kept.balance_minor) == (None, 0)
    assert session().get(Customer, customer.id) is None


def test_nobody_is_erased_while_a_refund_as_credit_is_on_its_way(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    a_shipment(placed.order_id)
    amount = Money(2400, "EUR")
    wanted = Wanted(amount=amount, way=Way.CREDIT)
    refund_id = refund_order(
        placed.order_id, wanted, reason="goodwill", note="", form_key="0" * 32, by=("staff", 7)
    )

    with pytest.raises(NotYet, match="Money for order 1001 is still on its way back"):
        erase_person("mara@example.org", by=("system", None))

    send_refund(refund_id)
    erase_person("mara@example.org", by=("system", None))


def test_nobody_is_erased_while_a_refund_that_failed_is_still_owed(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    """Tried again afterwards, it would go as credit to a card whose code nobody could be written."""
    placed = a_paid_order(sandbox)
    a_shipment(placed.order_id)
    refund_id = a_refund(placed, minor=1000)
    sandbox.control("refunds", status="failed")
    send_refund(refund_id)

    with pytest.raises(NotYet, match="A refund of order 1001 has failed"):
        erase_person("mara@example.org", by=("system", None))

    set_refund_aside(refund_id, why="Paid by bank transfer.", by=("staff", 7))
    erase_person("mara@example.org", by=("system", None))


def test_nobody_is_erased_who_works_here(inside: Flask) -> None:
    a_staff_member(role="support", email="iris@example.org")

    with pytest.raises(NotYet, match="works here"):
        erase_person("iris@example.org", by=("system", None))


def test_an_order_of_somebody_else_loses_the_address_and_nothing_more(inside: Flask) -> None:
    owner = a_customer(email="owner@example.org")
    order_id = an_order(email="owner@example.org", paid=True)
    attach_orders(owner.id)
    seen = fingerprint("owner@example.org")
    change_contact(order_id, email="mara@example.org", seen=seen, by=("staff", 7))
    assert "orders" not in copy_of("mara@example.org").tables

    erase_person("mara@example.org", by=("system", None))

    order = the_order(order_id)
    assert (order.email, order.customer_id) == ("owner@example.org", owner.id)
    assert order.delivery["name"] == "Mara Lindt"
    assert found_in_database(["mara@example.org"]) == []


def test_nobody_is_erased_while_an_order_waits_for_its_payment(inside: Flask) -> None:
    an_order(email=EMAIL)

    with pytest.raises(NotYet, match="1001 is not finished"):
        erase_person(EMAIL, by=("staff", 7))

    assert session().scalars(sa.select(Order.email)).one() == EMAIL


def test_nothing_more_is_written_to_who_was_erased(inside: Flask) -> None:
    a_shipment(an_order(email=EMAIL, paid=True))

    erase_person(EMAIL, by=("system", None))

    session().rollback()
    mails = session().scalars(sa.select(OutgoingMail)).all()
    order = session().scalars(sa.select(Order)).one()
    assert {(mail.state, mail.recipient) for mail in mails} == {(MailState.REFUSED, order.email)}
    assert order.state == OrderState.PAID
    assert order.email.endswith("@erased.invalid")
