"""How long the staff's list of orders takes, whatever is asked of it: p95 of the whole page, beside a small shop's.

    python -m bench.many_orders sqlite:////tmp/small.db --count 1000
    python -m bench.many_orders sqlite:////tmp/large.db --count 1000000
    python -m bench.staff_lists sqlite:////tmp/small.db sqlite:////tmp/large.db

Each URL is a database that `bench.many_orders` filled. What is told is the time of the processor, this process's and
PostgreSQL's on this machine together: what a quiet machine takes, however busy this one is. `--clock` tells the
clock's time instead. Knows what is asked; refuses to know how it is answered.
"""

import argparse
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from storefront import create_app
from storefront.config import Settings
from storefront.database import is_postgresql, session
from tests.builders.accounts import a_staff_member, signed_in
from tests.client import ShopClient
from tests.environment import shop_environment

TRIES = 100
ASKED = {
    "newest": "",
    "oldest": "sort=oldest",
    "highest total": "sort=highest",
    "paid": "state=paid",
    "waiting for payment": "state=awaiting_payment",
    "cancelled": "state=cancelled",
    "to pack": "parcel=to-pack&sort=oldest",
    "partly sent": "parcel=partly",
    "shipped": "parcel=shipped",
    "delivered": "parcel=delivered",
    "refunded": "matter=refunded",
    "all refunded": "matter=all-refunded",
    "disputed": "matter=disputed",
    "in review": "matter=in-review",
    "one country": "country=FR",
    "a country nobody ordered from": "country=JP",
    "a month": "since=2026-10-01&until=2026-10-31",
    "total from 200": "least=200",
    "total 10 to 11": "least=10&most=11",
    "cancelled in a country, highest first": "state=cancelled&country=FR&sort=highest",
    "search: e-mail address": "q=anna.lindner0@example.org",
    "search: first name (25,000)": "q=anna",
    "search: two names": "q=anna+lindner",
    "search: beginning of a name": "q=lind",
    "search: article number": "q=ck-007",
    "search: word of a note": "q=fragile",
    "search: nothing": "q=nobody",
    "search: domain (333,000)": "q=example.org",
}


class Watch:
    """What the pages of one shop take."""

    def __init__(self, client: ShopClient, *, by_clock: bool) -> None:
        self.client, self.by_clock = client, by_clock
        # The first page opens the connections that the others use.
        client.get("/staff/orders")
        self.servers = _servers(client)

    def seconds(self) -> float:
        """A reading; only the difference of two says anything."""
        if self.by_clock:
            return time.perf_counter()
        return time.process_time() + sum(map(_processor_of, self.servers))


def _servers(client: ShopClient) -> list[int]:
    """The server's processes that serve this shop; none where the database is a file."""
    with client.application.app_context():
        if not is_postgresql():
            return []
        mine = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        return list(session().scalars(sa.text(mine)))


def _processor_of(process: int) -> float:
    """The seconds that a process of this machine has had a processor for; Linux counts them by the nanosecond."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        return 0.0


def visitor(url: str) -> ShopClient:
    """The browser of somebody who packs orders, in the shop over this database."""
    folder = Path(tempfile.mkdtemp(prefix="storefront-lists-"))
    app = create_app(
        Settings.from_environ(shop_environment(database_url=url, folder=folder, log_level="error"))
    )
    with app.app_context():
        person = a_staff_member(role="orders").id
    return signed_in(app, person)


def measured(watches: list[Watch], query: str) -> list[str]:
    """What the page took in each shop, in turns, so that a busy machine is busy for all: median, 95th percentile."""
    times: list[list[float]] = [[] for _watch in watches]
    for _round in range(TRIES + 3):
        for watch, taken in zip(watches, times, strict=True):
            began = watch.seconds()
            answer = watch.client.get(f"/staff/orders?{query}")
            taken.append((watch.seconds() - began) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{query} was answered {answer.status_code}")
    # The first three read what the machine had forgotten.
    ordered = [sorted(taken[3:]) for taken in times]
    return [f"{each[len(each) // 2]:.0f} / {each[int(len(each) * 0.95)]:.0f} ms" for each in ordered]


def main() -> None:
    """Measure the databases side by side and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument("--clock", action="store_true", help="tell the clock's time, not the processor's")
    chosen = parser.parse_args()
    watches = [Watch(visitor(url), by_clock=chosen.clock) for url in chosen.urls]
    print("| asked | " + " | ".join(f"{url.rpartition('/')[2]}: p50 / p95" for url in chosen.urls) + " |")
    print("|---" * (1 + len(watches)) + "|")
    for name, query in ASKED.items():
        print(f"| {name} | {' | '.join(measured(watches, query))} |", flush=True)


if __name__ == "__main__":
    main()
