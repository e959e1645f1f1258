"""Everything that the sandbox can play, from the shelf to the books: pressed on its page or done by its control.

Each walk ends with the order's page as the shopper sees it, the ledger, and a proof without a difference.
"""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront.checkout.actions import Placed
from storefront.checkout.giving_up import cancel_unpaid
from storefront.database import session
from storefront.orders.models import Order, OrderState
from storefront.orders.refund import Refund, RefundState
from storefront.payments.models import PaymentAttempt
from storefront.reports.prove import prove
from storefront.sandbox.payments import DECLINES
from tests.books import ledger, mails, on_hand
from tests.builders.cart import words
from tests.builders.payments import a_refund, the_intent
from tests.client import ShopClient, browser
from tests.servers.stripe import StripeStandIn
from tests.walks.test_buying import Walk

PAID = "Paid. Thank you."


class Visit(Walk):
    """A shopper on the sandbox's payment page, who may press any of its buttons."""

    def choose(self, choice: str, *, at: str = "", **fields: str) -> TestResponse:
        """Press a button of the payment page, or of its step `at`."""
        path = self.page.removeprefix(self.sandbox.url) + at
        return self.sandbox.page.post(
            path,
            base_url=self.sandbox.url,
            headers={"Origin": self.sandbox.url},
            data={"choice": choice, **fields},
        )

    def payment_page(self, at: str = "") -> str:
        """What the payment page says now."""
        path = self.page.removeprefix(self.sandbox.url) + at
        return words(self.sandbox.page.get(path, base_url=self.sandbox.url))

    def come_back(self, answer: TestResponse) -> str:
        """Follow the way back into the shop; what the page there says."""
        address = answer.headers["Location"].removeprefix("http://localhost")
        return words(self.client.get(address, follow_redirects=True))

    def order_page(self) -> str:
        """What the order's page says now."""
        return words(self.client.get("/orders/1001"))

    def books(self) -> tuple[str, list[tuple[str, int]], list[str]]:
        """The order's state, its ledger and what the proof finds."""
        with self.app.app_context():
            order = session().scalars(sa.select(Order)).one()
            found = (str(order.state), ledger(order.id))
            session().rollback()
            return (*found, prove())

    def mails(self) -> list[str]:
        """The kinds of all mails owed so far."""
        with self.app.app_context():
            return [kind for kind, _to in mails()]

    def intent(self) -> str:
        """Stripe's id of the payment."""
        with self.app.app_context():
            return the_intent(session().scalars(sa.select(PaymentAttempt.id)).one())

    def refund(self, minor: int) -> None:
        """The shop gives back a part, and its worker sends it."""
        with self.app.app_context():
            attempt = session().scalars(sa.select(PaymentAttempt)).one()
            a_refund(Placed(attempt.order_id, attempt.id), minor=minor)
        self.work("refund.send")

    def the_refund(self) -> Refund:
        """The one refund as it stands."""
        with self.app.app_context():
            found: Refund = session().scalars(sa.select(Refund)).one()
            return found


@pytest.fixture
def visit(app: Flask, client: ShopClient, sandbox: StripeStandIn) -> Visit:
    """A shopper who has come as far as the payment page, where card is offered."""
    return Visit(app, client, sandbox)


@pytest.fixture
def patient(make_app: Callable[..., Flask], sandbox: StripeStandIn, frozen: ModuleType) -> Visit:
    """The same in a shop that accepts to wait for days."""
    app = make_app(**sandbox.settings, delayed_payments="yes")
    sandbox.shop = app
    return Visit(app, browser(app), sandbox)


@pytest.fixture
def paid(visit: Visit) -> Visit:
    """The same after paying, with every event told."""
    assert PAID in visit.come_back(visit.choose("pay"))
    visit.be_told()
    return visit


def test_3d_secure_passed_is_a_paid_order(visit: Visit) -> None:
    asked = visit.choose("secure")
    assert asked.headers["Location"].endswith("/authenticate")
    assert "Is this you?" in visit.payment_page("/authenticate")

    shown = visit.come_back(visit.choose("passed", at="/authenticate"))

    assert PAID in shown
    visit.be_told()
    visit.assert_paid_once()


