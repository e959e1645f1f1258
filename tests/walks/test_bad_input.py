"""Nonsense at every door: each route is asked with odd paths, queries, forms, headers and methods.

What comes back may be a page or a refusal, never a fault; and afterwards the books are as they were.
"""

import io
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from math import ceil
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import run_wsgi_app

from storefront import jobs
from tests.books import changed_tables, mails, whole_database
from tests.builders.cart import a_shelf, put_in, submit_details, submit_order, token
from tests.builders.orders import an_order
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn

# As bytes, percent-encoded only where they must be: what a browser never sends is the point.
ODD = [
    b"",
    b"%00",
    b"a%00b",
    b"%ff%fe",
    b"%C3%28",
    b"%ED%A0%80",
    b"%zz",
    b"%",
    b"0",
    b"-1",
    b"-9223372036854775809",
    b"1.5",
    b"1e3",
    b"NaN",
    b"9223372036854775807",
    b"9223372036854775808",
    b"9999999999999999999",
    b"1" * 400,
    quote("１２").encode(),
    quote("١٢").encode(),
    b"1_0",
    b"0x10",
    b"%0d%0aSet-Cookie:%20a=b",
    b"..%2f..%2fetc%2fpasswd",
    b"....//%5c..%5c",
    b"%27%20OR%201=1--",
    b"%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    b"{{7*7}}${7*7}%25s%25n%25(x)s",
    b"//evil.example",
    b"%09//evil.example",
    quote("\u202eתשלום\u0301\ufffe𝒳").encode(),
    b"x" * 10_000,
    b"MQ.c2lnbmVk",
    b"a@b@c",
]
# Every name that a form or query of the shop knows, and the ways in which frameworks are told lists and objects.
NAMES = [
    *("after", "before", "sort", "in-stock", "key", "next", "size", "token", "id"),
    *("variant", "quantity", "post", "remove", "quantity-1", "quantity-%00", "quantity-99999999999999999999"),
    *("email", "country", "delivery_name", "delivery_postal_code", "delivery_country_area", "billing_same"),
    *("billing_country", "billing_name", "change", "shipping", "number", "_method", "__proto__"),
    *("variant[]", "variant[0][id]", "total", "%ff", ""),
]
# A path of the shop, never one that a browser takes for another host.
_OURS = re.compile(r"|(https?://localhost)?/([A-Za-z0-9][^\\\s]*)?")
_PLACE = re.compile(rb"<[^>]*>")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"]
FORM = "application/x-www-form-urlencoded"
BODIES: list[tuple[str, bytes]] = [
    (FORM, b"&=&&a&=b&variant"),
    (FORM, b"\xff\xfe\x00v\x00a=\x80"),
    (FORM + "; charset=utf-16", b"v\x00a\x00=\x001\x00"),
    (FORM + "; charset=nonsense", b"variant=1&quantity=x"),
    (FORM, b"&".join(b"variant=%d" % number for number in range(500))),
    ("multipart/form-data", b"--x\r\n\r\n"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=variant\r\n\r\n1"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"; filename="\x00"'),
    ("multipart/form-data; boundary=\xff", b"--\xff\r\n\r\n--\xff--"),
    ("application/json", b'{"variant": [1], "quantity": {"$gt": 0}}'),
    ("application/json", b"{" * 5000),
    ("text/plain", b"variant=1&quantity=1"),
    ("\x00/\xff;;", b"variant=1&quantity=1"),
    ("", b"\x1f\x8b\x08\x00"),
]
HEADERS: list[dict[str, str | None]] = [
    {"HTTP_HOST": None},
    {"HTTP_HOST": ""},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "localhost:99999"},
    {"HTTP_HOST": "localhost@evil.example"},
    {"HTTP_HOST": "\xff\x00"},
    {"HTTP_HOST": "[::1"},
    {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "\x00,,",
    },
    {"HTTP_COOKIE": "session=%ff; cart=\xff\xfe; draft=; orders=W10; =; ;;;"},
    {"HTTP_COOKIE": "cart=" + "A" * 20_000},
    {"HTTP_IF_NONE_MATCH": 'W/"\xff, *,'},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Nov 20266 99:99:99 GMT"},
    {"HTTP_RANGE": "bytes=-99999999999999999999,5-1"},
    {"HTTP_ACCEPT": "\xff/*;q=nan", "HTTP_ACCEPT_LANGUAGE": "x" * 5000, "HTTP_ACCEPT_ENCODING": "gzip;q=-1"},
    {"HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_SEC_FETCH_SITE": None, "HTTP_ORIGIN": "null"},
    {"HTTP_REFERER": "javascript:alert(1)\x00", "HTTP_USER_AGENT": "\xff" * 2000},
    {"CONTENT_LENGTH": "-1"},
    {"CONTENT_LENGTH": "abc"},
    {"CONTENT_LENGTH": "99999999999999999999"},
    {"HTTP_STRIPE_SIGNATURE": "t=99999999999999999999,v1=\xff"},
    {"HTTP_STRIPE_SIGNATURE": "t=,v1=,,=", "CONTENT_TYPE": "application/json"},
    {"HTTP_AUTHORIZATION": "Basic \xff", "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    {"REMOTE_ADDR": "not an address"},
    {"wsgi.url_scheme": "https"},
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it goes over the wire; bytes are sent as they stand."""

    method: str
    path: bytes
    query: bytes = b""
    body: bytes = b""
    content_type: str = FORM
    headers: dict[str, str | None] = field(default_factory=dict)


class Stranger:
    """Somebody who sends whatever comes to mind, with the cookies and the form tokens of a real visit."""

    def __init__(self, app: Flask, client: ShopClient) -> None:
        kept = [client.get_cookie(name) for name in ("session", "cart", "draft", "orders")]
        self.cookies = "; ".join(f"{each.key}={each.value}" for each in kept if each)
        self.app, self.csrf = app, token(client.get("/checkout/review"))
        # The cart's form has one of its own, bound to the cart.
        self.csrf_of_cart = token(client.get("/cart"))

    def token_for(self, rule: Rule) -> str:
        """What the forms that are sent to `rule` carry."""
        return self.csrf_of_cart if rule.endpoint == "cart.update" else self.csrf

    def send(self, asked: Asked) -> tuple[int, str]:
        """The status of the answer, and where it sends the browser."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": asked.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _unquoted(asked.path),
            "QUERY_STRING": asked.query.decode("latin-1"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self.cookies,
            "HTTP_SEC_FETCH_SITE": "same-origin",
            "CONTENT_TYPE": asked.content_type,
            "CONTENT_LENGTH": str(len(asked.body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(asked.body),
            "wsgi.errors": io.StringIO(),
            **asked.headers,
        }
        given = {name: value for name, value in environ.items() if value is not None}
        _body, status, headers = run_wsgi_app(self.app, given, buffered=True)
        return int(status.split()[0]), headers.get("Location", "")


def _unquoted(path: bytes) -> str:
    """A path as servers hand it on: percent escapes resolved to bytes, each byte a character."""
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), path).decode("latin-1")


def _requests(rule: Rule, *, csrf: str, dice: random.Random) -> Iterator[Asked]:
    """What is tried on one route: all of it where something can be changed, a part where one can only look."""
    plain, is_form = _path(rule, b"1"), "POST" in (rule.methods or ())
    some = dice.sample(ODD, 10)
    yield from (Asked("GET", _path(rule, odd)) for odd in ODD if rule.arguments)
    yield from (Asked("GET", plain, query=_pairs(NAMES, odd)) for odd in some)
    yield from (Asked(method, plain, query=b"a=b", body=b"total=-1") for method in METHODS)
    if is_form:
        signed = urlencode({"csrf_token": csrf}).encode() + b"&"
        yield from (Asked("POST", plain, body=signed + _pairs(NAMES, odd)) for odd in ODD)
        for odd in some:
            # No odd text is an address: what is otherwise in order is not kept.
            few = _pairs(["email", *dice.sample(NAMES, 4)], odd)
            yield Asked("POST", plain, query=few, body=signed + few)
    posted, part = ("POST", 1.0) if is_form else ("GET", 0.2)
    for content_type, body in _part(BODIES, part, dice):
        yield Asked(posted, plain, body=body, content_type=content_type)
    for headers in _part(HEADERS, part, dice):
        yield Asked(posted, plain, body=b"variant=x&total=x", headers=headers)


def _generated(rule: Rule, *, csrf: str, dice: random.Random) -> Iterator[Asked]:
    """What nobody has thought of, without end: odd texts in any places of any request."""
    signed = urlencode({"csrf_token": csrf}).encode() + b"&"
    while True:
        method = dice.choice([*METHODS, "GET", "POST", "POST", "POST"])
        content_type, body = dice.choice(BODIES)
        if method == "POST" and dice.random() < 0.8:
            # Of what is signed some is always odd: nothing of it is in order and kept.
            content_type, body = FORM, signed + _pairs(["email", *dice.sample(NAMES, 6)], _odd(dice))
        yield Asked(
            method,
            _path(rule, dice.choice([b"1", _odd(dice)])),
            query=_pairs(dice.sample(NAMES, dice.randrange(4)), _odd(dice)),
            body=body,
            content_type=content_type,
            headers=dice.choice(HEADERS) if dice.random() < 0.1 else {},
        )


def _odd(dice: random.Random) -> bytes:
    """An odd text, or a few bytes of any kind, as they go into a path or a form."""
    if dice.random() < 0.5:
        return dice.choice(ODD)
    return b"".join(b"%%%02x" % each for each in dice.randbytes(dice.randrange(1, 12)))


def _pairs(names: list[str], odd: bytes) -> bytes:
    return b"&".join(name.encode() + b"=" + odd for name in names)


def _part(things: list[Any], part: float, dice: random.Random) -> list[Any]:
    return dice.sample(things, round(part * len(things)))


def _path(rule: Rule, value: bytes) -> bytes:
    """The rule's path with `value` in every place that varies."""
    return _PLACE.sub(lambda _found: value, rule.rule.encode())


@pytest.fixture
def stranger(app: Flask, client: ShopClient) -> Stranger:
    """A visitor with a cart, a draft and a form token; somebody else's paid order is there to be spoilt."""
    variant = a_shelf(app)
    with app.app_context():
        an_order(paid=True)
    put_in(client, variant)
    submit_details(client)
    return Stranger(app, client)


@pytest.mark.parametrize(
    "generated",
    [
        pytest.param(0, id="our-own"),
        pytest.param(20_000, marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        pytest.param(200_000, marks=[pytest.mark.proof, pytest.mark.timeout(14_400)]),
    ],
)
def test_nonsense_at_any_door_is_never_a_fault_and_changes_nothing(
    app: Flask, stranger: Stranger, generated: int
) -> None:
    dice, faults, spoilt, seen, led, sent = random.Random(20), [], {}, set(), set(), 0
    before = _books(app)
    rules = list(app.url_map.iter_rules())
    for rule in rules:
        csrf = stranger.token_for(rule)
        more = islice(
            _generated(rule, csrf=csrf, dice=random.Random(rule.rule)), ceil(generated / len(rules))
        )
        for asked in chain(_requests(rule, csrf=csrf, dice=dice), more):
            status, target = stranger.send(asked)
            sent += 1
            seen.add(status)
            led.add(target)
            if status >= 500:
                faults.append((status, asked))

        after = _books(app)
        if changed := changed_tables(before, after):
            spoilt[rule.rule] = changed
        before = after

    assert faults == []
    assert spoilt == {}
    assert [target for target in led if not _OURS.fullmatch(target)] == []
    # Not all of it is turned away at the gate: forms were read, and pages shown.
    assert {200, 303, 400, 403, 404, 405, 413, 422} <= seen
    sys.stdout.write(f"{sent} inputs over {len(rules)} routes\n")


def _books(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Everything but what nonsense may leave behind once it is none: a passkey's challenge is given to whoever asks
    from a page of ours, and an answer is owed to every address that is typed where one is asked for, and counted."""
    with app.app_context():
        rows = whole_database()
    rows["job"] = [row for row in rows["job"] if row[1] not in {"accounts.answer", "privacy.answer"}]
    return {table: found for table, found in rows.items() if table not in {"ticket", "guess"}}


def test_no_name_that_a_request_claims_is_written_into_anything(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    spoofed = ("X_FORWARDED_HOST", "X_FORWARDED_SERVER", "X_ORIGINAL_HOST", "X_HOST", "FORWARDED", "REFERER")
    client.environ_base.update({f"HTTP_{name}": "https://evil.example/" for name in spoofed})
    put_in(client, a_shelf(app))
    submit_details(client)
    page = submit_order(client, client.get("/checkout/review")).headers["Location"]
    path = page.removeprefix(sandbox.url)

    paid = sandbox.page.post(
        path, base_url=sandbox.url, headers={"Origin": sandbox.url}, data={"choice": "pay"}
    )
    client.get(paid.headers["Location"])
    jobs.drain(app)

    assert paid.headers["Location"].startswith("http://localhost/checkout/return/")
    with app.app_context():
        assert mails() == [("order_confirmation", "mara@example.org")]
        assert "http://localhost/orders/1001?key=" in str(whole_database()["outgoing_mail"])
        assert "evil.example" not in str(whole_database())
