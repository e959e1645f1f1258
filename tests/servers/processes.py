"""The shop as processes of this machine: sandbox, server and worker, each of which may be killed and started again.

Knows commands, ports and signals; refuses to know what is bought.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from storefront.config import ROOT, environment_name

SECONDS_TO_START = 30.0


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One command, answering on `port` where it has one; started again it is another process."""

    def __init__(self, arguments: list[str], *, environ: dict[str, str], port: int | None, log: Path) -> None:
        self.arguments, self.environ, self.port, self.log = arguments, environ, port, log
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until its port answers."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.arguments,
                env=self.environ,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if self.port is not None:
            self._wait(self.port)

    def kill(self) -> None:
        """End it and its children at once, as a power cut does."""
        if self.running is not None:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            self.running = None

    @property
    def seconds_in_line(self) -> float:
        """How long it and its children have been ready to run and had no core, because others had them all."""
        if self.running is None:
            return 0.0
        parent = self.running.pid
        children = Path(f"/proc/{parent}/task/{parent}/children")
        if not children.exists():
            return 0.0  # not Linux, which alone tells
        return sum(map(_seconds_in_line, [parent, *map(int, children.read_text().split())]))

    def _wait(self, port: int) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until:
            assert self.running is not None
            if self.running.poll() is not None:
                break
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.05)
            finally:
                connection.close()
        raise AssertionError(f"{self.arguments} did not start:\n{self.log.read_text()[-3000:]}")


def _seconds_in_line(pid: int) -> float:
    # https://docs.kernel.org/scheduler/sched-stats.html: nanoseconds on a core, in line for one, times it got one.
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


class ShopProcesses:
    """Sandbox, server and worker over one database; `settings` are overrides for an app of the test beside them."""

    def __init__(self, folder: Path, environ: dict[str, str], *, server: list[str] | None = None) -> None:
        port, sandbox_port = free_port(), free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self.sandbox_url = f"http://127.0.0.1:{sandbox_port}"
        self.settings = {
            "origin": self.origin,
            "stripe_api_url": self.sandbox_url,
            "payment_origin": self.sandbox_url,
            "sandbox_state": str(folder / "sandbox.db"),
            "sandbox_port": str(sandbox_port),
            "sandbox_webhook_url": f"{self.origin}/webhooks/stripe",
            "log_level": "warning",
        }
        shop = environ | {environment_name(name): text for name, text in self.settings.items()}
        kept = {name: text for name, text in os.environ.items() if not name.startswith("STOREFRONT_")}
        everything = kept | shop | {"PYTHONPATH": str(ROOT)}
        log = folder / "processes.log"
        command = [sys.executable, "-m", "tests.servers.storefront"]

        def process(arguments: list[str], *, port: int | None = None) -> Process:
            return Process(arguments, environ=everything, port=port, log=log)

        self.sandbox = process([sys.executable, "-m", "storefront.sandbox"], port=sandbox_port)
        self.server = process((server or [*command, "serve"]) + ["--port", str(port)], port=port)
        self.worker = process([*command, "work"])

    def start(self) -> None:
        """Start all three."""
        for each in (self.sandbox, self.server, self.worker):
            each.start()

    def close(self) -> None:
        """Kill what still runs."""
        for each in (self.worker, self.server, self.sandbox):
            each.kill()