def test_3d_secure_refused_charges_nothing_and_may_be_tried_again(visit: Visit) -> None:
    visit.choose("secure")
    visit.choose("failed", at="/authenticate")
    visit.be_told()
    assert "We are unable to authenticate your payment method." in visit.payment_page()
    assert visit.books() == ("awaiting_payment", [], [])

    assert PAID in visit.come_back(visit.choose("pay"))

    visit.be_told()
    visit.assert_paid_once()


def test_3d_secure_given_up_holds_the_goods_and_charges_nothing(visit: Visit) -> None:
    visit.choose("secure")

    shown = visit.come_back(visit.choose("cancel"))

    assert "held" in shown
    assert visit.books() == ("awaiting_payment", [], [])


@pytest.mark.parametrize("code", DECLINES)
def test_a_declined_card_says_why_and_another_try_pays_once(visit: Visit, code: str) -> None:
    visit.choose("decline", code=code)
    visit.be_told()
    assert DECLINES[code][1] in visit.payment_page()
    assert visit.books() == ("awaiting_payment", [], [])

    assert PAID in visit.come_back(visit.choose("pay"))

    visit.be_told()
    visit.assert_paid_once()


def test_going_back_keeps_the_order_and_its_page(visit: Visit) -> None:
    shown = visit.come_back(visit.choose("cancel"))

    assert "Order and pay" in shown
    assert "You left the payment page before you paid: nothing was charged" in shown
    assert visit.books() == ("awaiting_payment", [], [])
    assert PAID in visit.come_back(visit.choose("pay"))


def test_paying_later_is_not_offered_unless_the_shop_waits(visit: Visit) -> None:
    visit.choose("later", outcome="succeeded")

    assert "Bank debit" not in visit.payment_page()
    assert visit.books() == ("awaiting_payment", [], [])


@pytest.mark.parametrize("who", ["webhook", "return", "reconcile"])
def test_paying_later_and_well_is_a_paid_order(patient: Visit, frozen: ModuleType, who: str) -> None:
    assert "Bank debit: pay later" in patient.payment_page()
    answer = patient.choose("later", outcome="succeeded")
    assert "Your payment is under way" in patient.come_back(answer)
    assert patient.mails() == ["payment_under_way"]
    frozen.advance(timedelta(seconds=11))

    patient.looks(answer.headers["Location"].removeprefix("http://localhost"))[who]()

    assert PAID in patient.order_page()
    assert patient.mails() == ["payment_under_way", "order_confirmation"]
    patient.reconcile()
    assert patient.books() == ("paid", [("capture", 4800)], [])


@pytest.mark.parametrize("who", ["webhook", "return", "reconcile"])
def test_paying_later_and_badly_cancels_and_says_so_plainly(
    patient: Visit, frozen: ModuleType, who: str
) -> None:
    answer = patient.choose("later", outcome="failed")
    assert "Your payment is under way" in patient.come_back(answer)
    frozen.advance(timedelta(seconds=11))

    patient.looks(answer.headers["Location"].removeprefix("http://localhost"))[who]()

    shown = patient.order_page()
    assert "Cancelled" in shown
    assert "The payment did not go through. Nothing has been charged." in shown
    assert patient.mails() == ["payment_under_way", "payment_failed"]
    patient.reconcile()
    assert patient.books() == ("cancelled", [], [])
    with patient.app.app_context():
        assert on_hand(patient.variant_id) == 3


@pytest.mark.parametrize("who", ["webhook", "reconcile"])
def test_a_refund_made_in_the_dashboard_is_in_the_books(paid: Visit, who: str) -> None:
    paid.sandbox.control("refund", payment_intent=paid.intent(), amount=1000)

    paid.looks("")[who]()

    assert "€10.00 paid back" in paid.order_page()
    paid.reconcile()
    assert paid.books() == ("paid", [("capture", 4800), ("refund", -1000)], [])


