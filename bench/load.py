"""The load generator: ready-made requests over kept connections, one thread, one core.

Knows sockets and answers' first lines; refuses to know what is asked. It sends about 25,000 requests/s on a core on
which bare Flask answers 4,000, so that the server is what is measured.
"""

import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

HOST = "127.0.0.1"
_END = b"\r\n\r\n"


@dataclass(slots=True)
class Load:
    """What came back: how many of each status, each answer's seconds, and the seconds that all took."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    sample: bytes = b""

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.waits) / self.seconds

    def percentile(self, part: float) -> float:
        """The seconds within which that part of the answers came."""
        return sorted(self.waits)[min(int(len(self.waits) * part), len(self.waits) - 1)]


def request(
    path: str, *, port: int, body: bytes = b"", cookies: str = "", headers: Mapping[str, str] | None = None
) -> bytes:
    """A whole request: GET, or POST where there is a body."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: {HOST}:{port}", "Accept-Encoding: gzip"]
    said = {"Cookie": cookies, **(headers or {})}
    if body:
        said = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **said}
        said["Content-Length"] = str(len(body))
    lines += [f"{name}: {text}" for name, text in said.items() if text]
    return "\r\n".join(lines).encode() + _END + body


def for_seconds(requests: Sequence[bytes], *, port: int, seconds: float, connections: int = 4) -> Load:
    """Send the requests in turn, again and again, for so long."""
    end = time.perf_counter() + seconds
    return _run(
        iter(cycle(requests)), port=port, connections=connections, over=lambda: time.perf_counter() >= end
    )


def each_once(requests: Sequence[bytes], *, port: int, connections: int = 8) -> Load:
    """Send each request one time."""
    return _run(iter(requests), port=port, connections=connections, over=lambda: False)


@dataclass(slots=True)
class _Line:
    """One connection, what it has received of the present answer, and when that was asked for."""

    socket: socket.socket
    received: bytes = b""
    began: float = 0.0


def _run(requests: Iterator[bytes], *, port: int, connections: int, over: Callable[[], bool]) -> Load:
    load, poll, lines = Load(), select.epoll(), {}
    began = time.perf_counter()
    try:
        for _ in range(connections):
            line = _Line(socket.create_connection((HOST, port), timeout=60))
            lines[line.socket.fileno()] = line
            if _send(line, requests):
                poll.register(line.socket, select.EPOLLIN)
        waiting = sum(1 for line in lines.values() if line.began)
        while waiting:
            for number, _event in poll.poll(60) or _nothing(port):
                line = lines[number]
                if not _receive(line, load):
                    continue
                if over() or not _send(line, requests):
                    poll.unregister(number)
                    waiting -= 1
    finally:
        for line in lines.values():
            line.socket.close()
        poll.close()
    load.seconds = time.perf_counter() - began
    return load


def _nothing(port: int) -> list[tuple[int, int]]:
    raise TimeoutError(f"nothing came from port {port} for a minute")


def _send(line: _Line, requests: Iterator[bytes]) -> bool:
    """Send the next request, if there is one."""
    ready = next(requests, None)
    if ready is None:
        return False
    line.received, line.began = b"", time.perf_counter()
    line.socket.sendall(ready)
    return True


def _receive(line: _Line, load: Load) -> bool:
    """Take what has come; whether the answer is whole."""
    part = line.socket.recv(262144)
    if not part:
        raise ConnectionError("the server hung up")
    line.received += part
    head, end, body = line.received.partition(_END)
    if not end or len(body) < _length(head):
        return False
    load.waits.append(time.perf_counter() - line.began)
    load.statuses[int(head[9:12])] += 1
    load.sample = line.received
    return True


def _length(head: bytes) -> int:
    """Of the body, in bytes; an answer without one has none (204, 304)."""
    lower = head.lower()
    at = lower.find(b"content-length:")
    return 0 if at < 0 else int(lower[at + 15 : (lower + b"\r").find(b"\r", at)])
