"""How fast products are imported and exported, and in how much memory: the commands themselves, on both engines.

`python -m bench.products [--products 100000] [--format shopify|woocommerce] [--engine sqlite|postgresql]` prints a
line per command; PostgreSQL is used where STOREFRONT_TEST_POSTGRES_URL names a server.
`python -m bench.products --write FILE` only writes the file.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.environment import shop_environment

Row = dict[str, str]

_TEXT = "Grown on straw in a cool cellar, picked by hand, and dried slowly below forty degrees. "
_SIZES = ("Small", "Medium", "Large", "Extra Large")
_COLOURS = ("Blue", "Green", "Ochre")
_SHELVES = ("Kits", "Teas", "Cups", "Knives", "Baskets", "Spawn", "Books", "Gifts")


def shopify_rows(number: int) -> Iterator[Row]:
    """The rows of one product: one to four variants, one or two pictures."""
    sizes = _SIZES[: number % 4 + 1]
    for i, size in enumerate(sizes):
        row = {
            "Handle": f"product-{number}",
            "Option1 Value": size if len(sizes) > 1 else "Default Title",
            "Variant SKU": f"SKU-{number}-{i}",
            "Variant Grams": str(100 + number % 900),
            "Variant Inventory Tracker": "shopify",
            "Variant Inventory Qty": str(number % 50),
            "Variant Inventory Policy": "deny",
            "Variant Price": f"{number % 90 + 10}.{i}0",
            "Variant Compare At Price": f"{number % 90 + 20}.00" if number % 5 == 0 else "",
            "Variant Requires Shipping": "true",
        }
        if i < 2:
            row |= {"Image Src": f"https://pictures.example/{number}-{i}.jpg", "Image Position": str(i + 1)}
        if i == 0:
            row |= _shopify_first(number, has_sizes=len(sizes) > 1)
        yield row


def _shopify_first(number: int, *, has_sizes: bool) -> Row:
    return {
        "Title": f"Lion’s mane {number}",
        "Body (HTML)": f"<p>{_TEXT * 4}</p>\n<ul><li>{_TEXT}</li></ul>",
        "Vendor": f"Farm {number % 40}",
        "Collection": _SHELVES[number % len(_SHELVES)],
        "Published": "true",
        "Status": "active",
        "Option1 Name": "Size" if has_sizes else "Title",
        "Image Alt Text": "A box on a table",
    }


def woocommerce_rows(number: int) -> Iterator[Row]:
    """The rows of one product: simple, or variable with two to six variations below it."""
    common = {"Published": "1", "In stock?": "1", "Backorders allowed?": "0", "Weight (kg)": "0.25"}
    parent = common | {
        "ID": str(number * 10),
        "Type": "simple",
        "SKU": f"SKU-{number}",
        "Name": f"Lion’s mane {number}",
        "Short description": "A box that fruits twice.",
        "Description": f"<p>{_TEXT * 4}</p>\\n<ul><li>{_TEXT}</li></ul>",
        "Categories": f"Shop > {_SHELVES[number % len(_SHELVES)]}",
        "Images": f"https://pictures.example/{number}-0.jpg, https://pictures.example/{number}-1.jpg",
    }
    price = {"Regular price": f"{number % 90 + 20}", "Sale price": f"{number % 90 + 10}.50"}
    sizes = _SIZES[1 : number % 4 + 1]
    if not sizes:
        yield parent | price | {"Stock": str(number % 50)}
        return
    attributes = {"Attribute 1 name": "Size", "Attribute 2 name": "Colour"}
    lists = {"Attribute 1 value(s)": ", ".join(sizes), "Attribute 2 value(s)": ", ".join(_COLOURS[:2])}
    yield parent | attributes | lists | {"Type": "variable"}
    for i, (size, colour) in enumerate((size, colour) for size in sizes for colour in _COLOURS[:2]):
        own = {"Attribute 1 value(s)": size, "Attribute 2 value(s)": colour, "Stock": str(number % 50)}
        name = {"ID": str(number * 10 + i + 1), "Type": "variation", "SKU": f"SKU-{number}-{i}"}
        yield common | attributes | price | own | name | {"Parent": f"SKU-{number}", "Position": str(i)}


_ROWS: dict[str, Callable[[int], Iterator[Row]]] = {
    "shopify": shopify_rows,
    "woocommerce": woocommerce_rows,
}


def write(path: Path, *, products: int, form: str) -> int:
    """Write a file of generated products; how many rows below the header it has."""
    rows_of = _ROWS[form]
    header = list(dict.fromkeys(name for number in range(8) for row in rows_of(number) for name in row))
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, header, restval="")
        out.writeheader()
        for number in range(products):
            rows = list(rows_of(number))
            out.writerows(rows)
            written += len(rows)
    return written


def main() -> None:
    """Measure what the arguments ask for."""
    asked = _arguments()
    if asked.write:
        print(write(asked.write, products=asked.products, form=asked.form), "rows")
        return
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'':<46}{'rows':>9}{'seconds':>9}{'rows/s':>8}{'own CPU s':>11}{'peak MiB':>10}{'load':>6}")
    for engine in (asked.engine,) if asked.engine else ("sqlite", "postgresql"):
        for products in (asked.products // 10, asked.products):
            with tempfile.TemporaryDirectory() as folder, _database(engine, Path(folder)) as url:
                _measure(Path(folder), url, engine, products=products, form=asked.form)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.products")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--format", dest="form", choices=sorted(_ROWS), default="shopify")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    parser.add_argument("--write", type=Path)
    return parser.parse_args()


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    """A URL of an empty database that goes away afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'shop.db'}"
        return
    server = sa.make_url(os.environ["STOREFRONT_TEST_POSTGRES_URL"]).set(drivername="postgresql")
    name = f"storefront_bench_{os.getpid()}"
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _measure(folder: Path, url: str, engine: str, *, products: int, form: str) -> None:
    file, out = folder / "products.csv", folder / "export.csv"
    rows = write(file, products=products, form=form)
    environ = os.environ | shop_environment(database_url=url, folder=folder)
    _run(environ, "db", "upgrade")
    commands = {
        "import": ("import", "products", str(file)),
        "import again": ("import", "products", str(file)),
        "export": ("export", "products", str(out), "--format", form),
        "import of the export": ("import", "products", str(out)),
    }
    for what, command in commands.items():
        seconds, used, said = _run(environ, *command)
        name = f"{what}, {products:,} products, {engine}"
        own, peak, load = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.getloadavg()[0]
        figures = f"{rows:>9,}{seconds:>9.1f}{rows / seconds:>8,.0f}{own:>11.1f}{peak:>10.0f}{load:>6.1f}"
        print(f"{name:<46}{figures}  {said}", flush=True)


def _run(environ: dict[str, str], *command: str) -> tuple[float, Any, str]:
    """Run a command of ours: its seconds, what it used (`getrusage`), and the last line it said."""
    began = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "-c", "from storefront.cli import main; main()", *command],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout
    said = running.stdout.read().strip()
    _pid, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"storefront {' '.join(command)}: exit status {running.returncode}\n{said}")
    return time.perf_counter() - began, used, (said.splitlines() or [""])[-1]


if __name__ == "__main__":
    main()
