"""Whether the file of orders takes the same memory however long it is: what the process holds, line by line.

    python -m bench.many_orders sqlite:////tmp/large.db --count 1000000
    python -m bench.orders_file sqlite:////tmp/large.db --lines 100000

The URL is a database that `bench.many_orders` filled, on either engine. Knows lines and pages of memory; refuses to
know how the file is made.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from bench.staff_lists import visitor

_STEPS = 5


def resident() -> float:
    """MiB of memory that this process holds now; Linux says so."""
    said = Path("/proc/self/status").read_text()
    (line,) = [line for line in said.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def lines_of(url: str) -> Iterator[bytes]:
    """The file's lines as the browser of somebody who packs orders gets them, each piece as it is made."""
    answer = visitor(url).get("/staff/orders.csv", buffered=False)
    if answer.status_code != 200:
        raise SystemExit(f"The file was answered {answer.status_code}")
    for piece in answer.iter_encoded():
        yield from piece.splitlines()


def main() -> None:
    """Read the file as far as the command line says, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("url")
    parser.add_argument("--lines", type=int, default=100_000)
    chosen = parser.parse_args()
    began = time.process_time()
    print("| lines | held | processor |\n|---|---|---|")
    for number, _line in enumerate(lines_of(chosen.url), 1):
        if number == 1 or number % (chosen.lines // _STEPS) == 0:
            print(f"| {number:,} | {resident():.0f} MiB | {time.process_time() - began:.1f} s |", flush=True)
        if number >= chosen.lines:
            return


if __name__ == "__main__":
    main()
