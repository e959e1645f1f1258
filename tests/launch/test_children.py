"""Programs under one roof: shown, restarted, and gone at the end, with whatever they had started.

Knows real processes and signals; the programs are a few lines of Python each.
"""

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launch import children
from launch.children import Children, Stopped
from launch.errors import CannotStart
from tests.servers.loopback import LoopbackServer

STAY = "import time\nwhile True: time.sleep(60)"
BIRTH = (
    "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
    " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"
)


class Said:
    """Keeps what was said, and waits for it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)

    def wait_for(self, pattern: str) -> str:
        """The first line that matches; fails after 10 s."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if found := next((line for line in list(self.lines) if re.search(pattern, line)), None):
                return found
            time.sleep(0.01)
        raise AssertionError(f"no line matches {pattern}: {self.lines}")


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def roof(said: Said, monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    """Children that are quick to look and to restart."""
    monkeypatch.setattr(children, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(children, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(children, "GRACE_SECONDS", 1.0)
    with Children(os.environ, say=said) as roof:
        yield roof


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-u", "-c", code, *map(str, arguments)]


def end_soon(*, after: Callable[[], object]) -> None:
    """Ask for the end once `after` has returned, or failed."""

    def wait() -> None:
        try:
            after()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A dead one keeps its number until its parent looks; where there is no /proc, that is soon.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()


def wait_until_gone(pid: int) -> None:
    until = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < until, f"process {pid} is still there"
        time.sleep(0.01)


def test_what_a_program_says_is_shown_with_its_name(roof: Children, said: Said) -> None:
    roof.finish("demo", python("print('forty goods')"))

    assert said.lines == ["demo    | forty goods"]


def test_a_step_that_fails_ends_the_start_with_its_name(roof: Children) -> None:
    with pytest.raises(CannotStart, match="database ended with status 3"):
        roof.finish("database", python("raise SystemExit(3)"))


def test_a_program_that_dies_before_it_answers_ends_the_start(roof: Children) -> None:
    roof.start("shop", python("raise SystemExit('no such setting')"))

    with pytest.raises(CannotStart, match="shop ended with status 1"):
        roof.wait_for("shop", 9, "/")


def test_a_program_that_never_answers_ends_the_start(roof: Children) -> None:
    roof.start("shop", python(STAY))

    with pytest.raises(CannotStart, match="shop did not answer on port 9"):
        roof.wait_for("shop", 9, "/", seconds=0.1)


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_any_answer_that_is_no_failure_counts(status: str, roof: Children) -> None:
    server = LoopbackServer(lambda environ, start: (start(status, []), [b""])[1])
    roof.start("shop", python(STAY))

    try:
        roof.wait_for("shop", int(server.url.rpartition(":")[2].rstrip("/")), "/healthz", seconds=5)
    finally:
        server.close()


def test_a_program_that_dies_is_started_again(roof: Children, said: Said) -> None:
    roof.start("worker", python(f"import os\nprint('I am', os.getpid())\n{STAY}"))
    first = int(said.wait_for("I am").split()[-1])
    os.kill(first, signal.SIGKILL)
    end_soon(after=lambda: said.wait_for(f"I am (?!{first}$)"))

    with pytest.raises(Stopped):
        roof.watch()

    assert said.wait_for("worker was ended by SIGKILL; starting it again in 0.01 s")


def test_what_a_dead_program_left_behind_is_gone_before_it_is_started_again(
    roof: Children, said: Said
) -> None:
    roof.start("shop", python(f"{BIRTH}\nprint('child', child.pid)\nraise SystemExit(1)"))
    end_soon(after=lambda: said.wait_for("starting it again"))

    with pytest.raises(Stopped):
        roof.watch()

    wait_until_gone(int(said.wait_for("child").split()[-1]))


def test_a_program_that_keeps_dying_ends_the_run(roof: Children) -> None:
    roof.start("worker", python("raise SystemExit(4)"))

    with pytest.raises(CannotStart, match=r"worker ended with status 4\. It fell 6 times in a row"):
        roof.watch()


def test_pauses_grow_and_stay_within_bounds(
    said: Said, monkeypatch: pytest.MonkeyPatch, roof: Children
) -> None:
    monkeypatch.setattr(children, "LONGEST_PAUSE_SECONDS", 0.05)
    roof.start("worker", python("raise SystemExit(4)"))

    with pytest.raises(CannotStart):
        roof.watch()

    pauses = [line.rpartition(" in ")[2] for line in said.lines if "starting it again" in line]
    assert pauses == ["0.01 s.", "0.02 s.", "0.04 s.", "0.05 s.", "0.05 s."]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_to_ask_for_the_end_ends_it(number: signal.Signals, roof: Children) -> None:
    roof.start("shop", python(STAY))
    os.kill(os.getpid(), number)

    with pytest.raises(Stopped):
        roof.watch()


def test_the_end_lets_programs_finish_and_leaves_none_behind(said: Said) -> None:
    polite = (
        f"import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye')))\n{BIRTH}\n"
    )
    with Children(os.environ, say=said) as roof:
        roof.start("shop", python(f"{polite}print('child', child.pid)\n{STAY}"))
        born = int(said.wait_for("child").split()[-1])

    wait_until_gone(born)
    assert "shop    | bye" in said.lines


def test_a_program_that_will_not_end_is_killed_after_its_grace(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "GRACE_SECONDS", 0.2)
    stubborn = (
        "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('I am', os.getpid())\n"
    )

    with Children(os.environ, say=said) as roof:
        roof.start("shop", python(stubborn + STAY))
        pid = int(said.wait_for("I am").split()[-1])

    wait_until_gone(pid)


def test_after_the_end_signals_mean_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with Children(os.environ):
        during = signal.getsignal(signal.SIGTERM)

    assert during != before
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells a child that its parent was killed")
def test_when_we_are_killed_outright_the_programs_end_too(said: Said, tmp_path: Path) -> None:
    parent = (
        "import os, sys, time\nfrom launch.children import Children\n"
        "with Children(os.environ) as roof:\n"
        "    roof.start('shop', [sys.executable, '-u', '-c', sys.argv[1]])\n    time.sleep(60)"
    )
    with Children({**os.environ, "PYTHONPATH": os.getcwd()}, say=said) as roof:
        roof.start("parent", python(parent, f"import os\nprint('I am', os.getpid())\n{STAY}"))
        grandchild = int(said.wait_for("I am").split()[-1])
        os.kill(roof._children[0].process.pid, signal.SIGKILL)

        wait_until_gone(grandchild)
