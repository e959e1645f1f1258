"""Passkeys: made, used, removed; what was not signed for this shop, now, by its owner opens nothing."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.accounts.models import Customer, SignIn
from storefront.database import session
from tests.accounts.authenticator import Device
from tests.accounts.mailbox import kinds_to, press, token_on
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.client import ShopClient, browser


@pytest.fixture
def mara(app: Flask) -> Customer:
    """Somebody without a password."""
    with app.app_context():
        return a_customer(email="mara@example.org")


def _made(client: ShopClient, device: Device) -> Any:
    page = "/account/security/passkey"
    asked = press(client, page, to="/account/security/passkeys/challenge").get_json()
    return press(
        client,
        page,
        to="/account/security/passkeys",
        token=asked["token"],
        answer=device.make(asked["options"]),
        name="Phone",
    )


def _came(client: ShopClient, device: Device, *, change: Any = lambda answer: answer) -> Any:
    asked = press(client, "/sign-in", to="/sign-in/passkey/challenge").get_json()
    answer = change(device.sign(asked["options"]))
    return press(client, "/sign-in", to="/sign-in/passkey", token=asked["token"], answer=answer)


def test_a_passkey_signs_in_and_counts_as_both_factors(app: Flask, mara: Customer) -> None:
    device, client = Device(), browser(app)

    made = _made(signed_in(app, mara), device)
    came = _came(client, device)

    assert made.get_json() == {"url": "/account/security"}
    assert came.get_json() == {"url": "/"}
    assert client.get("/account/security").status_code == 200
    with app.app_context():
        row = session().scalars(sa.select(SignIn).order_by(SignIn.id.desc()).limit(1)).one()
        assert (row.method, row.second_factor_at is not None) == ("passkey", True)
    assert kinds_to(app, "mara@example.org") == ["account_changed"]


@pytest.mark.parametrize(
    "device",
    [
        Device(origin="https://evil.example"),
        Device(host="evil.example"),
        Device(verifies=False),
    ],
    ids=["another site", "another name", "nobody asked for its owner"],
)
def test_what_was_not_made_here_by_its_owner_is_refused(app: Flask, mara: Customer, device: Device) -> None:
    answer = _made(signed_in(app, mara), device)

    assert answer.status_code == 422
    assert "did not open anything" in answer.get_json()["message"]


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: "",
        lambda answer: "{}",
        lambda answer: "[" * 5000,
        lambda answer: answer.replace('"signature": "', '"signature": "AAAA'),
        lambda answer: answer[: len(answer) // 2],
        lambda answer: '{"id": null, "rawId": 1, "response": 3, "type": []}',
    ],
)
def test_nonsense_opens_nothing(app: Flask, mara: Customer, change: Any) -> None:
    device, client = Device(), browser(app)
    _made(signed_in(app, mara), device)

    answer = _came(client, device, change=change)

    assert answer.status_code == 422
    assert client.get("/account/security").status_code == 303


def test_a_passkey_that_opens_nothing_is_on_record(app: Flask, mara: Customer) -> None:
    _came(browser(app), Device())

    with app.app_context():
        (failed,) = audit.history(("customer", "unknown"))
        assert (failed.verb, failed.code) == ("sign_in.failed", "passkey")


def test_a_challenge_is_answered_once(app: Flask, mara: Customer) -> None:
    device, first, second = Device(), browser(app), browser(app)
    _made(signed_in(app, mara), device)
    asked = press(first, "/sign-in", to="/sign-in/passkey/challenge").get_json()
    signed = {"token": asked["token"], "answer": device.sign(asked["options"])}

    answers = [press(each, "/sign-in", to="/sign-in/passkey", **signed) for each in (first, second)]

    assert [answer.status_code for answer in answers] == [200, 422]


def test_a_copied_key_that_counts_backwards_is_noticed(app: Flask, mara: Customer) -> None:
    device = Device()
    _made(signed_in(app, mara), device)
    device.count = 40
    assert _came(browser(app), device).status_code == 200

    device.count = 3

    assert _came(browser(app), device).status_code == 422


def test_a_passkey_is_removed_by_its_owner_alone_and_opens_nothing_then(app: Flask, mara: Customer) -> None:
    device, client = Device(), signed_in(app, mara)
    _made(client, device)
    with app.app_context():
        other = a_customer()
    foreign = signed_in(app, other)

    refused = press(foreign, "/account/security", to="/account/security/passkeys/1/remove")
    still = _came(browser(app), device)
    removed = press(client, "/account/security", to="/account/security/passkeys/1/remove")

    assert (refused.status_code, still.status_code, removed.status_code) == (404, 200, 303)
    assert _came(browser(app), device).status_code == 422


def test_a_passkey_of_another_person_proves_nothing(app: Flask, mara: Customer) -> None:
    device = Device()
    _made(signed_in(app, mara), device)
    with app.app_context():
        other = a_staff_member(role="owner")
    client = signed_in(app, other, fresh=False)
    asked = press(client, "/account/security", to="/sign-in/passkey/challenge").get_json()

    answer = press(
        client,
        "/account/security",
        to="/sign-in/again/passkey",
        token=asked["token"],
        answer=device.sign(asked["options"]),
    )

    assert answer.status_code == 422
    assert client.get("/staff/people/invite").location.startswith("/sign-in/again")


def test_a_form_without_its_token_asks_and_adds_nothing(app: Flask, mara: Customer) -> None:
    client = signed_in(app, mara)
    assert token_on(client, "/account/security/passkey")

    assert client.post("/account/security/passkeys/challenge").status_code == 422
    assert client.post("/account/security/passkeys", data={"token": "x", "answer": "{}"}).status_code == 422
