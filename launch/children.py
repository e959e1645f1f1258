"""Programs under one roof: started together, restarted when they die, stopped together, none left behind.

Knows processes, signals and their output; refuses to know what the programs do.
"""

import ctypes
import functools
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from launch.errors import CannotStart

GRACE_SECONDS = 10.0  # from the request to stop until the kill; granian's own grace is shorter
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
MAX_FALLS = 5  # in a row, without having stood for STEADY_SECONDS
STEADY_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, a closed terminal, or `kill`."""


@dataclass(slots=True)
class _Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[str]
    began: float
    reader: threading.Thread
    falls: int = 0
    due: float | None = None  # when a dead one is to be started again, by the monotonic clock


class Children:
    """The programs of one run; `with Children(environ) as children` leaves none of them behind."""

    def __init__(self, environ: Mapping[str, str], *, say: Callable[[str], None] | None = None) -> None:
        self._environ = dict(environ)
        self._say = say or functools.partial(print, flush=True)
        self._children: list[_Child] = []
        self._stop = threading.Event()
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> "Children":
        # A handler that only notes the wish: one that raised could lose a child just being born.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, lambda *_: self._stop.set())
        return self

    def __exit__(self, *_: object) -> None:
        # The last started first: what came before it may still be needed to finish what is under way.
        until = time.monotonic() + GRACE_SECONDS
        for child in reversed(self._children):
            child.process.terminate()
            _wait(child.process, until)
            _kill_group(child.process)
            child.reader.join(timeout=1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a program that is to stay; its lines are shown with its name before them."""
        self._children.append(self._spawn(name, command))

    def finish(self, name: str, command: Sequence[str]) -> None:
        """Run a program to its end. Raises CannotStart when it fails, Stopped when the end was asked for."""
        child = self._spawn(name, command)
        self._children.append(child)
        while child.process.poll() is None:
            self._look_after_stop()
        child.reader.join(timeout=1)
        self._children.remove(child)
        if child.process.returncode:
            raise CannotStart(_obituary(child) + " Everything was stopped.")

    def wait_for(self, name: str, port: int, path: str, *, seconds: float = 60) -> None:
        """Wait until the program `name` answers http://127.0.0.1:port/path with anything below 500.

        Raises CannotStart when it dies or stays silent, Stopped when the end was asked for.
        """
        child = next(child for child in self._children if child.name == name)
        began, told = time.monotonic(), False
        while not _answers(port, path):
            self._look_after_stop()
            waited = time.monotonic() - began
            if child.process.poll() is not None:
                child.reader.join(timeout=1)
                raise CannotStart(_obituary(child) + " Everything was stopped.")
            if waited > seconds:
                raise CannotStart(f"{name} did not answer on port {port} within {seconds:.0f} s.")
            if waited > 2 and not told:
                self._say(f"Waiting for {name} …")
                told = True

    def watch(self) -> None:
        """Restart what dies, with growing pauses, until the end is asked for (raises Stopped).

        Raises CannotStart when a program falls MAX_FALLS times without standing for STEADY_SECONDS.
        """
        while True:
            self._look_after_stop()
            for index, child in enumerate(self._children):
                if child.due is None and child.process.poll() is not None:
                    self._mourn(child)
                elif child.due is not None and time.monotonic() >= child.due:
                    self._children[index] = self._spawn(child.name, child.command, falls=child.falls)

    def _spawn(self, name: str, command: Sequence[str], *, falls: int = 0) -> _Child:
        # A session of its own: Ctrl-C reaches us alone, and what it leaves behind can be killed with it.
        process = subprocess.Popen(
            command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent if _LIBC else None,
        )
        reader = threading.Thread(target=self._relay, args=(name, process), daemon=True)
        reader.start()
        return _Child(name, command, process, time.monotonic(), reader, falls)

    def _relay(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                self._say(f"{name:<8}| {line.rstrip()}")

    def _mourn(self, child: _Child) -> None:
        _kill_group(child.process)
        child.falls = 1 if time.monotonic() - child.began > STEADY_SECONDS else child.falls + 1
        if child.falls > MAX_FALLS:
            raise CannotStart(
                _obituary(child) + f" It fell {child.falls} times in a row; everything was stopped."
            )
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (child.falls - 1), LONGEST_PAUSE_SECONDS)
        self._say(f"{child.name} {_how_it_ended(child)}; starting it again in {pause:g} s.")
        child.due = time.monotonic() + pause

    def _look_after_stop(self) -> None:
        if self._stop.wait(_LOOK_SECONDS):
            raise Stopped


def _die_with_parent() -> None:
    # The last resort when we are killed outright; Linux alone has it.
    assert _LIBC
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(process: subprocess.Popen[str], until: float) -> None:
    try:
        process.wait(timeout=max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill_group(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody was left; macOS says so by the second


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _how_it_ended(child: _Child) -> str:
    code = child.process.returncode
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def _obituary(child: _Child) -> str:
    return f"{child.name} {_how_it_ended(child)}."
