"""Requests and answers are Flask's own to whoever sends and gets them."""

from typing import Any

import pytest
from flask import Flask, Request, Response
from werkzeug.test import EnvironBuilder, run_wsgi_app

from storefront.web.exchange import Answer, Asked

COOKIES = [
    "",
    "a=1",
    "a=1; b=2;a=3",
    'q="x\\073y"',
    "=x",
    "x",
    "ü=ß",
    ";;",
    "a=%C3%BC; __Host-cart=W10.x",
    "a = b ;c",
]
ANSWERS: list[dict[str, Any]] = [
    {"response": "hello"},
    {"response": [b"a", b"bc"]},
    {"status": 204},
    {"response": "kept", "status": 304},
    {"status": 303, "headers": {"Location": "/cart?a=b&c=%20"}},
    {"status": 303, "headers": {"Location": "/gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n kit"}},
    {"response": "x", "headers": {"Content-Location": "/\N{EURO SIGN}", "Content-Length": "1"}},
]


@pytest.mark.parametrize("text", COOKIES)
def test_cookies_are_read_as_flask_reads_them(text: str) -> None:
    environ = EnvironBuilder().get_environ() | {"HTTP_COOKIE": text.encode().decode("latin-1")}

    assert Asked(environ).cookies == Request(environ).cookies


def test_without_cookies_there_are_none() -> None:
    assert not Asked(EnvironBuilder().get_environ()).cookies


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("given", ANSWERS, ids=range(len(ANSWERS)))
def test_an_answer_is_sent_as_flask_sends_it(given: dict[str, Any], method: str) -> None:
    environ = EnvironBuilder(method=method).get_environ()

    body, status, headers = run_wsgi_app(Answer(**given), environ, buffered=True)

    same_body, same_status, same_headers = run_wsgi_app(Response(**given), environ, buffered=True)
    assert (b"".join(body), status) == (b"".join(same_body), same_status)
    assert sorted(headers) == sorted(same_headers)


def test_what_is_made_as_it_is_sent_has_no_length() -> None:
    streamed = Answer(each for each in (b"a", b"b"))

    body, _status, headers = run_wsgi_app(streamed, EnvironBuilder().get_environ(), buffered=True)

    assert b"".join(body) == b"ab"
    assert "Content-Length" not in headers


def test_the_shop_asks_and_answers_with_them(app: Flask) -> None:
    assert (app.request_class, app.response_class) == (Asked, Answer)
