"""From the cart to the paid order over HTTP, with Stripe's stand-in beside the shop: whoever tells us, told once.

The payment is made known by webhook, by the return page and by the reconciler: each alone, and all of them.
"""

import random
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.database import session
from storefront.jobs import Job, JobState
from storefront.jobs.queue import handler_called
from storefront.orders.models import Order, OrderState
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, documents, jobs_called, ledger, mails, on_hand, whole_database
from tests.builders.cart import a_shelf, pieces, put_in, submit_details, submit_order, words
from tests.client import ShopClient, browser
from tests.servers.stripe import StripeStandIn

Look = Callable[[], object]


class Walk:
    """A shopper with a browser, from the shelf to the payment page."""

    def __init__(self, app: Flask, client: ShopClient, sandbox: StripeStandIn) -> None:
        self.app, self.client, self.sandbox = app, client, sandbox
        self.variant_id = a_shelf(app, on_hand=3, price_minor=2400).id
        assert put_in(client, self.variant_id, 2).status_code in {302, 303}
        assert submit_details(client).status_code == 303
        answer = submit_order(client, client.get("/checkout/review"))
        assert answer.status_code == 303, words(answer)
        self.page = answer.headers["Location"]

    def pay(self) -> str:
        """Press “Pay” on the payment page; where the browser is sent."""
        path = self.page.removeprefix(self.sandbox.url)
        shown = self.sandbox.page.get(path, base_url=self.sandbox.url)
        assert "48.00" in shown.text
        answer = self.sandbox.page.post(
            path, base_url=self.sandbox.url, headers={"Origin": self.sandbox.url}, data={"choice": "pay"}
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].removeprefix("http://localhost")

    def looks(self, address: str) -> dict[str, Look]:
        """The ways in which we learn of the payment."""
        return {
            "webhook": self.be_told,
            "return": lambda: browser(self.app).get(address),
            "reconcile": self.reconcile,
        }

    def be_told(self) -> None:
        """Every event arrives and is looked into."""
        self.sandbox.deliver(force=True)
        self.work("webhooks.handle")

    def reconcile(self) -> None:
        with self.app.app_context():
            reconcile()

    def work(self, name: str) -> None:
        """Do the jobs of one name, and no periodic one."""
        with self.app.app_context():
            waiting = sa.select(Job.args).where(Job.name == name, Job.state == JobState.QUEUED)
            found = list(session().scalars(waiting))
            session().rollback()
            for args in found:
                handler_called(name)(**args)

    def assert_paid_once(self) -> None:
        """One order, one entry, one invoice, one mail, one job; and the books are right."""
        with self.app.app_context():
            order = session().scalars(sa.select(Order)).one()
            assert (order.state, order.total_minor) == (OrderState.PAID, 4800)
            assert ledger(order.id) == [("capture", 4800)]
            assert [kind for kind, _number, _minor in documents(order.id)] == ["invoice"]
            assert mails() == [("order_confirmation", "mara@example.org")]
            assert jobs_called("mail.send") == 1
            assert on_hand(self.variant_id) == 1
            session().rollback()
            assert prove() == []


@pytest.fixture
def walk(app: Flask, client: ShopClient, sandbox: StripeStandIn) -> Walk:
    """A shopper who has come as far as the payment page."""
    return Walk(app, client, sandbox)


@pytest.mark.parametrize("how", ["webhook", "return", "reconcile"])
def test_each_way_alone_makes_the_order_paid(walk: Walk, how: str) -> None:
    looks = walk.looks(walk.pay())

    looks[how]()

    with walk.app.app_context():
        unseen = [each for each in prove() if "never looked into" not in each]
        assert unseen == []
        order = session().scalars(sa.select(Order)).one()
        assert order.is_paid
        assert mails() == [("order_confirmation", "mara@example.org")]


@pytest.mark.parametrize("seed", range(5))
def test_all_ways_five_times_each_in_any_order_make_one_paid_order(walk: Walk, seed: int) -> None:
    walk.sandbox.control("deliveries", copies=5, shuffle=2)
    looks = list(walk.looks(walk.pay()).values()) * 5
    random.Random(seed).shuffle(looks)

    for look in looks:
        look()

    walk.reconcile()
    walk.assert_paid_once()


def test_a_second_reconcile_changes_no_row(walk: Walk) -> None:
    walk.pay()
    walk.reconcile()
    with walk.app.app_context():
        before = whole_database()

    walk.reconcile()

    with walk.app.app_context():
        assert changed_tables(before, whole_database()) == {}


def test_the_return_page_shows_the_order_in_another_browser_too(walk: Walk) -> None:
    address = walk.pay()
    stranger = browser(walk.app)

    answer = stranger.get(address)

    assert answer.status_code == 303
    shown = stranger.get(answer.headers["Location"])
    assert shown.status_code == 200
    assert "1001" in words(shown)


def test_the_cart_is_empty_once_its_order_is_paid_and_not_before(walk: Walk) -> None:
    address = walk.pay()
    assert pieces(walk.client) == 2

    walk.client.get(address)

    assert pieces(walk.client) == 0


def test_back_after_paying_shows_the_order_and_takes_no_second_payment(walk: Walk) -> None:
    address = walk.pay()
    walk.client.get(address)

    again = walk.client.get("/checkout/review")

    assert again.status_code == 303
    assert re.search(r"/orders/1001$", again.headers["Location"])
    assert len(walk.sandbox.state()["sessions"]) == 1
