"""Coming in by password, link and code, and going out."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.accounts.asking import forget
from storefront.accounts.models import Customer, Guess, SignIn, Ticket
from storefront.accounts.second_factor import _codes, new_secret
from storefront.accounts.signals import signed_in as announced
from storefront.database import session, transaction
from tests.accounts.mailbox import kinds_to, newest_link, press
from tests.builders.accounts import a_customer, signed_in
from tests.client import ShopClient

PASSWORD = "fjord lantern pickle orbit"
NO = "This address and this password do not belong together."


@pytest.fixture
def mara(app: Flask) -> Customer:
    """Somebody with a password."""
    with app.app_context():
        return a_customer(email="mara@example.org", password=PASSWORD)


def _is_in(client: ShopClient) -> bool:
    return client.get("/account/security").status_code == 200


def test_the_right_password_opens(client: ShopClient, mara: Customer) -> None:
    answer = press(client, "/sign-in", email=" MARA@Example.org ", password=PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/")
    assert _is_in(client)


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "mara@example.org", "password": "wrong"},
        {"email": "nobody@example.org", "password": PASSWORD},
    ],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(
    client: ShopClient, mara: Customer, typed: dict[str, str]
) -> None:
    answer = press(client, "/sign-in", **typed)

    assert answer.status_code == 422
    assert NO in answer.text
    assert not _is_in(client)


def test_a_closed_account_is_like_an_unknown_one(app: Flask, client: ShopClient, mara: Customer) -> None:
    with app.app_context(), transaction() as current:
        current.get_one(Customer, mara.id).active = False

    assert NO in press(client, "/sign-in", email="mara@example.org", password=PASSWORD).text


def test_a_form_without_its_token_signs_nobody_in(client: ShopClient, mara: Customer) -> None:
    answer = client.post("/sign-in", data={"email": "mara@example.org", "password": PASSWORD})

    assert answer.status_code == 422
    assert not _is_in(client)


@pytest.mark.parametrize("email", ["mara@example.org", "nobody@example.org"])
def test_five_tries_a_minute_and_ten_an_hour_are_all_for_known_and_unknown(
    client: ShopClient, mara: Customer, frozen: ModuleType, email: str
) -> None:
    def tries() -> int:
        return press(client, "/sign-in", email=email, password="wrong").status_code

    first = [tries() for _ in range(6)]
    frozen.advance(timedelta(minutes=1, seconds=1))
    second = [tries() for _ in range(6)]

    assert first == [422] * 5 + [429]
    assert second == [422] * 5 + [429]
    frozen.advance(timedelta(minutes=2))
    late = press(client, "/sign-in", email=email, password=PASSWORD)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 3600


def test_the_right_password_begins_the_count_anew(client: ShopClient, mara: Customer) -> None:
    for _ in range(4):
        press(client, "/sign-in", email="mara@example.org", password="wrong")
    press(client, "/sign-in", email="mara@example.org", password=PASSWORD)

    codes = [
        press(client, "/sign-in", email="mara@example.org", password="wrong").status_code for _ in range(5)
    ]

    assert codes == [422] * 5


def test_a_sign_in_gives_the_browser_a_new_key_and_ends_the_old_one(
    app: Flask, client: ShopClient, mara: Customer
) -> None:
    press(client, "/sign-in", email="mara@example.org", password=PASSWORD)
    with client.session_transaction(base_url="http://localhost") as kept:
        before = dict(kept)

    press(client, "/sign-in", email="mara@example.org", password=PASSWORD)

    with client.session_transaction(base_url="http://localhost") as kept:
        assert kept["sign_in"] != before["sign_in"]
    with app.app_context():
        ended = session().scalars(sa.select(SignIn.ended_at).order_by(SignIn.id)).all()
    assert ended[0] is not None
    assert ended[1] is None


def test_after_signing_out_the_old_cookie_opens_nothing(client: ShopClient, mara: Customer) -> None:
    press(client, "/sign-in", email="mara@example.org", password=PASSWORD)
    with client.session_transaction(base_url="http://localhost") as kept:
        before = dict(kept)

    press(client, "/sign-out")

    with client.session_transaction(base_url="http://localhost") as kept:
        kept.update(before)
    assert not _is_in(client)


def test_a_session_ends_with_its_time(app: Flask, mara: Customer, frozen: ModuleType) -> None:
    client = signed_in(app, mara)

    frozen.advance(timedelta(days=30) - timedelta(minutes=1))
    assert _is_in(client)
    frozen.advance(timedelta(minutes=1))
    assert not _is_in(client)


def test_signing_in_leads_to_where_somebody_wanted_to_go_and_nowhere_else(
    client: ShopClient, mara: Customer
) -> None:
    wanted = client.get("/account/security").location

    asked = press(client, wanted, to="/sign-in", email="mara@example.org", password=PASSWORD)
    assert asked.location == "/"
    following = wanted.split("next=")[1]
    there = press(client, "/sign-in", email="mara@example.org", password=PASSWORD, next=following)
    assert there.location == "/account/security"
    for foreign in ("https://evil.example/", "//evil.example", "/account/security"):
        answer = press(client, "/sign-in", email="mara@example.org", password=PASSWORD, next=foreign)
        assert answer.location == "/"


def test_an_address_with_line_breaks_is_nowhere_to_come_back_to(client: ShopClient, mara: Customer) -> None:
    wanted = client.get("/staff/x%0d%0aSet-Cookie:%20a=b").location

    came = press(client, wanted, to="/sign-in", email="mara@example.org", password=PASSWORD)

    assert (wanted, came.status_code, came.location) == ("/sign-in", 303, "/")


def test_other_rooms_hear_of_a_sign_in_once(app: Flask, client: ShopClient, mara: Customer) -> None:
    heard = []

    def listen(_app: Flask, **said: object) -> None:
        heard.append(said)

    with announced.connected_to(listen):
        press(client, "/sign-in", email="mara@example.org", password=PASSWORD)

    assert [said["customer_id"] for said in heard] == [mara.id]


def test_a_link_opens_a_page_with_one_button_and_the_button_signs_in_once(
    app: Flask, client: ShopClient, mara: Customer
) -> None:
    press(client, "/sign-in/link", email="mara@example.org")
    path = newest_link(app, "mara@example.org")

    for _ in range(3):
        assert client.get(path).status_code == 200
    assert not _is_in(client)
    assert press(client, path).status_code == 303
    assert _is_in(client)
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_a_link_is_good_for_half_an_hour(
    app: Flask, client: ShopClient, mara: Customer, frozen: ModuleType
) -> None:
    press(client, "/sign-in/link", email="mara@example.org")
    path = newest_link(app, "mara@example.org")

    frozen.advance(timedelta(minutes=30))

    assert client.get(path).status_code == 404


def test_a_token_for_one_purpose_is_none_for_another(app: Flask, client: ShopClient, mara: Customer) -> None:
    press(client, "/sign-in/link", email="mara@example.org")
    token = newest_link(app, "mara@example.org").rpartition("/")[2]

    paths = ["/reset/", "/sign-up/", "/invitation/", "/sign-in/staff/", "/account/email/old/"]

    assert [client.get(path + token).status_code for path in paths] == [404] * 5


def test_an_unknown_address_is_sent_nothing_and_told_the_same(app: Flask, client: ShopClient) -> None:
    answer = press(client, "/sign-in/link", email="nobody@example.org")

    assert "it is on its way" in answer.text
    assert kinds_to(app, "nobody@example.org") == []


@pytest.fixture
def with_app(app: Flask, mara: Customer) -> Callable[[], str]:
    """Mara's authenticator app: tells the code it shows."""
    with app.app_context():
        secret = new_secret()
        with transaction() as current:
            current.get_one(Customer, mara.id).tf_totp_secret = secret

    def show() -> str:
        with app.app_context():
            return str(_codes().generate_totp_password(secret))

    return show


