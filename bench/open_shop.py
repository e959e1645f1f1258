"""The demo shop on free ports of this machine, with its sandbox and its worker, in a folder that is thrown away.

Knows the shop's commands and where it keeps things; refuses to know what is looked at.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch import instance
from launch.children import Children
from launch.environment import ROOT

_STOREFRONT = [sys.executable, "-c", "from storefront.cli import main; main()"]
# A walk through every page, at several widths, is more than one person does in a minute.
_LIMITS = {
    "STOREFRONT_LIMIT_CART": "10000 per minute",
    "STOREFRONT_LIMIT_PAYMENTS": "10000 per minute",
    "STOREFRONT_LIMIT_ORDER_LOOKUP": "10000 per minute",
}

# What headless browsers need here, and nothing that calls home.
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@dataclass(frozen=True, slots=True)
class OpenShop:
    """The shop at `url`, its payment page's origin, and the SQLite file it lives in."""

    url: str
    payment_url: str
    database: Path
    environ: Mapping[str, str]

    def staff_link(self) -> str:
        """The address of a page with one button, which signs in as the shop's owner, once."""
        asked = subprocess.run(
            [*_STOREFRONT, "staff", "link"], env=self.environ, capture_output=True, text=True, check=True
        )
        return asked.stdout.strip().splitlines()[-1]


@contextmanager
def open_shop() -> Iterator[OpenShop]:
    """The shop as `make run` opens it, but apart from it; closed and forgotten at the end. Raises CannotStart."""
    with tempfile.TemporaryDirectory(prefix="storefront-") as folder:
        port, sandbox_port = _free_ports(2)
        environ = _clean(os.environ) | {
            "PORT": str(port),
            "STOREFRONT_SANDBOX_PORT": str(sandbox_port),
            "STOREFRONT_INSTANCE_DIR": folder,
            "STOREFRONT_LOG_LEVEL": "error",
            "PYTHONPATH": str(ROOT),
            **_LIMITS,
        }
        here = instance.load(environ)
        here.write()
        with Children(here.environ) as children:
            children.start("sandbox", [sys.executable, "-m", "storefront.sandbox"])
            children.finish("database", [*_STOREFRONT, "db", "upgrade"])
            children.finish("demo", [*_STOREFRONT, "demo", "load"])
            children.start("shop", [*_STOREFRONT, "serve", "--port", str(port)])
            children.wait_for("shop", port, "/healthz")
            children.wait_for("sandbox", sandbox_port, "/")
            children.start("worker", [*_STOREFRONT, "work"])
            yield OpenShop(
                url=here.origin,
                payment_url=here.environ["STOREFRONT_PAYMENT_ORIGIN"],
                database=Path(folder) / "shop.db",
                environ=here.environ,
            )


def _clean(environ: os._Environ[str]) -> dict[str, str]:
    return {name: text for name, text in environ.items() if not name.startswith("STOREFRONT_")}


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
