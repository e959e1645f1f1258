"""How each figure is come by; every function answers with rows for the table.

Knows what is asked of which server; refuses to know how requests travel.
"""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from itsdangerous import URLSafeSerializer

from bench import load
from bench.figures import Figure, at_least, at_most, of_hello
from bench.load import Load, request
from bench.servers import LOAD_CORE, ROOT, SERVER_CORE, Server
from bench.shop import BenchShop, Ordering

CLIENTS = 8
GOALS = {"product": 0.20, "post": 0.15, "add to cart": 0.25, "cart, 3 lines": 0.12}
# Measured a second time by a server that keeps no page.
ANEW = ("product", "post")
QUERIES = {
    "product": 3,
    "all goods": 4,
    "collection": 4,
    "home": 4,
    "post": 4,
    "cart, 3 lines": 3,
    "add to cart": 3,
}


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run is made of."""

    shop: BenchShop
    folder: Path
    port: int
    hello_port: int
    least_port: int
    anew_port: int
    rounds: int
    seconds: float
    threads: int
    orders: int

    @contextmanager
    def server(self, kind: str, *more: str) -> Iterator[Server]:
        """The shop's server on its core, as `bench.server` names it."""
        port = {"hello": self.hello_port, "least": self.least_port, "anew": self.anew_port}.get(
            kind, self.port
        )
        arguments = ["-m", "bench.server", kind, str(port), str(self.threads), *more]
        log = self.folder / f"{kind}.log"
        with Server(*arguments, port=port, environ=self.shop.environ, core=SERVER_CORE, log=log) as server:
            yield server

    def asked(self) -> dict[str, bytes]:
        """The requests whose rates stand beside bare Flask's."""
        three = self.shop.cart_cookies(3)
        found = {name: request(path, port=self.port) for name, path in self.shop.pages.items()}
        form = f"variant={self.shop.variants[3]}&quantity=1".encode()
        found["add to cart"] = request("/cart/lines", port=self.port, body=form, cookies=three)
        found["cart, 3 lines"] = request("/cart", port=self.port, cookies=three)
        return found

    def least_asked(self) -> dict[str, bytes]:
        """The same of the least that Flask and SQLAlchemy can do (bench/least.py)."""
        three = f"cart={URLSafeSerializer('0123456789abcdef' * 4).dumps(self.shop.variants[:3])}"
        form = f"variant={self.shop.variants[3]}&quantity=1".encode()
        return {
            "product": request(self.shop.pages["product"], port=self.least_port),
            "add to cart": request("/cart/lines", port=self.least_port, body=form, cookies=three),
            "cart, 3 lines": request("/cart", port=self.least_port, cookies=three),
        }


