"""Processes under measurement: started on a core of their own, awaited, weighed, ended.

Knows processes and cores; refuses to know what they serve.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60.0

# Looked up before this process keeps to one of them; the same twice where there is no second.
_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _CORES[0], _CORES[-1]


def _usual() -> dict[str, str]:
    """The environment in which Python keeps what it has compiled, as it does wherever nobody forbids it: a start that
    compiled the whole shop anew would be nobody's but the first."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A command that answers on `port`, alone on `core`."""

    def __init__(self, *arguments: str, port: int, environ: Mapping[str, str], core: int, log: Path) -> None:
        self.port = port
        began = time.perf_counter()
        with log.open("ab") as said:
            self._running = subprocess.Popen(
                [sys.executable, *arguments],
                env={**_usual(), **environ, "PYTHONPATH": str(ROOT)},
                cwd=ROOT,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}),
            )
        self._wait(log)
        self.seconds_to_start = time.perf_counter() - began

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error: object) -> None:
        os.killpg(self._running.pid, signal.SIGTERM)
        try:
            self._running.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()

    @property
    def worker_mib(self) -> float:
        """Resident memory of the largest process below this one, in MiB."""
        return max(map(_resident_mib, self._below()))

    @property
    def cpu_seconds(self) -> float:
        """What the processes below this one have had of a core so far: a busy neighbour changes it little."""
        return sum(_cpu_seconds(pid) for pid in self._below())

    def _below(self) -> list[int]:
        parent = self._running.pid
        listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(pid) for pid in listed] or [parent]

    def _wait(self, log: Path) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and self._running.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.005)
            finally:
                connection.close()
        raise RuntimeError(f"a server did not start:\n{log.read_text()[-2000:]}")


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def _cpu_seconds(pid: int) -> float:
    # proc(5): utime and stime are the 14th and 15th field; the second, the name, may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
