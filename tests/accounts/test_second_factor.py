"""The second factor of those who work here: set up with an app, used, and left to its recovery codes."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.accounts.models import Customer, Passkey, RecoveryCode, SignIn
from storefront.accounts.people import invite
from storefront.accounts.second_factor import _codes, new_secret
from storefront.database import session, transaction
from tests.accounts.mailbox import newest_link, press, token_on
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.client import ShopClient, browser

PASSWORD = "fjord lantern pickle orbit"


def _with_app(app: Flask, client: ShopClient) -> tuple[str, list[str]]:
    """Add an app; its key, and the recovery codes that were shown."""
    page = client.get("/account/security/app")
    kept = re.search(r'name="secret" value="([^"]+)"', page.text)
    key = re.search(r'<code class="key">([^<]+)</code>', page.text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert kept
    assert key
    assert token
    answer = client.post(
        "/account/security/app",
        data={"csrf_token": token[1], "secret": kept[1], "code": _code(app, key[1])},
    )
    assert answer.status_code == 200, answer.text
    return key[1], re.findall(r'<code class="key">([^<]+)</code>', answer.text)


def _code(app: Flask, key: str) -> str:
    with app.app_context():
        return str(_codes()._totp(key.replace("-", ""), format="base32").generate().token)


def test_an_app_is_added_with_a_right_code_and_recovery_codes_are_shown_once(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)

    _key, codes = _with_app(app, signed_in(app, mara))

    assert len(codes) == 10
    with app.app_context():
        kept = session().get_one(Customer, mara.id)
        assert kept.has_codes
        assert "enckey" in (kept.tf_totp_secret or ""), "kept as it was made: encrypted"
        digests = list(session().scalars(sa.select(RecoveryCode.digest)))
    assert not {code for code in codes if any(code.replace("-", "") in digest for digest in digests)}


def test_a_recovery_code_opens_once(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)
    _key, codes = _with_app(app, signed_in(app, mara))
    answers = []

    for _ in range(2):
        client = browser(app)
        half = press(client, "/sign-in", email="mara@example.org", password=PASSWORD).location
        token = half.split("half=")[1].split("&")[0]
        typed = codes[0].upper().replace("-", " ")
        answers.append(press(client, half, to="/sign-in/code", half=token, code=typed).status_code)

    assert answers == [303, 422]


def test_another_persons_secret_adds_no_app(app: Flask) -> None:
    with app.app_context():
        mara, other = a_customer(), a_customer()
    page = signed_in(app, other).get("/account/security/app")
    kept = re.search(r'name="secret" value="([^"]+)"', page.text)
    assert kept

    answer = press(signed_in(app, mara), "/account/security/app", secret=kept[1], code="123456")

    assert answer.status_code == 303
    with app.app_context():
        assert not session().get_one(Customer, mara.id).has_codes


def test_without_the_app_its_recovery_codes_are_good_for_nothing(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)
    client = signed_in(app, mara)
    _with_app(app, client)

    press(client, "/account/security", to="/account/security/app/remove")

    with app.app_context():
        assert session().scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 0
    assert press(browser(app), "/sign-in", email="mara@example.org", password=PASSWORD).location == "/"


# What changes what guards an account, each with its page.
GUARDED = [
    ("GET", "/account/security/app"),
    ("GET", "/account/security/passkey"),
    ("GET", "/account/security/password"),
    ("GET", "/account/security/email"),
    ("POST", "/account/security/app"),
    ("POST", "/account/security/app/remove"),
    ("POST", "/account/security/recovery-codes"),
    ("POST", "/account/security/passkeys/challenge"),
    ("POST", "/account/security/passkeys"),
    ("POST", "/account/security/passkeys/1/remove"),
]


def _led_to(client: ShopClient) -> set[str]:
    return {client.open(path, method=method).location.split("?")[0] for method, path in GUARDED}


def test_who_has_the_mailbox_alone_adds_no_second_factor_beside_a_passkey(app: Flask) -> None:
    with app.app_context():
        iris = a_staff_member(email="iris@example.org")
        with transaction() as current:
            current.add(
                Passkey(
                    customer_id=iris.id,
                    credential_id="key",
                    public_key=b"key",
                    sign_count=0,
                    name="Phone",
                    created_at=clock.now(),
                )
            )
    thief = browser(app)
    press(thief, "/sign-in/link", email="iris@example.org")
    press(thief, newest_link(app, "iris@example.org"))

    led_to = _led_to(thief)

    assert led_to == {"/sign-in/second"}
    assert "Use your passkey" in thief.get("/sign-in/second").text
    assert thief.get("/staff/shortcuts").location.startswith("/sign-in/second")


def test_a_session_from_before_the_app_takes_nothing_away(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)
    older = browser(app)
    press(older, "/sign-in", email="mara@example.org", password=PASSWORD)
    _with_app(app, signed_in(app, mara))

    led_to = _led_to(older)

    assert led_to == {"/sign-in/second"}
    with app.app_context():
        assert session().get_one(Customer, mara.id).has_codes


def test_an_invitation_is_no_way_around_the_app(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org")
        with transaction() as current:
            current.get_one(Customer, mara.id).tf_totp_secret = secret = new_secret()
        invite("mara@example.org", ["orders"], by=("command", None))
    client = browser(app)

    half = press(client, newest_link(app, "mara@example.org")).location

    assert half.startswith("/sign-in/code")
    assert client.get("/account/security").location.startswith("/sign-in")
    with app.app_context():
        code = str(_codes().generate_totp_password(secret))
    token, following = half.split("half=")[1].split("&next=")
    came = press(client, half, to="/sign-in/code", half=token, next=following, code=code)
    assert came.location == "/sign-in/second"
    assert client.get("/staff/shortcuts").status_code == 200


def test_the_right_password_gives_no_more_guesses_at_the_code(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)
    client = browser(app)
    press(client, "/sign-in", email="mara@example.org", password=PASSWORD)
    _with_app(app, signed_in(app, mara))
    answers = []

    for _ in range(3):
        answers += [press(client, "/sign-in/again", code="000000").status_code for _ in range(2)]
        press(client, "/sign-in/again", password=PASSWORD)

    assert answers == [422] * 5 + [429]
    with app.app_context():
        first = sa.select(SignIn).where(SignIn.second_factor_at.is_(None), SignIn.ended_at.is_(None))
        assert session().scalars(first).one().customer_id == mara.id


def _half_way(app: Flask) -> tuple[ShopClient, str, str]:
    """A browser whose password was right, the page that asks it for a code, and the token of that half."""
    client = browser(app)
    half = press(client, "/sign-in", email="mara@example.org", password=PASSWORD).location
    return client, half, half.split("half=")[1].split("&")[0]


@pytest.mark.parametrize("how", ["changed", "reset"])
def test_a_new_password_ends_sign_ins_that_wait_for_their_code(app: Flask, how: str) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)
    owner = signed_in(app, mara)
    _key, codes = _with_app(app, owner)
    client, page, half = _half_way(app)
    token = token_on(client, page)

    if how == "changed":
        done = press(owner, "/account/security/password", password="cobalt meadow ninety turnip")
    else:
        stranger = browser(app)
        press(stranger, "/reset", email="mara@example.org")
        done = press(stranger, newest_link(app, "mara@example.org"), password="cobalt meadow ninety turnip")
    late = client.post("/sign-in/code", data={"csrf_token": token, "half": half, "code": codes[0]})

    assert done.status_code in {200, 303}
    assert late.location.startswith("/sign-in")
    assert client.get("/account/security").status_code != 200
