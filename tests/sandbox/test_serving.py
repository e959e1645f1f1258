"""The sandbox as a program: it starts for its own keys only, keeps its state, and stops when told to."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import stripe

from storefront.sandbox.app import NotASandboxKey, make_sandbox
from storefront.sandbox.store import StrangeState
from tests.sandbox.bench import KEY
from tests.sandbox.builders import session_params

Start = Callable[..., tuple[subprocess.Popen[str], str]]


def command(state: Path, *, key: str = KEY) -> list[str]:
    return [
        sys.executable,
        "-m",
        "storefront.sandbox",
        "--port",
        "0",
        "--state",
        str(state),
        "--secret-key",
        key,
    ]


def environ() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("STOREFRONT_")}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the program on a free port over the test's one state file: the process and its URL."""
    started: list[subprocess.Popen[str]] = []

    def run() -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            command(tmp_path / "sandbox.db"), stdout=subprocess.PIPE, text=True, env=environ()
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        return process, next(word for word in line.split() if word.startswith("http://"))

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def client(url: str) -> stripe.StripeClient:
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0)


@pytest.mark.parametrize("key", ["sk_live_x", "sk_test_x", "sk_test_sandbo", "rk_test_sandbox_x", ""])
def test_it_refuses_any_key_but_a_sandbox_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(NotASandboxKey):
        make_sandbox(
            tmp_path / "sandbox.db", secret_key=key, webhook_url=None, webhook_secret="", shop_origins=[]
        )

    assert not (tmp_path / "sandbox.db").exists()


def test_the_program_refuses_a_real_key_and_says_why(tmp_path: Path) -> None:
    ended = subprocess.run(
        command(tmp_path / "sandbox.db", key="sk_live_x"),
        capture_output=True, text=True, env=environ(), timeout=30, check=False,
    )  # fmt: skip

    assert ended.returncode == 2
    assert "must begin with sk_test_sandbox" in ended.stderr
    assert "sk_live_x" not in ended.stderr


def test_it_refuses_a_file_that_is_not_its_own(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    connection.close()

    with pytest.raises(StrangeState):
        make_sandbox(
            tmp_path / "shop.db", secret_key=KEY, webhook_url=None, webhook_secret="", shop_origins=[]
        )


def test_what_was_answered_survives_kill_9(start: Start) -> None:
    process, url = start()
    key = {"idempotency_key": "attempt-1"}
    made = client(url).v1.checkout.sessions.create(params=session_params(), options=key)  # type: ignore[arg-type]
    process.send_signal(signal.SIGKILL)
    process.wait()

    _, url = start()

    again = client(url).v1.checkout.sessions.create(params=session_params(), options=key)  # type: ignore[arg-type]
    assert again.id == made.id
    assert client(url).v1.checkout.sessions.retrieve(made.id).amount_total == made.amount_total


def test_it_stops_promptly_when_told_to(start: Start) -> None:
    process, _ = start()

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=3) == 0


def test_fifty_at_once_are_all_answered(start: Start) -> None:
    _, url = start()
    shop = client(url)

    def one(place: int) -> str:
        return shop.v1.checkout.sessions.create(params=session_params(amount=1000 + place)).id

    with ThreadPoolExecutor(50) as pool:
        ids = set(pool.map(one, range(200)))

    assert len(ids) == 200
