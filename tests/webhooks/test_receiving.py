"""The door for Stripe's events: only what Stripe signed just now, for this shop, is kept; each once."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront.database import session, transaction
from storefront.jobs import Job
from storefront.payments.models import StripeEvent
from tests.books import changed_tables, whole_database
from tests.client import ShopClient, browser

SECRET = "whsec_0123456789abcdef"


def an_event(**changed: Any) -> dict[str, Any]:
    """A session's event as Stripe words it."""
    thing: dict[str, Any] = {
        "id": "cs_1",
        "object": "checkout.session",
        "metadata": {},
        "payment_intent": None,
    }
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": thing},
    }
    return event | changed


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    """The header that Stripe sends: https://docs.stripe.com/webhooks/signature"""
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def post(app: Flask, body: bytes, *, signature: str | None = None) -> TestResponse:
    """What Stripe's servers send: no cookie, no origin, no Fetch Metadata."""
    client = browser(app)
    client.come_from(None)
    header = signed(body) if signature is None else signature
    return client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": header})


def kept(app: Flask) -> list[str]:
    with app.app_context():
        return list(session().scalars(sa.select(StripeEvent.id)))


def test_a_signed_event_is_kept_with_the_job_that_looks_into_it(app: Flask) -> None:
    body = json.dumps(an_event()).encode()

    answer = post(app, body)

    assert (answer.status_code, answer.data) == (204, b"")
    assert kept(app) == ["evt_1"]
    with app.app_context():
        event = session().get_one(StripeEvent, "evt_1")
        assert (event.payload, event.handled_at) == (body.decode(), None)
        (job,) = session().scalars(sa.select(Job))
        assert (job.name, job.key) == ("webhooks.handle", "event:evt_1")


def test_the_same_event_again_is_acknowledged_and_changes_nothing(app: Flask) -> None:
    body = json.dumps(an_event()).encode()
    post(app, body)
    with app.app_context():
        before = whole_database()

    answer = post(app, body)

    assert answer.status_code == 204
    with app.app_context():
        assert changed_tables(before, whole_database()) == {}


def test_an_event_that_is_none_of_our_business_is_acknowledged_without_a_job(app: Flask) -> None:
    body = json.dumps(an_event(type="customer.created")).encode()

    assert post(app, body).status_code == 204

    with app.app_context():
        assert session().get_one(StripeEvent, "evt_1").handled_at is not None
        assert session().scalars(sa.select(Job)).all() == []


BODY = json.dumps(an_event()).encode()


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        pytest.param(BODY, "", id="unsigned"),
        pytest.param(BODY, "t=1,v1=", id="no digest"),
        pytest.param(BODY, "t=x,v1=x", id="nonsense"),
        pytest.param(BODY, "\x7f", id="control character"),
        pytest.param(BODY, signed(BODY, secret="whsec_of_another_shop_"), id="another secret"),
        pytest.param(BODY, signed(BODY, secret=""), id="empty secret"),
        pytest.param(BODY, signed(BODY).replace("v1=", "v0="), id="test scheme"),
        pytest.param(BODY.replace(b"evt_1", b"evt_2"), signed(BODY), id="changed"),
        pytest.param(BODY[:-20], signed(BODY), id="truncated"),
        pytest.param(b"", signed(b""), id="empty"),
        pytest.param(b"{}", signed(b"{}"), id="no event"),
        pytest.param(b"[1]", signed(b"[1]"), id="a list"),
        pytest.param(b'"x"', signed(b'"x"'), id="a string"),
        pytest.param(b"null", signed(b"null"), id="nothing"),
        pytest.param(BODY[:-20], signed(BODY[:-20]), id="truncated, but signed"),
        pytest.param(b"\xff\xfe" + BODY, signed(b"\xff\xfe" + BODY), id="not UTF-8"),
        pytest.param(BODY, signed(BODY, at=time.time() - 3600), id="an hour late"),
    ],
)
def test_what_stripe_did_not_sign_for_this_shop_is_refused_and_changes_nothing(
    app: Flask, body: bytes, signature: str
) -> None:
    with app.app_context():
        before = whole_database()

    answer = post(app, body, signature=signature)

    assert answer.status_code == 400
    with app.app_context():
        assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize(("seconds", "status"), [(290, 204), (310, 400)])
def test_a_signature_is_good_for_five_minutes(app: Flask, seconds: int, status: int) -> None:
    signature = signed(BODY, at=time.time() - seconds)

    assert post(app, BODY, signature=signature).status_code == status


@pytest.mark.parametrize("livemode", [True, None, "false", 0])
def test_an_event_of_another_mode_than_the_keys_is_refused(app: Flask, livemode: object) -> None:
    body = json.dumps(an_event(livemode=livemode)).encode()

    answer = post(app, body)

    assert answer.status_code == 400
    assert kept(app) == []


@pytest.mark.parametrize(("size", "status"), [(256 * 1024, 204), (256 * 1024 + 1, 413)])
def test_a_body_is_at_most_256_kilobytes(app: Flask, size: int, status: int) -> None:
    body = json.dumps(an_event(padding="")).encode()
    body = body.replace(b'"padding": ""', b'"padding": "' + b"x" * (size - len(body)) + b'"')

    answer = post(app, body)

    assert (len(body), answer.status_code) == (size, status)


def test_stripe_needs_neither_cookie_nor_token(app: Flask) -> None:
    for site in ("cross-site", "none", None):
        client = browser(app)
        client.come_from(site)
        answer = client.post(
            "/webhooks/stripe",
            data=BODY,
            headers={"Stripe-Signature": signed(BODY), "Origin": "https://elsewhere.example"},
        )
        assert answer.status_code == 204
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_answered(client: ShopClient, method: str) -> None:
    assert client.open("/webhooks/stripe", method=method).status_code == 405


def test_a_form_that_claims_to_be_an_event_is_refused(app: Flask) -> None:
    answer = browser(app).post("/webhooks/stripe", data={"id": "evt_1"})

    assert answer.status_code == 400


def test_an_event_about_something_without_an_id_is_acknowledged(app: Flask) -> None:
    # A balance has none; an endpoint that answers 400 to some events is switched off by Stripe for all.
    balance = {"object": "balance", "available": [], "livemode": False, "pending": []}
    body = json.dumps(an_event(type="balance.available", data={"object": balance})).encode()

    assert post(app, body).status_code == 204
    with app.app_context():
        assert session().get_one(StripeEvent, "evt_1").handled_at is not None


def test_an_event_that_comes_again_after_its_job_was_cleared_away_makes_no_new_job(app: Flask) -> None:
    post(app, BODY)
    with app.app_context(), transaction() as current:
        current.execute(sa.delete(Job))

    assert post(app, BODY).status_code == 204

    with app.app_context():
        assert session().scalars(sa.select(Job)).all() == []
