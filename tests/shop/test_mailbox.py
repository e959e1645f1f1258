"""The mailbox: kept mail to read, on a machine where nothing is real, and nowhere else."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront import jobs
from tests.builders.cart import a_policy, words
from tests.builders.mail import an_owed_mail
from tests.client import ShopClient, browser

MakeApp = Callable[..., Flask]


def test_kept_mails_are_listed_newest_first(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        an_owed_mail(words="The older", subject="visit:1")
        an_owed_mail(words="The newer", subject="visit:2")
    jobs.drain(app)

    said = words(client.get("/mailbox"))

    assert said.index("The newer") < said.index("The older")


def test_a_kept_mail_is_shown_as_text_with_links_to_follow(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        made = an_owed_mail(words="Look: http://localhost/products <script>alert(1)</script>")
    jobs.drain(app)

    page = client.get(f"/mailbox/{made}").text

    assert '<a href="http://localhost/products"' in page
    assert "<script>alert" not in page


def test_a_mail_that_waits_is_not_in_the_mailbox(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        made = an_owed_mail(words="Not yet")

    assert "Not yet" not in words(client.get("/mailbox"))
    assert client.get(f"/mailbox/{made}").status_code == 404


@pytest.mark.parametrize("path", ["/mailbox/0", "/mailbox/999", "/mailbox/" + "9" * 30, "/mailbox/x"])
def test_a_mail_that_never_was_is_a_404(app: Flask, client: ShopClient, path: str) -> None:
    with app.app_context():
        a_policy()

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("before", ["-1", "x", "9" * 30, "１２", "%00"])
def test_nonsense_in_the_address_shows_the_newest(app: Flask, client: ShopClient, before: str) -> None:
    with app.app_context():
        a_policy()

    assert client.get(f"/mailbox?before={before}").status_code == 200


def test_many_mails_come_in_pages(app: Flask, client: ShopClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.mail.queries.PAGE", 1)
    monkeypatch.setattr("storefront.shop.mailbox_views.PAGE", 1)
    with app.app_context():
        a_policy()
        first = an_owed_mail(words="The older", subject="visit:1")
        second = an_owed_mail(words="The newer", subject="visit:2")
    jobs.drain(app)

    newest, older = client.get("/mailbox"), client.get(f"/mailbox?before={second}")

    assert f"/mailbox?before={second}" in newest.text
    assert f"/mailbox/{first}" in older.text
    assert f"/mailbox/{second}" not in older.text


@pytest.mark.parametrize(
    "overrides",
    [
        {"smtp_url": "smtp://127.0.0.1:9"},
        {"origin": "https://shop.example"},
        {"trusted_proxies": "1"},
        {"stripe_secret_key": "sk_test_real", "stripe_api_url": ""},
    ],
)
def test_there_is_no_mailbox_where_anything_is_real(make_app: MakeApp, overrides: dict[str, str]) -> None:
    app = make_app(**overrides)
    with app.app_context():
        a_policy()
    client = browser(app)

    assert client.get("/mailbox").status_code == 404
    assert client.get("/mailbox/1").status_code == 404
    assert "/mailbox" not in client.get("/").text


def test_where_there_is_a_mailbox_every_page_leads_to_it(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()

    assert 'href="/mailbox"' in client.get("/").text
