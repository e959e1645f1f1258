"""The riskiest assumption: many threads sign in, browse, buy, settle and work at once, and Stripe is slow.

On the kernel alone, on both engines; figures and how they were measured: docs/database.md.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import database, jobs
from storefront.config import Settings
from storefront.database import db, session
from storefront.errors import Refused
from storefront.jobs import queue
from tests.client import browser
from tests.databases import dispose
from tests.servers.loopback import LoopbackServer
from tests.walks import pressure_shop
from tests.walks.pressure_shop import Good, Letter, Order, SlowStripe, Take, User

THREADS = 16
BROWSERS = 4
WORKERS = 2
STRIPE_SECONDS = 2.0
# Quick and slow by turns, so that whatever else the machine does falls on both.
ROUNDS = (0.0, STRIPE_SECONDS, 0.0, STRIPE_SECONDS)
# Buyers set off one after another within this time: each round has writes while others wait for Stripe.
SPREAD_SECONDS = 0.6
PAUSE_SECONDS = 0.02
# What 16 threads differ by from one second to the next on two cores that other tests want too; held connections
# would cost the 2 s of Stripe's answer. Alone on the machine the two differ by some 10 ms (docs/database.md).
SLACK_SECONDS = 0.4


@pytest.fixture
def shop(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The pressure shop, its worker's handler registered."""
    monkeypatch.setattr(queue, "_handlers", {"pressure.thank": pressure_shop.thank})
    monkeypatch.setattr(queue, "_periodic", {})
    app = pressure_shop.create_shop(make_settings(log_level="error"))
    yield app
    dispose(app)


@pytest.fixture
def stripe() -> SlowStripe:
    """The provider's app."""
    return SlowStripe()


@pytest.fixture
def stripe_url(stripe: SlowStripe, serve: Callable[..., LoopbackServer]) -> str:
    """Where the provider answers."""
    return serve(stripe).url


def test_nothing_is_held_while_stripe_answers(shop: Flask, stripe: SlowStripe, stripe_url: str) -> None:
    pressure_shop.fill(shop, users=1, stock=THREADS)

    def buy(_n: int) -> None:
        with shop.app_context():
            pressure_shop.pay(stripe_url, pressure_shop.place_order(1), seconds=1.0)

    with at_once(THREADS, buy):
        stripe.until_waiting(THREADS)
        with shop.app_context():
            checked_out = db.engine.pool.checkedout()  # type: ignore[attr-defined]
            locked = _can_write_at_once()

    assert checked_out == 0
    assert locked


def test_holding_a_connection_while_stripe_answers_is_refused(shop: Flask, stripe_url: str) -> None:
    """The control run: without release() the call does not happen."""
    pressure_shop.fill(shop, users=1, stock=1)

    with shop.app_context():
        session().scalar(sa.select(Good.id))
        with pytest.raises(database.Misuse):
            database.require_released()


@dataclass(slots=True)
class Seen:
    """How long each page took, by whether Stripe was slow just then."""

    quick: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)


def test_a_slow_stripe_slows_nobody_who_browses(shop: Flask, stripe_url: str) -> None:
    """16 buyers sign in, buy, pay and settle, 4 people browse, 2 workers work; 60 units for 64 orders."""
    units = 60
    pressure_shop.fill(shop, users=THREADS, stock=units)
    seen, refused, stop = Seen(), [0] * THREADS, threading.Event()

    def buy(turn: int, n: int) -> None:
        seconds = ROUNDS[turn]
        time.sleep(SPREAD_SECONDS * n / THREADS)
        # Argon2 takes 0.1 s of a core: half of them in each round, everyone once with Stripe quick and once slow.
        if n % 2 == turn // 2:
            _sign_in(shop, n)
        with shop.app_context():
            try:
                order_id = pressure_shop.place_order(1)
            except Refused:
                refused[n] += 1
                return
            pressure_shop.pay(stripe_url, order_id, seconds=seconds)
            time.sleep(STRIPE_SECONDS - seconds)
            pressure_shop.settle(order_id)

    with at_once(WORKERS, lambda _n: jobs.work(shop, stop=stop)):
        try:
            for turn, seconds in enumerate(ROUNDS):
                _browse_during(shop, seen.slow if seconds else seen.quick, partial(buy, turn))
            _until_letters(shop, units)
        finally:
            stop.set()

    quick, slow = (_percentile(times, 0.99) for times in (seen.quick, seen.slow))
    # Shown by `pytest -rP`.
    sys.stdout.write(_figures(seen) + "\n")
    with shop.app_context():
        assert session().scalar(sa.select(Good.on_hand).where(Good.id == 1)) == 0
        assert session().scalar(sa.select(sa.func.count(Order.id)).where(Order.state == "paid")) == units
        assert session().scalar(sa.select(sa.func.count(Letter.id))) == units
        assert set(session().scalars(sa.select(User.login_count))) == {2}
    assert sum(refused) == len(ROUNDS) * THREADS - units
    assert slow <= quick * 1.2 + SLACK_SECONDS, _figures(seen)


