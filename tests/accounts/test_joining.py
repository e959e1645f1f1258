"""An account comes from a proved address; a password is chosen anew; an address changes when both ends agree."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.accounts import joining, keeping
from storefront.accounts.models import Customer, SignIn
from storefront.accounts.signals import email_verified
from storefront.accounts.steps import customer_of
from storefront.database import session
from tests.accounts.mailbox import kinds_to, newest_link, press, token_on
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import words
from tests.client import ShopClient, browser

PASSWORD = "fjord lantern pickle orbit"


def _customers(app: Flask) -> list[str]:
    with app.app_context():
        return list(session().scalars(sa.select(Customer.email).order_by(Customer.id)))


def _is_in(client: ShopClient) -> bool:
    return client.get("/account/security").status_code == 200


def test_an_account_is_made_by_the_link_and_not_before(app: Flask, client: ShopClient) -> None:
    heard = []

    def listen(_app: Flask, **said: object) -> None:
        heard.append(said)

    press(client, "/sign-up", email="Mara@example.org")
    path = newest_link(app, "mara@example.org")
    assert client.get(path).status_code == 200
    assert _customers(app) == []
    with email_verified.connected_to(listen):
        answer = press(client, path, name="Mara Lindt", password=PASSWORD)

    assert answer.status_code == 303
    assert _customers(app) == ["mara@example.org"]
    assert [said["email"] for said in heard] == ["mara@example.org"]
    assert _is_in(client)
    assert client.get(path).status_code == 404


def test_who_has_an_account_is_written_so_and_nobody_else_learns_it(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_customer(email="mara@example.org")

    known = press(client, "/sign-up", email="mara@example.org")
    unknown = press(client, "/sign-up", email="new@example.org")

    assert known.status_code == unknown.status_code == 200
    assert _said(known.text, "mara@example.org") == _said(unknown.text, "new@example.org")
    assert kinds_to(app, "mara@example.org") == ["account_exists"]
    assert kinds_to(app, "new@example.org") == ["account_sign_up"]


@pytest.mark.parametrize("path", ["/sign-in/link", "/reset"])
def test_asking_for_a_mail_gets_one_answer(app: Flask, client: ShopClient, path: str) -> None:
    with app.app_context():
        a_customer(email="mara@example.org", password=PASSWORD)

    known = press(client, path, email="mara@example.org")
    unknown = press(client, path, email="nobody@example.org")

    assert _said(known.text, "mara@example.org") == _said(unknown.text, "nobody@example.org")
    assert len(kinds_to(app, "mara@example.org")) == 1
    assert kinds_to(app, "nobody@example.org") == []


def _said(page: str, email: str) -> list[str]:
    return [line.replace(email, "") for line in page.splitlines() if "csrf_token" not in line]


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 15"),
        ("aaaaaaaaaaaaaaaa", "guessed soon"),
        ("mara@example.org1", "guessed soon"),
        ("x" * 129, "at most 128"),
        ("x" * 300, "No password is as long"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused_and_the_link_stays_good(
    app: Flask, client: ShopClient, password: str, sentence: str
) -> None:
    press(client, "/sign-up", email="mara@example.org")
    path = newest_link(app, "mara@example.org")

    answer = press(client, path, name="Mara", password=password)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert press(client, path, name="Mara", password=PASSWORD).status_code == 303


def test_a_reset_ends_every_session_and_is_good_once_for_half_an_hour(
    app: Flask, client: ShopClient, frozen: ModuleType
) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password="an older one that is no more")
    elsewhere = signed_in(app, mara)
    press(client, "/reset", email="mara@example.org")
    first = newest_link(app, "mara@example.org")
    press(client, "/reset", email="mara@example.org")
    second = newest_link(app, "mara@example.org")

    assert press(client, second, password=PASSWORD).status_code == 303

    assert not _is_in(elsewhere)
    assert _is_in(client)
    assert [client.get(path).status_code for path in (first, second)] == [404, 404]
    assert "account_changed" in kinds_to(app, "mara@example.org")
    other = browser(app)
    assert press(other, "/sign-in", email="mara@example.org", password=PASSWORD).status_code == 303
    press(client, "/reset", email="mara@example.org")
    third = newest_link(app, "mara@example.org")
    frozen.advance(timedelta(minutes=30))
    assert client.get(third).status_code == 404


def test_an_address_changes_when_both_ends_agree(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="old@example.org")
    client, stranger = signed_in(app, mara), browser(app)
    press(client, "/account/security/email", email="new@example.org")
    new, old = newest_link(app, "new@example.org"), newest_link(app, "old@example.org")

    assert press(stranger, new).status_code == 200
    assert _customers(app) == ["old@example.org"]
    assert press(stranger, old).status_code == 200

    assert _customers(app) == ["new@example.org"]
    assert kinds_to(app, "old@example.org")[-1] == "account_changed"


def test_an_address_that_is_somebodys_stays_theirs(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org")
        a_customer(email="taken@example.org")
    client = signed_in(app, mara)

    page = press(client, "/account/security/email", email="taken@example.org")

    assert page.status_code == 303
    assert kinds_to(app, "taken@example.org") == ["account_exists"]
    assert press(browser(app), newest_link(app, "mara@example.org")).status_code == 200
    assert _customers(app) == ["mara@example.org", "taken@example.org"]


def _asked_by_two(app: Flask) -> list[str]:
    """Two accounts asked for one address, which agreed to both; the links to the accounts' own addresses."""
    links = []
    for each in ("mara@example.org", "nils@example.org"):
        with app.app_context():
            person = a_customer(email=each)
        press(signed_in(app, person), "/account/security/email", email="new@example.org")
        assert press(browser(app), newest_link(app, "new@example.org")).status_code == 200
        links.append(newest_link(app, each))
    return links


