"""`kill -9` of server and worker at random instants during checkouts: nothing is lost, nothing is charged twice.

The short form has 5 kills per engine, the long one 40 during 100 checkouts, `make proof` 200 during 500. Seeded: a
failure can be run again. The instants are counted in pages shown, so that a slow machine gets as much done between
two of them as a fast one.
"""

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock, jobs
from storefront.database import release, session
from storefront.jobs.worker import LEASE
from storefront.mail.models import MailState, OutgoingMail
from storefront.orders.models import Order, OrderState
from storefront.payments import gateway
from storefront.payments.models import PaymentAttempt
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import Rows, changed_tables, whole_database
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_variant
from tests.environment import shop_environment
from tests.servers.processes import Process, ShopProcesses
from tests.servers.shopper import Shopper

Make = Callable[..., Flask]

# Of a shopper whose order does not lead to a payment page: what holds that up so often is no kill.
MOST_TRIES = 5
# A checkout takes seven pages, so that the kills of the long form spread over all of it.
MOST_PAGES_BETWEEN_KILLS = 30
SECONDS_TO_BE_READY = 5.0
SECONDS_TO_SHOW_THEM = 60.0


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[ShopProcesses]:
    """The shop as processes over the test's database, not started yet."""
    made = ShopProcesses(tmp_path, shop_environment(database_url=database_url, folder=tmp_path))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("kills", "checkouts"),
    [
        (5, 16),
        pytest.param(40, 100, marks=[pytest.mark.long, pytest.mark.timeout(900)]),
        pytest.param(200, 500, marks=[pytest.mark.proof, pytest.mark.timeout(7200)]),
    ],
)
def test_a_power_cut_at_any_instant_loses_nothing(
    shop: ShopProcesses, make_app: Make, kills: int, checkouts: int
) -> None:
    app = make_app(**shop.settings)
    with app.app_context():
        a_policy()
        # Whoever comes after the hundredth while kills are left, and whoever begins anew, needs a piece as well.
        variant_id = a_variant(on_hand=(checkouts + kills) * MOST_TRIES).id
    shop.start()

    longest_start = buy_while_killing(shop, variant_id, kills=kills, checkouts=checkouts)

    # The server too: the sandbox goes on trying to deliver what came at a bad moment.
    shop.worker.kill()
    shop.server.kill()
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
        assert changed_tables(before, everything()) == {}
    assert longest_start < SECONDS_TO_BE_READY


def buy_while_killing(shop: ShopProcesses, variant_id: int, *, kills: int, checkouts: int) -> float:
    """Let shoppers buy while server and worker die again and again; the longest start, in seconds."""
    pages: list[int] = []
    chance = random.Random(kills)
    starts = []
    with ThreadPoolExecutor(4) as pool:
        shoppers = [pool.submit(buy, shop, variant_id, pages) for _ in range(checkouts)]
        try:
            for _ in range(kills):
                if all(each.done() for each in shoppers):
                    shoppers.append(pool.submit(buy, shop, variant_id, pages))
                wait_for(pages, chance.randint(1, MOST_PAGES_BETWEEN_KILLS), shoppers)
                starts.append(kill_and_start(chance.choice([shop.server, shop.server, shop.worker])))
            for each in shoppers:
                each.result(timeout=3600)
        except BaseException:
            # Those that have not begun would each wait for a server that is gone.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    sys.stdout.write(
        f"{len(shoppers)} checkouts, {kills} kills, {len(pages)} pages; "
        f"longest start {max(starts):.1f} s, neighbours taken off\n"
    )
    return max(starts)


def buy(shop: ShopProcesses, variant_id: int, pages: list[int]) -> None:
    """Put a piece into the cart, order and pay; begin anew where that does not lead to the payment page."""
    said = []
    for _ in range(MOST_TRIES):
        shopper = Shopper(shop.origin, patient=True)
        shopper.statuses = pages
        shopper.fill(variant_id)
        answer = shopper.order(shopper.review())
        page = answer.headers.get("Location", "")
        if page.startswith(shop.sandbox_url):
            shopper.pay(page)
            return
        said.append((answer.status_code, page, words(answer.text)))
    raise AssertionError(f"no order led to a payment page: {said}")


def words(html: str) -> str:
    """What a page of the shop says first."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())[:300]


def wait_for(pages: list[int], count: int, shoppers: "list[Future[None]]") -> None:
    """Until so many pages more were shown, or nobody is left to see them; raises what a shopper ran into."""
    enough, until = len(pages) + count, time.monotonic() + SECONDS_TO_SHOW_THEM
    while len(pages) < enough and not all(each.done() for each in shoppers):
        assert time.monotonic() < until, f"{len(pages)} of {enough} pages"
        time.sleep(0.01)
    for each in shoppers:
        if each.done():
            each.result()


def kill_and_start(process: Process) -> float:
    """Kill it, start it; how long it took until it answered, in seconds, less what it stood in line for a core."""
    process.kill()
    began = time.monotonic()
    process.start()
    return time.monotonic() - began - process.seconds_in_line


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


def everything() -> Rows:
    """All rows of all tables but the jobs', which count time."""
    return {name: rows for name, rows in whole_database().items() if name != "job"}