def _sell_at_once(shop: Flask, *, stock: int, take: Take) -> int:
    """16 people see the last units at the same moment and order; how many orders there are then."""
    pressure_shop.fill(shop, users=1, stock=stock)
    all_have_looked = threading.Barrier(THREADS)

    def buy(_n: int) -> None:
        with shop.app_context():
            left = session().scalar(sa.select(Good.on_hand).where(Good.id == 1)) or 0
            all_have_looked.wait(20)
            if left >= 1:
                try:
                    pressure_shop.place_order(1, take=take)
                except Refused:
                    return

    with at_once(THREADS, buy):
        pass
    with shop.app_context():
        return session().scalar(sa.select(sa.func.count(Order.id))) or 0


def test_exactly_as_many_units_are_sold_as_there_are(shop: Flask) -> None:
    assert _sell_at_once(shop, stock=5, take=pressure_shop.take_guarded) == 5


def test_without_the_guard_more_units_are_sold_than_there_are(shop: Flask) -> None:
    """The control run: it is the condition in the UPDATE that keeps count."""
    assert _sell_at_once(shop, stock=5, take=pressure_shop.take_unguarded) == THREADS


class at_once:
    """Run a function in so many threads during the block; whatever one of them raised is raised at its end."""

    def __init__(self, threads: int, function: Callable[[int], object]) -> None:
        self.errors: list[BaseException] = []
        self.threads = [threading.Thread(target=self._run, args=(function, n)) for n in range(threads)]

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_raised: object) -> None:
        for thread in self.threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def _run(self, function: Callable[[int], object], n: int) -> None:
        try:
            function(n)
        except BaseException as error:
            self.errors.append(error)


def _sign_in(shop: Flask, n: int) -> None:
    form = {"email": pressure_shop.address(n), "password": pressure_shop.PASSWORD}
    answer = browser(shop).post("/login", json=form)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def _browse_during(shop: Flask, times: list[float], buy: Callable[[int], None]) -> None:
    over = threading.Event()
    with at_once(BROWSERS, partial(_browse, shop, over, times)):
        try:
            with at_once(THREADS, buy):
                pass
        finally:
            over.set()


def _browse(shop: Flask, over: threading.Event, times: list[float], _n: int) -> None:
    client = browser(shop)
    while not over.wait(PAUSE_SECONDS):
        began = time.perf_counter()
        answer = client.get("/goods")
        times.append(time.perf_counter() - began)
        assert len(json.loads(answer.data)) == 31


def _until_letters(shop: Flask, wanted: int) -> None:
    until = time.monotonic() + 20
    with shop.app_context():
        while session().scalar(sa.select(sa.func.count(Letter.id))) != wanted:
            assert time.monotonic() < until, "the workers did not keep up"
            database.release()
            time.sleep(0.05)


def _can_write_at_once() -> bool:
    began = time.monotonic()
    with database.transaction() as current:
        current.execute(sa.update(Good).where(Good.id == 1).values(name="Free"))
    return time.monotonic() - began < 0.5


def _percentile(times: list[float], part: float) -> float:
    return sorted(times)[int(len(times) * part)]


def _figures(seen: Seen) -> str:
    parts = []
    for name, times in (("quick", seen.quick), ("slow", seen.slow)):
        p50, p99 = (_percentile(times, part) * 1000 for part in (0.5, 0.99))
        parts.append(f"Stripe {name}: {len(times)} pages, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    return "; ".join(parts)
