"""The web server as `storefront serve` sets it up: many wait at once, nobody is cut off, no worker stays behind.

Knows processes and HTTP; what is served is a few lines of its own.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storefront.cli import serving
from storefront.config import BadSettings
from storefront.errors import Refused
from tests.environment import shop_environment

APP = """
import os, threading
together = threading.Barrier(8)

def app(environ, start_response):
    if environ["PATH_INFO"] == "/together":
        together.wait(timeout=20)  # answered only when eight are here at once
    if environ["PATH_INFO"] == "/slow":
        open("slow", "w").close()
        threading.Event().wait(1)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""


class Server:
    """`serve` in a process of its own, with one worker of eight threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "wsgi.py").write_text(APP)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        settings = shop_environment(database_url=f"sqlite:///{folder}/shop.db", folder=folder)
        code = f"from storefront.cli.serving import serve; serve('127.0.0.1', {self.port}, 1, 8)"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, **settings, "PYTHONPATH": f"{folder}:{os.getcwd()}"},
            cwd=folder,
        )
        self.worker = int(eventually(self.get))

    def get(self, path: str = "/") -> str:
        """The answer's text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()


def eventually(act: Callable[[], str]) -> str:
    """What `act` answers once it no longer fails to connect; for 15 s."""
    until = time.monotonic() + 15
    while True:
        try:
            return act()
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < until
            time.sleep(0.02)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.process.kill()
    server.process.wait()


def test_eight_requests_wait_side_by_side(server: Server) -> None:
    answers: list[str] = []
    shoppers = [threading.Thread(target=lambda: answers.append(server.get("/together"))) for _ in range(8)]

    for shopper in shoppers:
        shopper.start()
    for shopper in shoppers:
        shopper.join()

    assert answers == [str(server.worker)] * 8


def test_at_sigterm_a_request_under_way_is_answered(server: Server) -> None:
    answers: list[str] = []
    shopper = threading.Thread(target=lambda: answers.append(server.get("/slow")))
    shopper.start()
    eventually(lambda: (server.folder / "slow").read_text())

    server.process.terminate()
    status = server.process.wait(timeout=15)
    shopper.join()

    assert status == 0
    assert answers == [str(server.worker)]


def test_a_killed_worker_is_replaced(server: Server) -> None:
    os.kill(server.worker, signal.SIGKILL)

    assert int(eventually(server.get)) != server.worker


def test_a_killed_server_leaves_its_port(server: Server) -> None:
    server.process.kill()
    server.process.wait()

    def bind() -> str:
        socket.create_server(("127.0.0.1", server.port)).close()
        return "free"

    assert eventually(bind) == "free"


def test_a_taken_port_is_refused_and_not_shared(server: Server) -> None:
    with pytest.raises(
        Refused, match=f"^Port {server.port} on 127.0.0.1 cannot be had: Address already in use"
    ):
        serving._claim("127.0.0.1", server.port)


def test_settings_are_judged_before_a_worker_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREFRONT_CURRENCY", "EURO")

    with pytest.raises(BadSettings, match="STOREFRONT_CURRENCY cannot be used"):
        serving.serve("127.0.0.1", 0, 1, 8)
