"""The command `run`: from a fresh clone to an open shop on this machine, in the order things need each other.

Knows the shop's commands by name; refuses to know how any of them works.
"""

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from launch import database, environment, instance
from launch.children import Children, Stopped
from launch.errors import CannotStart
from launch.instance import Instance

_STOREFRONT = str(environment.VENV / "bin" / "storefront")


def run() -> int:
    """Open the shop and keep it open until Ctrl-C; returns the exit status."""
    began = time.monotonic()
    try:
        here = instance.load(os.environ)
        with _only_one(here):
            _claim_ports(here)
            environment.prepare("run")
            here.write()
            with Children(here.environ) as children:
                link = _open(here, children)
                _say_where(here, seconds=time.monotonic() - began)
                _say_staff_link(link)
                children.watch()
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except (Stopped, KeyboardInterrupt):
        print("\nThe shop is closed.", flush=True)
    return 0


@contextmanager
def _only_one(here: Instance) -> Iterator[None]:
    # The lock ends with this process, however it ends; a file with a process id would outlive it.
    with open(here.folder / "run.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                "The shop is open already, in another terminal: stop it there with Ctrl-C."
            ) from None
        yield


def _claim_ports(here: Instance) -> None:
    _claim(here.port, "PORT")
    if here.has_sandbox:
        _claim(here.sandbox_port, "STOREFRONT_SANDBOX_PORT")


def _claim(port: int, name: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            other = port + 1000 if port < 64000 else port - 1000
            raise CannotStart(
                f"Port {port} cannot be had ({error.strerror}). Choose another: {name}={other} make run"
            ) from error


def _open(here: Instance, children: Children) -> subprocess.Popen[str]:
    # What a second run can skip it skips by a look into the file: starting Python for it costs a second.
    if here.has_sandbox:
        origins = [f"--shop-origin={origin}" for origin in here.other_origins]
        children.start("sandbox", [str(environment.PYTHON), "-m", "storefront.sandbox", *origins])
    if not database.is_current(here.database_url):
        _migrate(here, children)
    loaded = here.folder / "demo-loaded"
    if not (loaded.exists() and database.has_goods(here.database_url)):
        if here.has_sandbox:
            children.wait_for("sandbox", here.sandbox_port, "/")
        print("Loading the demo shop …", flush=True)
        children.finish("demo", [_STOREFRONT, "demo", "load"])
        loaded.touch()  # one that was stopped half-way goes on next time
    link = _ask_for_staff_link(here)
    children.start("shop", [_STOREFRONT, "serve", "--host", "127.0.0.1", "--port", str(here.port)])
    children.wait_for("shop", here.port, "/healthz")
    if here.has_sandbox:
        children.wait_for("sandbox", here.sandbox_port, "/")
    children.start("worker", [_STOREFRONT, "work"])  # last: nobody waits for it, and cores are few
    return link


def _migrate(here: Instance, children: Children) -> None:
    copy = database.back_up(here.database_url, into=here.folder / "backups")
    if copy:
        print(f"The database needs a migration; a copy from before it is {copy}.", flush=True)
    print("Preparing the database …", flush=True)
    children.finish("database", [_STOREFRONT, "db", "upgrade"])


def _say_where(here: Instance, *, seconds: float) -> None:
    lines = [f"The shop is open after {seconds:.1f} s:  {here.origin}"]
    if here.keeps_mail and here.has_sandbox:
        lines.append(f"Its mails are kept at:       {here.origin}/mailbox")
    print("\n" + "\n".join(lines) + "\nCtrl-C closes it.\n", flush=True)


def _ask_for_staff_link(here: Instance) -> subprocess.Popen[str]:
    """Begin to make the link while the shop opens: the command takes as long as that."""
    return subprocess.Popen(
        [_STOREFRONT, "staff", "link"],
        env=here.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _say_staff_link(link: subprocess.Popen[str]) -> None:
    """The way in for whoever started the shop, or what to do where nobody works here yet."""
    try:
        said, _ = link.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        link.kill()
        link.communicate()
        return
    if link.returncode == 0:
        print(f"To run it, sign in here (once, within half an hour):\n{said.strip()}\n", flush=True)
    else:
        print(f"{said.strip().splitlines()[-1] if said.strip() else 'No staff link.'}\n", flush=True)
