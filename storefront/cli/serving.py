"""The web server behind `storefront serve`: granian, with threads enough that no shopper waits for a bank.

Knows the server's settings; refuses to know what is served, but that it is `wsgi:app`.
"""

import ctypes
import gc
import os
import signal
import socket
import threading
import time
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from storefront.config import Settings, load_environ
from storefront.errors import Refused

KILL_AFTER_SECONDS = 20  # a request under way at SIGTERM has this long; a call to Stripe may take most of it
_ORPHAN_CHECK_SECONDS = 0.5
_M_ARENA_MAX = -8  # mallopt(3), of the GNU C library


def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve `wsgi:app` until SIGTERM or SIGINT, then finish what is under way; SIGHUP renews the workers.

    `threads` is per worker: a thread that waits for Stripe serves nobody else, so have eight or more.
    Raises BadSettings, and Refused when the port is taken: here, rather than in each worker again and again.
    """
    Settings.from_environ(load_environ())
    _claim(host, port)
    Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,  # its warnings are about threads; the shop writes a line for each request
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
    ).serve(target_loader=load, wrap_loader=False)


def load() -> Any:
    """Make the application, inside the worker's own process; a worker whose parent is gone follows it."""
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    _share_memory()
    # Python's collector would look through all that is imported dozens of times: 150 ms.
    gc.disable()
    from storefront.reports.metrics import forget_dead_processes
    from wsgi import app

    forget_dead_processes(Settings.from_environ(load_environ()))
    # What stands now stays: else Python's collector looks through all libraries again and again (a tenth of a page).
    gc.freeze()
    gc.enable()
    return app


def _share_memory() -> None:
    """Let all threads take memory from two places instead of eight for each core: 7 MiB of a worker. Python has its
    own places for what is small, and one thread at a time asks for more."""
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 2)


def _claim(host: str, port: int) -> None:
    # Granian shares a port with any other granian of this user, silently; two shops on one port are no shop.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(f"Port {port} on {host} cannot be had: {error.strerror}.") from error


def _follow(parent: int) -> None:
    # A worker of a server that was killed outright would keep the port, and answer on it, for ever.
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