def test_with_an_app_the_password_alone_opens_nothing(
    client: ShopClient, mara: Customer, with_app: Callable[[], str]
) -> None:
    half = press(client, "/sign-in", email="mara@example.org", password=PASSWORD)

    assert half.location.startswith("/sign-in/code")
    assert not _is_in(client)
    token = half.location.split("half=")[1].split("&")[0]
    assert press(client, half.location, to="/sign-in/code", half=token, code="000000").status_code == 422
    assert not _is_in(client)
    right = press(client, half.location, to="/sign-in/code", half=token, code=with_app())
    assert right.status_code == 303
    assert _is_in(client)


def test_a_code_is_taken_once(client: ShopClient, mara: Customer, with_app: Callable[[], str]) -> None:
    code, answers = with_app(), []

    for _ in range(2):
        half = press(client, "/sign-in", email="mara@example.org", password=PASSWORD).location
        token = half.split("half=")[1].split("&")[0]
        answers.append(press(client, half, to="/sign-in/code", half=token, code=code).status_code)

    assert answers == [303, 422]


def test_guessing_codes_ends_soon(client: ShopClient, mara: Customer, with_app: Callable[[], str]) -> None:
    half = press(client, "/sign-in", email="mara@example.org", password=PASSWORD).location
    token = half.split("half=")[1].split("&")[0]

    codes = [press(client, half, to="/sign-in/code", half=token, code="123456").status_code for _ in range(6)]

    assert codes == [422] * 5 + [429]


def test_what_is_good_for_nothing_any_more_is_forgotten(
    app: Flask, client: ShopClient, mara: Customer, frozen: ModuleType
) -> None:
    press(client, "/sign-in/link", email="mara@example.org")
    press(client, "/sign-in", email="mara@example.org", password="wrong")
    press(client, "/sign-in", email="mara@example.org", password=PASSWORD)
    frozen.advance(timedelta(days=121))

    with app.app_context():
        forget()

        left = [
            session().scalar(sa.select(sa.func.count()).select_from(each)) for each in (Ticket, Guess, SignIn)
        ]
    assert left == [0, 0, 0]
