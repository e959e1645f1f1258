"""Whoever is signed in sees whether letters come to their address, asks for them, and ends them."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.accounts.models import Customer
from storefront.audit import AuditEntry
from storefront.database import session, transaction
from storefront.newsletter import actions
from storefront.newsletter.models import OptIn, Subscriber, SubscriberState
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import a_policy, words
from tests.builders.newsletter import a_subscriber, asked, link_in, mail_to, subscriber_at, worked
from tests.client import ShopClient
from tests.staff.goods import hidden

MARA, PAGE = "mara@example.org", "/account/letters"


@pytest.fixture
def mara(app: Flask) -> ShopClient:
    """A customer who is signed in."""
    with app.app_context():
        a_policy()
        customer_id = a_customer(email=MARA).id
    return signed_in(app, customer_id)


def pressed(client: ShopClient, to: str = "") -> str:
    """What the page says after its button was pressed."""
    token = hidden(client.get(PAGE).text)["csrf_token"]
    answer = client.post(PAGE + to, data={"csrf_token": token}, follow_redirects=True)
    return words(answer)


def test_the_button_in_the_account_subscribes_nobody_without_the_link(app: Flask, mara: ShopClient) -> None:
    assert "You get no letters." in words(mara.get(PAGE))

    said = pressed(mara)

    assert "Press the button behind the link" in said
    with app.app_context():
        worked(actions.ANSWER_JOB)
        assert subscriber_at(MARA).state == SubscriberState.ASKED
        assert session().scalar(sa.select(sa.func.count(OptIn.id))) == 0
        link = link_in(mail_to(MARA, actions.CONFIRM)[1], "confirm")
    assert "They begin once you confirm it" in words(mara.get(PAGE))

    mara.post(link)

    assert "You get our letters since" in words(mara.get(PAGE))
    with app.app_context():
        (agreed,) = session().scalars(sa.select(OptIn))
        assert agreed.place == "account"


def test_letters_end_at_once_and_the_record_names_who_ended_them(app: Flask, mara: ShopClient) -> None:
    with app.app_context():
        a_subscriber(MARA)

    said = pressed(mara, "/end")
    again = mara.post(
        f"{PAGE}/end", data={"csrf_token": hidden(mara.get(PAGE).text)["csrf_token"]}
    ).status_code

    assert "you ended them on" in said
    assert again == 303
    with app.app_context():
        assert subscriber_at(MARA).state == SubscriberState.LEFT
        ended = session().scalars(sa.select(AuditEntry).where(AuditEntry.verb == "subscriber.left")).all()
        customer_id = session().scalar(sa.select(Customer.id).where(Customer.email == MARA))
        assert [(each.actor_kind, each.actor_id) for each in ended] == [("customer", str(customer_id))]


def test_nobody_sees_or_ends_letters_of_another_address(app: Flask, mara: ShopClient) -> None:
    with app.app_context():
        other = a_subscriber("greta@example.org").email

    page = words(mara.get(PAGE))
    pressed_end = mara.post(
        f"{PAGE}/end", data={"csrf_token": hidden(mara.get(PAGE).text)["csrf_token"], "email": other}
    )

    assert "You get no letters." in page
    assert pressed_end.status_code == 303
    with app.app_context():
        assert subscriber_at(other).state == SubscriberState.SUBSCRIBED


def test_an_address_that_is_not_proved_tells_nothing(app: Flask, mara: ShopClient) -> None:
    with app.app_context():
        a_subscriber(MARA)
        with transaction() as current:
            current.execute(sa.update(Customer).where(Customer.email == MARA).values(confirmed_at=None))

    assert "You get no letters." in words(mara.get(PAGE))


def test_mails_that_came_back_are_told(app: Flask, mara: ShopClient) -> None:
    with app.app_context():
        found = a_subscriber(MARA)
        with transaction() as current:
            current.execute(
                sa.update(Subscriber).where(Subscriber.id == found.id).values(state=SubscriberState.BOUNCED)
            )

    page = mara.get(PAGE)

    assert "came back" in words(page)
    assert "Send me letters" in page.text


def test_the_overview_leads_there_and_a_form_of_elsewhere_does_nothing(app: Flask, mara: ShopClient) -> None:
    with app.app_context():
        asked("someone@example.org")

    assert f'href="{PAGE}"' in mara.get("/account").text
    assert mara.post(PAGE, data={}).status_code == 400
    with app.app_context():
        assert worked(actions.ANSWER_JOB) == 0
