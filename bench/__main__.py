"""`make bench`: measures the shop beside bare Flask, prints the table, writes `docs/performance.md`.

Knows the order of the measures; refuses to know how any is taken.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from bench import figures, measures
from bench.servers import LOAD_CORE, ROOT, free_port
from bench.shop import BenchShop

DOCUMENT = ROOT / "docs" / "performance.md"
_began = time.monotonic()


def main() -> int:
    """Measure everything; returns 0 even where a goal is missed, since machines differ."""
    chosen = _arguments()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="storefront-bench-") as name:
        bench = _prepared(Path(name), chosen)
        os.sched_setaffinity(0, {LOAD_CORE})
        found = _measured(bench)
    print("\n" + figures.table(found))
    if not chosen.no_document:
        text = figures.document(
            found,
            rounds=chosen.rounds,
            seconds=chosen.seconds,
            threads=chosen.threads,
            load=(before, os.getloadavg()[0]),
        )
        DOCUMENT.write_text(text, encoding="utf-8")
        print(f"\nWritten to {DOCUMENT.relative_to(ROOT)}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="of each measure; medians are reported")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each page in a round")
    parser.add_argument(
        "--threads", type=int, default=16, help="of each server, as `storefront serve` has them"
    )
    parser.add_argument("--orders", type=int, default=300, help="placed in a round")
    parser.add_argument("--no-document", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


def _prepared(folder: Path, chosen: argparse.Namespace) -> measures.Bench:
    _say("filling a shop")
    port = free_port()
    return measures.Bench(
        shop=BenchShop(folder, port=port, sandbox_port=free_port()),
        folder=folder,
        port=port,
        hello_port=free_port(),
        least_port=free_port(),
        anew_port=free_port(),
        rounds=chosen.rounds,
        seconds=chosen.seconds,
        threads=chosen.threads,
        orders=chosen.orders,
    )


def _measured(bench: measures.Bench) -> list[figures.Figure]:
    _say("statements and sizes")
    found = [*measures.statements(bench), *measures.weights(bench)]
    _say("starting")
    found = [*measures.starts(bench), *found]
    _say("pages")
    found = [*measures.rates(bench, _say), *found]
    _say("orders")
    found += measures.orders(bench, _say)
    _say("orders while Stripe is slow")
    return [*found, *measures.patience(bench, _say)]


def _say(what: str) -> None:
    print(f"{time.monotonic() - _began:6.1f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