def test_an_address_taken_since_it_was_asked_for_is_not_given_twice(app: Flask) -> None:
    first, second = _asked_by_two(app)
    nils = browser(app)

    assert press(nils, first).status_code == 200
    late = press(nils, second)

    assert late.status_code == 409
    said = words(late)
    assert "The new address cannot be used. Your account keeps the address that it has." in said
    assert "Choose another address" in said
    # Neither whose it is nor that it is anybody's, as far as the page goes.
    assert "mara" not in late.text
    assert "new@example.org" not in late.text
    assert _customers(app) == ["new@example.org", "nils@example.org"]
    assert nils.get(second).status_code == 404
    assert kinds_to(app, "nils@example.org") == ["account_change_old"]


def test_an_address_whose_account_was_made_since_is_not_given_to_another(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org")
    press(signed_in(app, mara), "/account/security/email", email="new@example.org")
    new, old = newest_link(app, "new@example.org"), newest_link(app, "mara@example.org")
    with app.app_context():
        a_customer(email="new@example.org")

    answers = [press(browser(app), each).status_code for each in (old, new)]

    assert answers == [200, 409]
    assert _customers(app) == ["mara@example.org", "new@example.org"]


def test_of_two_who_take_an_address_at_once_one_has_it(app: Flask) -> None:
    answers = _at_once(app, _asked_by_two(app))

    assert sorted(answers) == [200, 409]
    assert sorted(_customers(app)) in (
        ["mara@example.org", "new@example.org"],
        ["new@example.org", "nils@example.org"],
    )


def test_looked_for_beforehand_alone_they_collide(
    app: Flask, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    meeting = threading.Barrier(2)

    def unguarded(person: Customer, email: str) -> bool:
        if customer_of(email) is not None:
            return False
        meeting.wait(10)
        person.email = email
        session().flush()
        return True

    monkeypatch.setattr(keeping, "_take_address", unguarded)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    answers = _at_once(app, _asked_by_two(app))

    assert sorted(answers) == [200, 500]


def test_every_sign_in_is_listed_and_can_be_ended_by_its_owner_alone(app: Flask) -> None:
    with app.app_context():
        mara, other = a_customer(), a_customer()
    here, there, foreign = signed_in(app, mara), signed_in(app, mara), signed_in(app, other)
    with app.app_context():
        ids = list(session().scalars(sa.select(SignIn.id).order_by(SignIn.id)))

    answers = [
        press(here, "/account/security", to=f"/account/security/sign-ins/{each}/end").status_code
        for each in (ids[2], ids[1])
    ]

    assert answers == [404, 303]
    assert [_is_in(each) for each in (here, there, foreign)] == [True, False, True]


def test_signing_out_everywhere_ends_all(app: Flask) -> None:
    with app.app_context():
        mara = a_customer()
    clients = [signed_in(app, mara) for _ in range(3)]

    press(clients[0], "/account/security", to="/account/security/sign-ins/end")

    assert [_is_in(each) for each in clients] == [False] * 3


def test_what_a_browser_calls_itself_is_shown_as_text(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)
    client = browser(app)
    client.environ_base["HTTP_USER_AGENT"] = "<script>alert(1)</script> Firefox Windows"
    press(client, "/sign-in", email="mara@example.org", password=PASSWORD)

    page = client.get("/account/security")

    assert "<script>alert" not in page.text
    assert "Firefox on Windows" in page.text
    assert mara.id


def test_another_password_wants_a_fresh_sign_in_and_ends_other_sessions(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password="an older one that is no more")
    stale, other = signed_in(app, mara, fresh=False), signed_in(app, mara)

    asked = stale.get("/account/security/password").location
    following = asked.split("next=")[1]
    wrong = press(stale, asked, to="/sign-in/again", password="wrong", next=following)
    right = press(stale, asked, to="/sign-in/again", password="an older one that is no more", next=following)
    changed = press(stale, "/account/security/password", password=PASSWORD)

    assert (wrong.status_code, right.status_code, changed.status_code) == (422, 303, 303)
    assert right.location == "/account/security/password"
    assert _is_in(stale)
    assert not _is_in(other)


def test_what_a_form_held_is_kept_while_its_sender_proves_who_they_are(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org", password=PASSWORD)
    stale = signed_in(app, mara, fresh=False)

    sent = stale.post(
        "/account/security/email", data={"email": "new@example.org", "password": "not to be kept"}
    )
    following = sent.location.split("next=")[1]
    back = press(stale, sent.location, to="/sign-in/again", password=PASSWORD, next=following)
    page = stale.get(back.location)

    assert sent.location.startswith("/sign-in/again")
    assert 'name="email" value="new@example.org"' in page.text
    assert "not to be kept" not in page.text
    assert kinds_to(app, "new@example.org") == []
    assert (
        press(stale, back.location, to="/account/security/email", email="new@example.org").status_code == 303
    )
    with app.app_context():
        foreign = a_customer()
    assert signed_in(app, foreign).get(back.location).status_code == 404


def _at_once(app: Flask, paths: list[str]) -> list[int]:
    """What each of these links answers when their buttons are pressed in the same moment."""
    gate = threading.Barrier(len(paths))

    def one(path: str) -> int:
        client = browser(app)
        fields = {"csrf_token": token_on(client, path), "name": "Mara", "password": ""}
        gate.wait()
        return int(client.post(path, data=fields).status_code)

    with ThreadPoolExecutor(len(paths)) as threads:
        return list(threads.map(one, paths))


def _links(app: Flask, client: ShopClient, email: str) -> list[str]:
    """Three links to an account of the address, all of them good."""
    paths = []
    for _number in range(3):
        press(client, "/sign-up", email=email)
        paths.append(newest_link(app, email))
    return paths


def test_of_several_links_pressed_at_once_one_makes_the_account(app: Flask, client: ShopClient) -> None:
    paths = _links(app, client, "mara@example.org")

    answers = _at_once(app, paths)

    assert sorted(answers) == [303, 404, 404]
    assert _customers(app) == ["mara@example.org"]


def test_without_the_guard_they_collide(
    app: Flask, client: ShopClient, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has one writer at a time")

    def unguarded(email: str, **facts: Any) -> Customer | None:
        if customer_of(email) is not None:
            return None
        made = Customer(email=email, created_at=clock.now(), **facts)
        session().add(made)
        session().flush()
        return made

    monkeypatch.setattr(joining, "new_person", unguarded)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    rounds = (_links(app, client, f"mara{number}@example.org") for number in range(4))

    answers = [answer for paths in rounds for answer in _at_once(app, paths)]

    assert any(answer >= 500 for answer in answers)
