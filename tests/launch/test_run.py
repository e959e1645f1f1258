"""The command `run` from outside: what it says when it cannot, how fast it opens, what it leaves behind.

Knows the command line and the addresses it prints; each installation is a folder of its own.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from launch import environment, shop
from launch.environment import ROOT

# The Python that a newcomer would type, not the one of a virtualenv.
PYTHON = getattr(sys, "_base_executable", sys.executable)


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An installation of its own on two free ports, as the environment asks for it."""
    for name in list(os.environ):
        if name.startswith("STOREFRONT_"):
            monkeypatch.delenv(name)
    for name in ("PORT", "STOREFRONT_SANDBOX_PORT"):
        monkeypatch.setenv(name, str(free_port()))
    monkeypatch.setenv("STOREFRONT_INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("STOREFRONT_DEMO_ORDERS", "0")
    return dict(os.environ)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Run:
    """One `bootstrap.py run` of the project in `root`, from the start until it was closed."""

    def __init__(self, environ: dict[str, str], root: Path = ROOT) -> None:
        began = time.monotonic()
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [PYTHON, root / "bootstrap.py", "run"],
            env=environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.origin = self._read_until(r"The shop is open.*(http://localhost:\d+)$")
        self.seconds = time.monotonic() - began

    def close(self, number: signal.Signals = signal.SIGINT) -> float:
        """Ask for the end, and tell how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=30)
        self.lines += rest.splitlines()
        return time.monotonic() - began

    def _read_until(self, pattern: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if found := re.search(pattern, line.rstrip()):
                return found[1]
        raise AssertionError("\n".join(self.lines))


@contextlib.contextmanager
def opened(environ: dict[str, str], root: Path = ROOT) -> Iterator[Run]:
    run = Run(environ, root)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.close()


def whats_left(folder: Path) -> list[str]:
    """The command lines of processes that have this installation's folder in their environment."""
    left = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"STOREFRONT_INSTANCE_DIR={folder}".encode() in (entry / "environ").read_bytes():
                left.append((entry / "cmdline").read_text().replace("\0", " "))
    return [line for line in left if "storefront" in line]


def test_a_taken_port_is_said_with_the_way_to_choose_another(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", int(environ["PORT"]))):
        status = shop.run()

    assert status == 1
    assert re.fullmatch(
        rf"Port {environ['PORT']} cannot be had \(Address already in use\)\."
        r" Choose another: PORT=\d+ make run\n",
        capsys.readouterr().err,
    )


def test_the_sandboxs_taken_port_is_said_by_its_own_name(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", int(environ["STOREFRONT_SANDBOX_PORT"]))):
        status = shop.run()

    assert status == 1
    assert "Choose another: STOREFRONT_SANDBOX_PORT=" in capsys.readouterr().err


@pytest.fixture
def built() -> None:
    """`.venv` as `make test` builds it: a run must find nothing to fetch."""
    wanted = environment._wanted("run")
    if not environment._stamp().items() >= wanted.items():
        if os.environ.get("CI") == "true":
            pytest.fail("make test builds .venv before the tests, yet its stamp is another")
        pytest.skip(".venv was not built by bootstrap.py")


@pytest.mark.usefixtures("built")
def test_one_command_opens_the_shop_and_ctrl_c_closes_all_of_it(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with opened(environ) as run:
        page = urllib.request.urlopen(run.origin + "/products", timeout=10).read().decode()
        mailbox = urllib.request.urlopen(run.origin + "/mailbox", timeout=10).status
        with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
            (goods,) = connection.execute("SELECT count(*) FROM product").fetchone()

        seconds = run.close()

    assert run.process.returncode == 0
    assert run.lines[-1] == "The shop is closed."
    assert seconds < 10
    assert whats_left(tmp_path) == []
    assert goods > 0
    assert "/products/" in page
    assert mailbox == 200


@pytest.mark.usefixtures("built")
def test_a_second_run_opens_at_once_with_the_same_goods_and_secrets(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with opened(environ):
        pass
    secrets = (tmp_path / "run.env").read_text()

    with opened(environ) as run:
        seconds = run.seconds
        run.close(signal.SIGTERM)

    assert not [line for line in run.lines if line.startswith(("Installing", "Preparing", "Loading"))]
    assert (tmp_path / "run.env").read_text() == secrets
    assert seconds < 9, "3 s on a machine that does nothing else; here other tests are running"
    assert whats_left(tmp_path) == []


@pytest.mark.usefixtures("built")
def test_a_second_terminal_is_told_that_the_shop_is_open(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(environ):
        status = shop.run()

    assert status == 1
    assert "The shop is open already" in capsys.readouterr().err


@pytest.mark.usefixtures("built")
def test_a_migration_that_fails_stops_the_start_and_leaves_a_copy(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with opened(environ):
        pass
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'of_the_future'")
        connection.commit()

    failed = subprocess.run(
        [sys.executable, ROOT / "bootstrap.py", "run"],
        env=environ,
        text=True,
        capture_output=True,
        timeout=60,
    )

    assert failed.returncode == 1
    assert "database ended with status" in failed.stderr
    assert str(next((tmp_path / "backups").iterdir())) in failed.stdout
    assert whats_left(tmp_path) == []


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("git"), reason="git is missing")
def test_a_fresh_clone_opens_within_two_minutes_and_then_within_three_seconds(
    environ: dict[str, str], tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\0"
    ):
        if name and (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)

    with opened(environ, clone) as first:
        pass
    offline = environ | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    with opened(offline, clone) as second:
        pass
    with opened(offline, clone) as third:
        pass

    assert first.seconds < 120
    assert min(second.seconds, third.seconds) < 3
