"""`kill -9` of server and worker at random instants during checkouts: nothing is lost, nothing is charged twice.

The short form has 5 kills per engine, the long one 40 during 100 checkouts. Seeded: a failure can be run again.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock, jobs
from storefront.database import db, release, session
from storefront.jobs import Job
from storefront.jobs.worker import LEASE
from storefront.mail.models import MailState, OutgoingMail
from storefront.orders.models import Order, OrderState
from storefront.payments import gateway
from storefront.payments.models import PaymentAttempt
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_variant
from tests.environment import shop_environment
from tests.servers.processes import Process, ShopProcesses
from tests.servers.shopper import Shopper

Make = Callable[..., Flask]


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[ShopProcesses]:
    """The shop as processes over the test's database, not started yet."""
    made = ShopProcesses(tmp_path, shop_environment(database_url=database_url, folder=tmp_path))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("kills", "checkouts", "seconds_to_be_ready"),
    # Beside other tests a start takes as long as it takes; alone, as the long tests are run, it has its goal.
    [(5, 16, 30.0), pytest.param(40, 100, 5.0, marks=[pytest.mark.long, pytest.mark.timeout(900)])],
)
def test_a_power_cut_at_any_instant_loses_nothing(
    shop: ShopProcesses, make_app: Make, kills: int, checkouts: int, seconds_to_be_ready: float
) -> None:
    app = make_app(**shop.settings)
    with app.app_context():
        a_policy()
        variant_id = a_variant(on_hand=checkouts + 20).id
    shop.start()

    longest_start = buy_while_killing(shop, variant_id, kills=kills, checkouts=checkouts)

    shop.worker.kill()
    with app.app_context():
        reconcile()
    # The leases of killed workers have run out by then.
    with clock.frozen(clock.now() + 2 * LEASE):
        jobs.drain(app, seconds=60)
    with app.app_context():
        assert prove() == []
        assert unpaid_captures() == []
        states = Counter(session().scalars(sa.select(Order.state)))
        assert states[OrderState.PAID] >= checkouts
        before = everything()
        assert reconcile().total == 0
        assert everything() == before
    assert longest_start < seconds_to_be_ready


def buy_while_killing(shop: ShopProcesses, variant_id: int, *, kills: int, checkouts: int) -> float:
    """Let shoppers buy while server and worker die again and again; the longest start, in seconds."""

    def buy(_number: int) -> None:
        while True:
            shopper = Shopper(shop.origin, patient=True)
            shopper.fill(variant_id)
            answer = shopper.order(shopper.review())
            page = answer.headers.get("Location", "")
            if page.startswith(shop.sandbox_url):
                shopper.pay(page)
                return

    chance = random.Random(kills)
    longest = 0.0
    with ThreadPoolExecutor(4) as pool:
        shoppers = [pool.submit(buy, number) for number in range(checkouts)]
        for number in range(kills):
            time.sleep(chance.uniform(0.2, 1.2))
            longest = max(longest, kill_and_start(chance.choice([shop.server, shop.server, shop.worker])))
            if all(each.done() for each in shoppers):
                shoppers += [pool.submit(buy, checkouts + number)]
        for each in shoppers:
            each.result(timeout=300)
    return longest


def kill_and_start(process: Process) -> float:
    """Kill it, start it; how long it took until it answered, in seconds."""
    process.kill()
    began = time.monotonic()
    process.start()
    return time.monotonic() - began


def unpaid_captures() -> list[str]:
    """Payments that the sandbox took and that have no paid order (or refund) with its mail."""
    release()
    wrong = []
    for capture in list(gateway.captures()):
        row = (
            session()
            .execute(
                sa.select(Order.id, Order.state, Order.captured_minor - Order.refunded_minor)
                .join(PaymentAttempt, PaymentAttempt.order_id == Order.id)
                .where(PaymentAttempt.payment_intent_id == capture.payment_intent_id)
            )
            .one_or_none()
        )
        if row is None or not (has_its_mail(row[0]) if row[1] == OrderState.PAID else row[2] == 0):
            wrong.append(capture.payment_intent_id)
    release()
    return wrong


def has_its_mail(order_id: int) -> bool:
    """Whether the order's confirmation is written, once, and was sent (kept, in this shop)."""
    mine = sa.select(OutgoingMail.state).where(
        OutgoingMail.subject == f"order:{order_id}", OutgoingMail.kind == "order_confirmation"
    )
    return list(session().scalars(mine)) == [MailState.KEPT]


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but the jobs', which count time."""
    tables = [table for table in db.metadata.sorted_tables if table is not Job.__table__]
    rows = {table.name: [tuple(row) for row in session().execute(sa.select(table))] for table in tables}
    release()
    return {name: sorted(found, key=repr) for name, found in rows.items()}
