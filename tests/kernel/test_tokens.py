"""Signed values and cookies: unchanged, for one purpose, for one shop, or not at all."""

from collections.abc import Callable

import pytest
from flask import Flask, session
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from storefront.config import settings
from storefront.web import form_token, sign, unsign
from storefront.web.tokens import with_one_signer
from tests.client import ShopClient

VALUES = [0, "text", "", ["a", 1], {"order": 12, "name": "Ünï"}, True]


@pytest.mark.parametrize("value", VALUES)
def test_what_was_signed_comes_back(inside: Flask, value: object) -> None:
    assert unsign("order", sign("order", value)) == value


def test_another_purpose_does_not_accept_it(inside: Flask) -> None:
    assert unsign("cart", sign("order", 12)) is None


def test_another_shop_does_not_accept_it(make_app: Callable[..., Flask]) -> None:
    ours, theirs = make_app(), make_app(secret_key="f" * 64)
    with ours.app_context():
        token = sign("order", 12)

    with theirs.app_context():
        assert unsign("order", token) is None


def test_every_changed_character_is_noticed(inside: Flask) -> None:
    token = sign("order", 12)

    changed = [token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(len(token) - 1)]
    assert [unsign("order", each) for each in changed] == [None] * len(changed)


@pytest.mark.parametrize("value", [*VALUES, list(range(400)), "ü" * 400, None], ids=range(len(VALUES) + 3))
def test_what_is_signed_is_signed_as_the_library_does(inside: Flask, value: object) -> None:
    library = URLSafeSerializer(settings().secret_key, salt="storefront.order")

    assert library.loads(sign("order", value)) == value
    assert unsign("order", str(library.dumps(value))) == value


@pytest.mark.parametrize("kind", [URLSafeSerializer, URLSafeTimedSerializer])
@pytest.mark.parametrize("derivation", ["django-concat", "hmac"])
def test_a_signer_made_once_signs_as_the_librarys_own(kind: type[URLSafeSerializer], derivation: str) -> None:
    ours, theirs = (kind("k" * 64, salt="s", signer_kwargs={"key_derivation": derivation}) for _ in "ab")
    with_one_signer(ours)

    assert theirs.loads(ours.dumps(["a", 1])) == ["a", 1]
    assert ours.loads(theirs.dumps(["a", 1])) == ["a", 1]
    with pytest.raises(BadSignature):
        ours.loads(kind("k" * 64, salt="another").dumps(["a", 1]))


def test_the_token_of_a_form_is_the_one_that_is_checked(app: Flask) -> None:
    with app.test_request_context():
        token = form_token()

        validate_csrf(token)
        assert form_token() == token
        assert session["csrf_token"] not in token


JUNK = [None, "", ".", "..", "a.b", "\x00", "ü" * 40, "." + "A" * 9000, "A" * 8193, ".eJw.x", "[" * 5000]


@pytest.mark.parametrize("token", JUNK, ids=range(len(JUNK)))
def test_junk_is_nothing(inside: Flask, token: str | None) -> None:
    assert unsign("order", token) is None


COOKIES = [("https://shop.example", "__Host-", True), ("http://localhost", "", False)]


@pytest.mark.parametrize("page", ["cookie", "personal"])
@pytest.mark.parametrize(("origin", "prefix", "secure"), COOKIES)
def test_a_cookies_name_and_flags_follow_the_scheme(
    probe: Callable[..., ShopClient], page: str, origin: str, prefix: str, secure: bool
) -> None:
    (cookie,) = probe(origin=origin).get(f"/probe/{page}").headers.getlist("Set-Cookie")

    name = "cart" if page == "cookie" else "session"
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith(f"{prefix}{name}=")
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert ("secure" in flags) is secure
    assert not any(flag.startswith("domain") for flag in flags)
