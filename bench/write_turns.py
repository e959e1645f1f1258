"""How long threads wait for SQLite's write lock, with and without the queue in `database.transaction`.

`python -m bench.write_turns` prints a line per arrangement; knows the kernel only, and needs no settings.
"""

import multiprocessing
import tempfile
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from storefront import database
from storefront.database import transactions, turns

SECONDS = 5.0
# What a transaction does between BEGIN and COMMIT, and what its thread does before the next one.
INSIDE_SECONDS, BETWEEN_SECONDS = 0.005, 0.002


def main() -> None:
    """Measure every arrangement, one after another."""
    print(f"{'':<34}{'tx/s':>6}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'fewest/most per thread':>26}")
    for processes, threads in ((1, 4), (1, 16), (2, 8)):
        for queued in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                counts, waits = _measure(Path(folder), processes=processes, threads=threads, queued=queued)
            name = f"{processes} × {threads} threads, {'queued' if queued else 'polling'}"
            rate = len(waits) / SECONDS
            p50, p99 = (waits[int(len(waits) * part)] * 1000 for part in (0.5, 0.99))
            each = f"{min(counts)}/{max(counts)}"
            print(f"{name:<34}{rate:>6.0f}{p50:>9.0f}{p99:>9.0f}{waits[-1] * 1000:>9.0f}{each:>26}")


def _measure(folder: Path, *, processes: int, threads: int, queued: bool) -> tuple[list[int], list[float]]:
    """Transactions per thread, and the sorted seconds that each took, of all processes together."""
    app = _app(folder)
    with app.app_context(), database.db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE tally (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)")
        connection.exec_driver_sql("INSERT INTO tally VALUES (1, 0)")
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        parts = pool.starmap(_write, [(folder, threads, queued)] * processes)
    waits = [wait for part in parts for thread in part for wait in thread]
    return [len(thread) for part in parts for thread in part], sorted(waits)


def _write(folder: Path, threads: int, queued: bool) -> list[list[float]]:
    app = _app(folder)
    if not queued:
        vars(transactions)["turn"] = lambda _engine: nullcontext()
        vars(turns)["_begin_immediate"] = lambda held: held.exec_driver_sql("BEGIN IMMEDIATE")
    waits: list[list[float]] = [[] for _ in range(threads)]
    until = time.perf_counter() + SECONDS

    def run(mine: list[float]) -> None:
        while (began := time.perf_counter()) < until:
            with app.app_context(), database.transaction() as current:
                current.execute(sa.text("UPDATE tally SET n = n + 1"))
                time.sleep(INSIDE_SECONDS)
            mine.append(time.perf_counter() - began)
            time.sleep(BETWEEN_SECONDS)

    running = [threading.Thread(target=run, args=(mine,)) for mine in waits]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return waits


def _app(folder: Path) -> Flask:
    app = Flask(__name__)
    database.init_app(app, url=f"sqlite:///{folder / 'bench.db'}")
    return app


if __name__ == "__main__":
    main()
