"""Files of strangers by their addresses: over TLS, from public machines alone, and only so long and so large.

Knows names, addresses and time; refuses to know what the bytes are.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from flask_babel import gettext as _

from storefront.errors import Refused

MOST_BYTES = 20_000_000
MOST_REDIRECTS = 5
SECONDS = 30.0
# Of silence; the whole is limited besides, so that a trickle ends too.
SILENT_SECONDS = 10.0
PORT = 443

_PIECE = 65_536
_REDIRECTS = {301, 302, 303, 307, 308}
_SAFE = "%/:=&?~+!$,;'@()*[]"
# What `is_global` lets pass: addresses of IPv6 that lead to one of IPv4 through a translator (RFC 6052, RFC 8215),
# and those of IPv4 that are kept for protocols (RFC 6890).
_SPECIAL = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "192.0.0.0/24")))

Resolve = Callable[[str], list[str]]
Connect = Callable[[str, str, float], socket.socket]


class NotFetched(Refused):
    """The file could not be had, or must not be asked for."""


def resolve(host: str) -> list[str]:
    """Every address of a name. Raises OSError."""
    found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_others, sockaddr in found]


def connect(address: str, host: str, seconds: float) -> socket.socket:
    """A TLS connection to `address`, where the certificate must be that of `host`. Raises OSError."""
    plain = socket.create_connection((address, PORT), timeout=seconds)
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches files. Whoever tests it hands in names and connections of its own."""

    resolve: Resolve = resolve
    connect: Connect = connect
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES

    def fetch(self, url: str) -> bytes:
        """What stands at `url`, after at most five redirects. Raises NotFetched with the reason."""
        until = time.monotonic() + self.seconds
        for _redirect in range(MOST_REDIRECTS + 1):
            content, following = self._ask(url, until)
            if following is None:
                return content
            url = urljoin(url, following)
        raise NotFetched(_("It redirects too often."))

    def _ask(self, url: str, until: float) -> tuple[bytes, str | None]:
        """The answer's bytes, or where it sends us. Every address is checked anew: each may be another machine."""
        parts = _checked(url)
        host = parts.hostname or ""
        try:
            with self._connection(host, until) as connection:
                connection.request("GET", _path(parts), headers=_HEADERS)
                with connection.getresponse() as response:
                    answer = self._answer(response, until)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            if time.monotonic() >= until:
                raise _too_slow() from error
            raise NotFetched(_("It cannot be reached (%(kind)s).", kind=type(error).__name__)) from error
        # An answer that was cut off looks like one that is over.
        if time.monotonic() >= until:
            raise _too_slow()
        return answer

    def _answer(self, response: http.client.HTTPResponse, until: float) -> tuple[bytes, str | None]:
        if response.status in _REDIRECTS:
            return b"", response.headers.get("Location") or ""
        if response.status != 200:
            raise NotFetched(_("It answers with status %(status)s.", status=response.status))
        return self._body(response, until), None

    @contextmanager
    def _connection(self, host: str, until: float) -> Iterator[http.client.HTTPConnection]:
        """A connection to an address that was looked at: the name is not looked up a second time, when it might
        mean another machine. It is cut when the time is over, whatever it is doing."""
        addresses = self.resolve(host)
        if not addresses or not all(map(is_public, addresses)):
            raise NotFetched(_("It leads into a private network."))
        left = until - time.monotonic()
        if left <= 0:
            raise _too_slow()
        connection = http.client.HTTPConnection(host)
        connection.sock = self.connect(addresses[0], host, min(left, SILENT_SECONDS))
        timer = threading.Timer(max(until - time.monotonic(), 0), _cut, args=(connection.sock,))
        timer.daemon = True
        timer.start()
        try:
            connection.sock.settimeout(SILENT_SECONDS)
            yield connection
        finally:
            timer.cancel()
            connection.close()

    def _body(self, response: http.client.HTTPResponse, until: float) -> bytes:
        if (response.length or 0) > self.most_bytes:
            raise self._too_large()
        pieces, size = [], 0
        while piece := response.read1(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > self.most_bytes:
                raise self._too_large()
            if time.monotonic() >= until:
                raise _too_slow()
        if response.length:
            raise NotFetched(_("It broke off."))
        return b"".join(pieces)

    def _too_large(self) -> NotFetched:
        return NotFetched(_("It is larger than %(megabytes)s MB.", megabytes=self.most_bytes // 10**6))


_HEADERS = {
    "User-Agent": "Storefront",
    "Accept": "image/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


def is_public(address: str) -> bool:
    """Whether an address is one machine of the open internet: not this one, not one beside it, no group."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner:
            return False
    if any(ip in network for network in _SPECIAL):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _checked(url: str) -> SplitResult:
    """The parts of an address that may be asked for. Raises NotFetched."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotFetched(_("Its address cannot be read.")) from error
    if parts.scheme != "https":
        raise NotFetched(_("Its address does not begin with https."))
    if not parts.hostname or parts.username is not None or port not in {None, PORT}:
        raise NotFetched(_("Its address has a port or a password, or no name."))
    return parts


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_SAFE)
    return f"{path}?{quote(parts.query, safe=_SAFE)}" if parts.query else path


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _too_slow() -> NotFetched:
    return NotFetched(_("It takes too long."))