def rates(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Pages and the two cart actions, each right after bare Flask, in rounds."""
    asked, least_asked = bench.asked(), bench.least_asked()
    measured: dict[str, list[tuple[float, float, float]]] = {}
    hello = request("/", port=bench.hello_port)
    with (
        bench.server("hello") as plain,
        bench.server("least") as little,
        bench.server("anew") as anew,
        bench.server("shop") as server,
    ):
        for ready in asked.values():
            load.for_seconds([ready], port=bench.port, seconds=0.5)
        for name in ANEW:
            load.for_seconds([asked[name]], port=anew.port, seconds=0.5)
        for number in range(bench.rounds):
            for name, ready in asked.items():
                bare = _taken(plain, hello, bench)
                found = _taken(server, ready, bench)
                _require(found[0], 303 if name.startswith("add") else 200, name)
                measured.setdefault(name, []).append(_beside(bare, found))
                if name in ANEW:
                    written = _beside(bare, _taken(anew, ready, bench))
                    measured.setdefault(f"{name}, written anew", []).append(written)
                if name in least_asked:
                    best = _beside(bare, _taken(little, least_asked[name], bench))
                    measured.setdefault(f"{name}: at best", []).append(best)
                say(f"round {number + 1}: {name} {found[0].rate:,.0f}/s, bare Flask {bare[0].rate:,.0f}/s")
        weight = server.worker_mib
    rows = []
    for name, taken in measured.items():
        rate, ratio, cpu_ratio = (median(column) for column in zip(*taken, strict=True))
        rows.append(of_hello(name, rate, ratio, cpu_ratio, GOALS.get(name)))
    return [*rows, at_most("memory of a worker after that", weight, 110, unit="MiB")]


def _beside(bare: tuple[Load, float], found: tuple[Load, float]) -> tuple[float, float, float]:
    """The rate, and how rate and CPU time compare with bare Flask's."""
    return found[0].rate, found[0].rate / bare[0].rate, bare[1] / found[1]


def _taken(server: Server, ready: bytes, bench: Bench) -> tuple[Load, float]:
    """What came back in the time of a round, and the CPU seconds that each request took."""
    before = server.cpu_seconds
    found = load.for_seconds([ready], port=server.port, seconds=bench.seconds)
    return found, (server.cpu_seconds - before) / len(found.waits)


def _require(found: Load, status: int, name: str) -> None:
    if set(found.statuses) != {status}:
        raise RuntimeError(f"{name}: {dict(found.statuses)}\n{found.sample[:600]!r}")


def statements(bench: Bench) -> list[Figure]:
    """How many statements each page and action sends."""
    rows, browser = [], bench.shop.browser()
    for name, ready in bench.asked().items():
        head, _, body = ready.partition(b"\r\n\r\n")
        method, path, _version = head.split(b"\r\n")[0].decode().split(" ")
        headers = [
            tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")[1:] if "Host" not in line
        ]
        with bench.shop.counting() as said:
            browser.open(path, method=method, data=body, headers=headers, base_url=bench.shop.origin)
        rows.append(at_most(f"{name}: statements", len(said), QUERIES[name], unit="statements"))
    return rows


def weights(bench: Bench) -> list[Figure]:
    """What a first visit to a product costs a phone, pictures apart, compressed."""
    browser = bench.shop.browser()
    page = browser.get(bench.shop.pages["product"], base_url=bench.shop.origin).data
    sheet = browser.get("/static/site.css", base_url=bench.shop.origin).data
    scripts = sum(len(gzip.compress(each.read_bytes(), 9)) for each in (ROOT / "static" / "js").glob("*.js"))
    kib = 1024
    return [
        at_most("HTML of a product", len(gzip.compress(page, 6)) / kib, 12, unit="KiB", digits=1),
        at_most("CSS", len(gzip.compress(sheet, 9)) / kib, 12, unit="KiB", digits=1),
        at_most("JavaScript, all modules", scripts / kib, 15, unit="KiB", digits=1),
    ]


def starts(bench: Bench) -> list[Figure]:
    """From the command to the first page, whole."""
    found = []
    for _ in range(bench.rounds):
        with bench.server("shop") as server:
            found.append(server.seconds_to_start)
    return [at_most("start to first page", median(found), 1.2, unit="s", digits=2)]


def orders(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Placing orders over HTTP, with Stripe out of the way and with the real library; then their webhooks."""
    found = []
    with bench.server("stub", "0") as server:
        before = server.cpu_seconds
        for number in range(bench.rounds):
            found.append(_placed(bench, bench.shop.orderings(bench.orders)))
            say(
                f"round {number + 1}: {found[-1].rate:,.0f} orders/s, p99 {found[-1].percentile(0.99) * 1000:,.0f} ms"
            )
        taken = (server.cpu_seconds - before) / (bench.orders * bench.rounds)
        accepted = _accepted(bench)
    say(f"webhooks: {accepted.rate:,.0f}/s")
    settled, seconds = _settled(bench)
    say(f"settled: {settled} in {seconds:.1f} s")
    with _sandbox(bench), bench.server("shop"):
        real = _placed(bench, bench.shop.orderings(bench.orders))
    p99 = median(each.percentile(0.99) for each in found)
    waits = f", p99 {p99 * 1000:,.0f} ms; {taken * 1000:.1f} ms of a core for each"
    return [
        at_least(
            f"place order, {CLIENTS} clients, without Stripe", median(e.rate for e in found), 150, note=waits
        ),
        Figure("the same with library and sandbox", f"{real.rate:,.0f}/s"),
        at_least("webhooks accepted", accepted.rate, 300),
        at_most("webhooks accepted, p99", accepted.percentile(0.99) * 1000, 200, unit="ms"),
        at_least("orders settled, with their mails", settled / seconds, 60),
    ]


def _placed(bench: Bench, ready: list[Ordering]) -> Load:
    asked = [_order(bench, each) for each in ready]
    found = load.each_once(asked, port=bench.port, connections=CLIENTS)
    _require(found, 303, "place order")
    return found


def _order(bench: Bench, ordering: Ordering) -> bytes:
    return request("/checkout/order", port=bench.port, body=ordering.body, cookies=ordering.cookies)


def _accepted(bench: Bench) -> Load:
    events = bench.shop.signed_events(bench.orders * bench.rounds)
    asked = [
        request("/webhooks/stripe", port=bench.port, body=body, headers=headers) for body, headers in events
    ]
    found = load.each_once(asked, port=bench.port, connections=4)
    _require(found, 204, "webhooks")
    return found


def _settled(bench: Bench) -> tuple[int, float]:
    from storefront.config import environment_name

    environ = bench.shop.environ | {environment_name("log_level"): "error"}
    run = subprocess.run(
        [sys.executable, "-m", "bench.settle"],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    count, seconds = run.stdout.split()[-2:]
    return int(count), float(seconds)


@contextmanager
def _sandbox(bench: Bench) -> Iterator[Server]:
    from storefront.config import environment_name

    port = int(bench.shop.environ[environment_name("sandbox_port")])
    log = bench.folder / "sandbox.log"
    with Server(
        "-m", "storefront.sandbox", port=port, environ=bench.shop.environ, core=LOAD_CORE, log=log
    ) as made:
        yield made


def patience(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Product pages while as many checkouts as clients wait two seconds for Stripe, beside a quiet shop."""
    page = request(bench.shop.pages["product"], port=bench.port)
    quiet, waiting = [], []
    with bench.server("stub", "2"):
        load.for_seconds([page], port=bench.port, seconds=0.5)
        for _ in range(bench.rounds):
            quiet.append(load.for_seconds([page], port=bench.port, seconds=2.5).percentile(0.99))
            ready = bench.shop.orderings(CLIENTS)
            checkouts = threading.Thread(target=_placed, args=(bench, ready))
            checkouts.start()
            waiting.append(load.for_seconds([page], port=bench.port, seconds=1.9).percentile(0.99))
            checkouts.join()
    before, during = median(quiet), median(waiting)
    say(
        f"product p99: {before * 1000:.0f} ms alone, {during * 1000:.0f} ms beside {CLIENTS} waiting checkouts"
    )
    measured = f"{before * 1000:.0f} → {during * 1000:.0f} ms"
    what = f"product's p99 while {CLIENTS} checkouts wait 2 s for Stripe"
    return [Figure(what, measured, None, None, "within 20 %", during <= before * 1.2)]
