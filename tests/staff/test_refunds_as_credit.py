"""Staff choose how a refund goes, and see what goes where before anything moves."""

import re

from flask import Flask

from storefront import jobs
from storefront.database import release
from storefront.orders.models import number_of_id
from storefront.reports.prove import prove
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import the_refunds
from tests.builders.tenders import an_order_paid_by
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn


def at_the_page(app: Flask, sandbox: StripeStandIn) -> tuple[ShopClient, str, int]:
    """A clerk, the page of an order of which a card paid 10.00 of 24.00, and its id."""
    with app.app_context():
        order_id = an_order_paid_by(sandbox, 1000).order_id
        person = a_staff_member(role="refunds")
    return signed_in(app, person), f"/staff/orders/{number_of_id(order_id)}/refunds", order_id


def asked(client: ShopClient, url: str, **fields: str) -> dict[str, str]:
    """The fields of the form, as the page has them."""
    page = client.get(url)
    key = re.search(r'name="form_key"[^>]* value="([0-9a-f]+)"', page.text)
    assert key, page.text
    return {"form_key": key[1], "csrf_token": token(page), "reason": "damaged", "note": "", **fields}


def kept(html: str) -> dict[str, str]:
    """What the question keeps."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html))


def test_the_form_offers_both_ways_and_the_question_says_what_goes_where(
    app: Flask, sandbox: StripeStandIn
) -> None:
    client, url, order_id = at_the_page(app, sandbox)
    assert "Up to €14.00 to the card or account it was paid with, the rest as credit." in words(
        client.get(url)
    )

    question = client.post(f"{url}/preview", data=asked(client, url, amount="20.00"))

    assert "€14.00 to the card or account it was paid with" in words(question)
    assert re.search(r"€6.00 to the gift card that ends in \w{4}", words(question))
    assert client.post(url, data=kept(question.text)).status_code == 303
    jobs.drain(app)
    with app.app_context():
        (refund,) = the_refunds(order_id)
        assert (refund.amount_minor, refund.credit_minor, refund.state) == (2000, 600, "settled")
        assert prove() == []
    assert "€6.00 to the gift card" in words(client.get(url))


def test_all_of_it_goes_as_credit_where_that_is_chosen(app: Flask, sandbox: StripeStandIn) -> None:
    client, url, order_id = at_the_page(app, sandbox)

    question = client.post(f"{url}/preview", data=asked(client, url, amount="12.00", way="credit"))
    assert "€2.00 to a new gift card" in words(question)
    client.post(url, data=kept(question.text))
    jobs.drain(app)

    with app.app_context():
        (refund,) = the_refunds(order_id)
        assert (refund.credit_minor, refund.state) == (1200, "settled")
        assert sandbox.state()["refunds"] == []


def test_a_failed_refund_is_given_as_credit_instead(app: Flask, sandbox: StripeStandIn) -> None:
    client, url, order_id = at_the_page(app, sandbox)
    question = client.post(f"{url}/preview", data=asked(client, url, amount="12.00"))
    sandbox.control("refunds", status="failed")
    client.post(url, data=kept(question.text))
    jobs.drain(app)
    with app.app_context():
        (failed,) = the_refunds(order_id)
    page = client.get(f"/staff/refunds/{failed.id}")
    assert "Give €12.00 as credit instead" in words(page)

    for _twice in range(2):
        said = {"csrf_token": token(page)}
        assert client.post(f"/staff/refunds/{failed.id}/retry-as-credit", data=said).status_code == 303
    jobs.drain(app)

    with app.app_context():
        (again,) = (each for each in the_refunds(order_id) if each.retry_of == failed.id)
        assert (again.credit_minor, again.state) == (1200, "settled")
        release()
        assert prove() == []


def test_another_split_than_was_shown_moves_nothing(app: Flask, sandbox: StripeStandIn) -> None:
    client, url, order_id = at_the_page(app, sandbox)
    question = client.post(f"{url}/preview", data=asked(client, url, amount="20.00"))

    answer = client.post(url, data=kept(question.text) | {"by-stripe": "20.00"})

    assert answer.status_code == 409
    assert "What goes where has changed meanwhile" in words(answer)
    with app.app_context():
        assert the_refunds(order_id) == []
