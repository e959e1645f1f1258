"""Files of strangers: only over https, only from the open internet, only so large and for so long.

A server of this machine plays the stranger: names and connections are handed in, since this machine is refused.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

import pytest

from storefront.transfer.fetching import Fetcher, NotFetched, is_public
from tests.servers.loopback import LoopbackServer

PUBLIC = "93.184.215.14"
Answer = tuple[str, list[tuple[str, str]], Iterable[bytes]]


class Strangers:
    """Machines by their names, and whom of them was asked for what."""

    def __init__(self, serve: Callable[..., LoopbackServer]) -> None:
        self.addresses = {"pictures.example": [PUBLIC]}
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.connected: list[tuple[str, str]] = []
        self._server = serve(self._app)

    def fetcher(self, **limits: Any) -> Fetcher:
        """One that knows these machines alone."""
        return Fetcher(resolve=self.addresses.__getitem__, connect=self._connect, **limits)

    def says(self, url: str, body: Iterable[bytes] = (), status: str = "200 OK", **headers: str) -> None:
        """What is answered to `host/path`."""
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.answers[url] = (status, named, body)

    def _connect(self, address: str, host: str, seconds: float) -> socket.socket:
        self.connected.append((address, host))
        return socket.create_connection(("127.0.0.1", self._server.port), timeout=seconds)

    def _app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        url = environ["HTTP_HOST"] + environ["PATH_INFO"]
        self.asked.append(url)
        status, headers, body = self.answers[url]
        start_response(status, headers)
        return body


@pytest.fixture
def strangers(serve: Callable[..., LoopbackServer]) -> Strangers:
    return Strangers(serve)


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(NotFetched) as refused:
        fetcher.fetch(url)
    return refused.value.message


def test_a_file_is_fetched_whole_from_the_address_that_was_looked_at(strangers: Strangers) -> None:
    strangers.says("pictures.example/a b.jpg", [b"x" * 70_000, b"y"])

    content = strangers.fetcher().fetch("https://pictures.example/a b.jpg?width=1")

    assert content == b"x" * 70_000 + b"y"
    assert strangers.connected == [(PUBLIC, "pictures.example")]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://pictures.example/a.jpg", "Its address does not begin with https."),
        ("ftp://pictures.example/a.jpg", "Its address does not begin with https."),
        ("file:///etc/passwd", "Its address does not begin with https."),
        ("//pictures.example/a.jpg", "Its address does not begin with https."),
        ("https:///a.jpg", "Its address has a port or a password, or no name."),
        ("https://pictures.example:8443/a.jpg", "Its address has a port or a password, or no name."),
        ("https://me:secret@pictures.example/a.jpg", "Its address has a port or a password, or no name."),
        ("https://pictures.example:99999/a.jpg", "Its address cannot be read."),
        ("https://[::1/a.jpg", "Its address cannot be read."),
    ],
)
def test_only_plain_https_addresses_are_asked(url: str, said: str, strangers: Strangers) -> None:
    assert refusal(strangers.fetcher(), url) == said
    assert strangers.connected == []


PRIVATE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::1", "ff02::1"),
    *("2001:db8::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "not an address"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_a_private_network_is_asked(address: str, strangers: Strangers) -> None:
    strangers.addresses["pictures.example"] = [address]

    assert (
        refusal(strangers.fetcher(), "https://pictures.example/a.jpg") == "It leads into a private network."
    )
    assert strangers.connected == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


def test_a_name_with_one_private_address_among_public_ones_is_not_asked(strangers: Strangers) -> None:
    strangers.addresses["pictures.example"] = [PUBLIC, "127.0.0.1"]

    assert (
        refusal(strangers.fetcher(), "https://pictures.example/a.jpg") == "It leads into a private network."
    )


def test_a_name_that_means_another_machine_the_second_time_is_asked_the_first(strangers: Strangers) -> None:
    strangers.says("pictures.example/a.jpg", [b"x"])
    meant = iter([[PUBLIC], ["127.0.0.1"]])
    fetcher = Fetcher(resolve=lambda _host: next(meant), connect=strangers.fetcher().connect)

    fetcher.fetch("https://pictures.example/a.jpg")

    assert strangers.connected == [(PUBLIC, "pictures.example")]


def test_a_redirect_is_followed_and_looked_at_anew(strangers: Strangers) -> None:
    strangers.addresses["cdn.example"] = ["8.8.8.8"]
    strangers.says("pictures.example/a.jpg", status="302 Found", Location="https://cdn.example/b.jpg")
    strangers.says("cdn.example/b.jpg", status="308 Permanent Redirect", Location="/c.jpg")
    strangers.says("cdn.example/c.jpg", [b"x"])

    content = strangers.fetcher().fetch("https://pictures.example/a.jpg")

    assert content == b"x"
    assert [address for address, _host in strangers.connected] == [PUBLIC, "8.8.8.8", "8.8.8.8"]


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://intern.example/b.jpg", "It leads into a private network."),
        ("http://pictures.example/b.jpg", "Its address does not begin with https."),
        ("file:///etc/passwd", "Its address does not begin with https."),
        ("https://pictures.example:22/", "Its address has a port or a password, or no name."),
        ("https://pictures.example/a.jpg", "It redirects too often."),
        ("", "It redirects too often."),
    ],
)
def test_a_redirect_leads_nowhere_that_could_not_be_asked_at_first(
    location: str, said: str, strangers: Strangers
) -> None:
    strangers.addresses["intern.example"] = ["10.0.0.1"]
    strangers.says("pictures.example/a.jpg", status="302 Found", Location=location)

    assert refusal(strangers.fetcher(), "https://pictures.example/a.jpg") == said
    assert set(strangers.asked) == {"pictures.example/a.jpg"}
    assert len(strangers.asked) <= 6


@pytest.mark.parametrize(
    "status", ["204 No Content", "206 Partial Content", "404 Not Found", "500 Internal Server Error"]
)
def test_only_a_whole_answer_counts(status: str, strangers: Strangers) -> None:
    strangers.says("pictures.example/a.jpg", status=status)

    said = refusal(strangers.fetcher(), "https://pictures.example/a.jpg")

    assert said == f"It answers with status {status[:3]}."


@pytest.mark.parametrize("headers", [{"Content_Length": "1000001"}, {}])
def test_what_is_too_large_is_not_read_to_its_end(headers: dict[str, str], strangers: Strangers) -> None:
    sent = []

    def endless() -> Iterable[bytes]:
        for _ in range(10_000):
            sent.append(65_536)
            yield b"x" * 65_536

    strangers.says("pictures.example/a.jpg", endless(), **headers)

    said = refusal(strangers.fetcher(most_bytes=1_000_000), "https://pictures.example/a.jpg")

    assert said == "It is larger than 1 MB."
    assert sum(sent) < 100_000_000


def test_what_breaks_off_is_not_taken_for_whole(strangers: Strangers) -> None:
    strangers.says("pictures.example/a.jpg", [b"half"], Content_Length="8")

    said = refusal(strangers.fetcher(), "https://pictures.example/a.jpg")

    assert said in {"It broke off.", "It cannot be reached (IncompleteRead)."}


def test_a_trickle_ends_when_the_time_is_over() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        threading.Thread(target=_trickle, args=(server,), daemon=True).start()
        port = server.getsockname()[1]
        fetcher = Fetcher(
            resolve=lambda _host: [PUBLIC],
            connect=lambda _address, _host, seconds: socket.create_connection(
                ("127.0.0.1", port), timeout=seconds
            ),
            seconds=0.5,
        )
        began = time.monotonic()

        said = refusal(fetcher, "https://pictures.example/a.jpg")

        assert said == "It takes too long."
        assert time.monotonic() - began < 5


def _trickle(server: socket.socket) -> None:
    """A header that never ends, a letter at a time."""
    stranger, _address = server.accept()
    with closing(stranger):
        try:
            stranger.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while True:
                stranger.sendall(b"x")
                time.sleep(0.02)
        except OSError:
            return


def test_a_machine_that_cannot_be_reached_is_told(strangers: Strangers) -> None:
    def refuses(_address: str, _host: str, _seconds: float) -> socket.socket:
        raise ConnectionRefusedError

    fetcher = Fetcher(resolve=lambda _host: [PUBLIC], connect=refuses)

    assert (
        refusal(fetcher, "https://pictures.example/a.jpg") == "It cannot be reached (ConnectionRefusedError)."
    )


def test_as_it_is_a_fetcher_refuses_this_machine() -> None:
    assert refusal(Fetcher(), "https://localhost/a.jpg") == "It leads into a private network."
    assert refusal(Fetcher(), "https://127.0.0.1/a.jpg") == "It leads into a private network."
    assert refusal(Fetcher(), "https://2130706433/a.jpg") in {
        "It leads into a private network.",
        "It cannot be reached (gaierror).",
    }