@pytest.mark.parametrize("status", ["pending", "requires_action"])
@pytest.mark.parametrize("who", ["webhook", "reconcile"])
def test_a_refund_that_waits_is_on_its_way_until_it_arrives(paid: Visit, status: str, who: str) -> None:
    paid.sandbox.control("refunds", status=status)
    paid.refund(1000)
    paid.looks("")[who]()
    assert "on its way to you" in paid.order_page()
    assert paid.books() == ("paid", [("capture", 4800)], [])
    assert paid.the_refund().state == RefundState.SENT

    paid.sandbox.control("refund-status", refund=paid.sandbox.state()["refunds"][0]["id"], status="succeeded")
    paid.looks("")[who]()

    assert paid.the_refund().state == RefundState.SETTLED
    paid.reconcile()
    assert paid.books() == ("paid", [("capture", 4800), ("refund", -1000)], [])


@pytest.mark.parametrize("begins", ["failed", "canceled", "pending", "requires_action"])
@pytest.mark.parametrize("who", ["webhook", "reconcile"])
def test_a_refund_that_does_not_arrive_is_free_again_and_staff_are_told(
    paid: Visit, begins: str, who: str
) -> None:
    paid.sandbox.control("refunds", status=begins)
    paid.refund(1000)
    if begins in {"pending", "requires_action"}:
        ends = "failed" if begins == "pending" else "canceled"
        stripe_id = paid.sandbox.state()["refunds"][0]["id"]
        paid.sandbox.control("refund-status", refund=stripe_id, status=ends)

    paid.looks("")[who]()

    assert paid.the_refund().state == RefundState.FAILED
    assert "could not be paid back" in paid.order_page()
    assert paid.mails() == ["order_confirmation", "refund_failed_staff"]
    paid.reconcile()
    assert paid.books() == ("paid", [("capture", 4800)], [])


@pytest.mark.parametrize("who", ["webhook", "reconcile"])
def test_a_refund_that_the_bank_sent_back_is_entered_back(paid: Visit, who: str) -> None:
    paid.refund(1000)
    paid.sandbox.control("refund-status", refund=paid.sandbox.state()["refunds"][0]["id"], status="failed")

    paid.looks("")[who]()

    assert paid.the_refund().state == RefundState.FAILED
    assert paid.mails() == ["order_confirmation", "refund_paid", "refund_failed_staff"]
    paid.reconcile()
    entries = [("capture", 4800), ("refund", -1000), ("refund_returned", 1000)]
    assert paid.books() == ("paid", entries, [])


@pytest.mark.parametrize("who", ["webhook", "reconcile"])
@pytest.mark.parametrize("ends", ["won", "lost"])
def test_a_dispute_is_followed_to_its_end_and_the_shopper_sees_nothing_of_it(
    paid: Visit, who: str, ends: str
) -> None:
    before = paid.order_page()
    made = paid.sandbox.control("dispute", payment_intent=paid.intent())
    paid.looks("")[who]()
    assert paid.books()[1:] == ([("capture", 4800), ("dispute", -4800)], [])

    paid.sandbox.control("close-dispute", dispute=made["id"], status=ends)
    paid.looks("")[who]()

    assert paid.order_page() == before
    assert paid.mails() == ["order_confirmation", "dispute_opened_staff", "dispute_closed_staff"]
    paid.reconcile()
    came_back = [("dispute_won", 4800)] if ends == "won" else []
    assert paid.books() == ("paid", [("capture", 4800), ("dispute", -4800), *came_back], [])


def test_an_inquiry_grows_into_a_dispute(paid: Visit) -> None:
    made = paid.sandbox.control("dispute", payment_intent=paid.intent(), inquiry=True)
    paid.be_told()
    assert paid.books() == ("paid", [("capture", 4800)], [])

    paid.sandbox.control("escalate-dispute", dispute=made["id"])
    paid.be_told()

    assert paid.books() == ("paid", [("capture", 4800), ("dispute", -4800)], [])
    assert paid.mails().count("dispute_opened_staff") == 2


def test_a_page_that_ran_out_gives_the_goods_back_quietly(visit: Visit) -> None:
    (open_session,) = visit.sandbox.state()["sessions"]

    with visit.app.app_context():
        cancel_unpaid(session().scalars(sa.select(Order.id)).one(), code="expired")

    assert visit.choose("pay").status_code == 410
    assert open_session["status"] == "open"
    assert visit.books() == (str(OrderState.CANCELLED), [], [])
    assert visit.mails() == []
