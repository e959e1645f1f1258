"""The pages on which shoppers send something back: who may, what is asked before anything is sent, and what is
refused in words and changes nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront import clock, mail
from storefront.database import release, session
from storefront.mail.models import OutgoingMail
from storefront.orders.access import order_link
from storefront.orders.models import number_of_id
from storefront.orders.owners import attach_orders
from storefront.refunds.judging import decline_return
from tests.books import changed_tables, whole_database
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import a_dispute, an_order
from tests.builders.refunds import INES
from tests.builders.returns import a_return, all_came, asked_back, delivered, the_state
from tests.builders.shipments import a_shipment, line_ids
from tests.client import ShopClient, browser

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Guest:
    """A browser that the link of a paid, delivered order of 3 × 24.00 let in."""

    def __init__(self, app: Flask, **facts: Any) -> None:
        self.app, self.client = app, browser(app)
        with app.app_context():
            self.order_id = an_order(paid=True, pieces=3, **facts)
            delivered(self.order_id)
            (self.line,) = line_ids(self.order_id)
            release()
        with app.test_request_context():
            link = order_link(self.order_id)
        self.client.get(link)

    @property
    def url(self) -> str:
        return f"/orders/{number_of_id(self.order_id)}/returns"

    def check(self, pieces: object = 1, **fields: str) -> TestResponse:
        page = self.client.get(self.url)
        key = re.search(r'name="form_key" value="([0-9a-f]+)"', page.text)
        assert key, page.text
        typed = {"csrf_token": token(page), "form_key": key[1], "reason": "changed_mind", "note": ""}
        typed |= {f"pieces-{self.line}": str(pieces), **fields}
        return self.client.post(f"{self.url}/preview", data=typed)

    def send(self, question: TestResponse, **fields: str) -> TestResponse:
        return self.client.post(self.url, data=kept(question) | fields)

    def before(self) -> Any:
        with self.app.app_context():
            return whole_database()

    def changes(self, before: Any) -> Any:
        with self.app.app_context():
            return changed_tables(before, whole_database())


def kept(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a question."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


def the_letter(kind: str) -> str:
    """What the one mail of that kind says."""
    (owed,) = session().query(OutgoingMail).filter_by(kind=kind).all()
    mail_id = owed.id
    release()
    mail.send_mail(mail=mail_id)
    letter = session().get_one(OutgoingMail, mail_id, populate_existing=True)
    release()
    return " ".join((letter.text or "").split())


@pytest.fixture
def guest(app: Flask) -> Guest:
    return Guest(app)


def test_the_order_page_leads_to_the_form_with_what_the_guarantee_says(guest: Guest) -> None:
    order = guest.client.get(f"/orders/{number_of_id(guest.order_id)}")
    page = guest.client.get(guest.url)

    assert f'href="{guest.url}"' in order.text
    assert "Covered: 60 days money back, counted from delivery, until" in words(page)


def test_the_question_says_what_is_paid_back_and_when_and_writes_nothing(guest: Guest) -> None:
    before = guest.before()

    page = guest.check(2, note="Too large.")

    said = words(page)
    assert page.status_code == 200
    assert "2 × Lion’s mane kit" in said
    assert said.count("Covered") == 1
    assert "We pay back €48.00" in said
    assert "approved as soon as you send it" in said
    assert "once the goods have come back to us" in said
    assert "Banks take up to ten days" in said
    assert guest.changes(before) == {}


def test_what_was_asked_is_sent_and_its_page_leads_to_the_slip(guest: Guest) -> None:
    answer = guest.send(guest.check(2))

    page = guest.client.get(answer.headers["Location"])
    slip = guest.client.get(f"{answer.headers['Location']}/slip")
    assert answer.status_code == 303
    assert "please send it back" in words(page)
    assert "Return slip R1" in words(slip)
    assert "2" in words(slip)
    assert guest.client.get(answer.headers["Location"]).headers["Cache-Control"] == "no-store"
    assert "Waits for the goods" in words(guest.client.get(f"/orders/{number_of_id(guest.order_id)}"))


def test_the_same_question_sent_twice_is_one_return(guest: Guest) -> None:
    question = guest.check(2)

    first, second = guest.send(question), guest.send(question)

    assert first.headers["Location"] == second.headers["Location"]
    with guest.app.app_context():
        assert asked_back(guest.order_id) == [2]


def test_it_can_be_changed_and_keeps_what_was_typed(guest: Guest) -> None:
    question = guest.check(2, note="Too large.")

    page = guest.client.post(f"{guest.url}/preview", data=kept(question) | {"change": "1"})

    assert '<option value="2" selected>' in page.text
    assert "Too large." in page.text


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        ("0", "at least one piece"),
        ("-1", "a whole number"),
        ("1.5", "a whole number"),
        ("4", "3 pieces can be sent back"),
        ("999999", "3 pieces can be sent back"),
        ("１", "a whole number"),
        ("9" * 30, "a whole number"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(guest: Guest, pieces: str, sentence: str) -> None:
    before = guest.before()

    page = guest.check(pieces)

    assert page.status_code == 422
    assert sentence in words(page)
    assert guest.changes(before) == {}


def test_fields_of_another_orders_lines_are_refused_in_words(guest: Guest) -> None:
    other = Guest(guest.app, cart_id="another", title="Tray")
    before = guest.before()

    page = guest.check(1, **{f"pieces-{other.line}": "1"})

    assert page.status_code == 422
    assert "not of this order" in words(page)
    assert guest.changes(before) == {}


def test_what_has_gone_back_cannot_be_asked_again(guest: Guest) -> None:
    question = guest.check(3)
    guest.send(guest.check(1))
    before = guest.before()

    page = guest.send(question)

    assert page.status_code == 409
    assert "2 pieces can be sent back" in words(page)
    assert guest.changes(before) == {}


def test_another_amount_than_the_question_showed_is_asked_once_more(guest: Guest) -> None:
    before = guest.before()

    page = guest.send(guest.check(1), shown="1")

    assert page.status_code == 409
    assert "has changed meanwhile" in words(page)
    assert "We pay back €24.00" in words(page)
    assert guest.changes(before) == {}


def test_after_the_window_nothing_is_sent_unless_the_shopper_asks_all_the_same(app: Flask) -> None:
    with clock.frozen(NOON):
        guest = Guest(app)
    with clock.frozen(NOON + timedelta(days=61)):
        question = guest.check(1)
        assert "Not covered: the 60 days, counted from delivery, ended on" in words(question)
        before = guest.before()
        refused = guest.send(question)
        assert refused.status_code == 409
        assert "Not covered" in words(refused)
        assert guest.changes(before) == {}

        answer = guest.send(question, exception="1")

        assert "A person looks at it" in words(guest.client.get(answer.headers["Location"]))
    with guest.app.app_context():
        assert the_state(1) == "open"


def test_a_disputed_order_is_told_so_and_nothing_is_written(guest: Guest) -> None:
    question = guest.check(1)
    with guest.app.app_context():
        a_dispute(guest.order_id)
    before = guest.before()

    assert "Your bank is looking at this payment" in words(guest.client.get(guest.url))
    assert guest.send(question).status_code == 409
    assert guest.changes(before) == {}


def test_an_account_sees_its_own_and_nobody_else_anything(guest: Guest) -> None:
    location = guest.send(guest.check(1)).headers["Location"]
    with guest.app.app_context():
        mara = a_customer(email="mara@example.org")
        other = a_customer(email="other@example.org")
        attach_orders(mara.id)
    own, strange = signed_in(guest.app, mara), signed_in(guest.app, other)

    for path in (guest.url, location, f"{location}/slip"):
        assert own.get(path).status_code == 200
        assert strange.get(path).status_code == 404
        assert browser(guest.app).get(path).status_code == 404
    for client in (strange, browser(guest.app)):
        for path in (guest.url, f"{guest.url}/preview"):
            assert client.post(path, data={"reason": "other"}).status_code == 404


def test_a_return_opens_only_beneath_its_own_order(guest: Guest) -> None:
    other = Guest(guest.app, cart_id="another", title="Tray")
    location = guest.send(guest.check(1)).headers["Location"]
    return_id = location.rpartition("/")[2]

    assert other.client.get(f"{other.url}/{return_id}").status_code == 404
    assert other.client.get(f"{other.url}/{return_id}/slip").status_code == 404


def test_a_form_without_its_token_changes_nothing(guest: Guest) -> None:
    question = kept(guest.check(1))
    before = guest.before()

    answer = guest.client.post(guest.url, data=question | {"csrf_token": "x"})

    assert answer.status_code in {400, 422}
    assert guest.changes(before) == {}


def test_mails_lead_to_the_return_and_say_what_to_do(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        order_id = an_order(paid=True, pieces=3)
        delivered(order_id)
        return_id = a_return(order_id, 2)
        letter = the_letter("return_approved")
        assert "Please send us 2 × Lion’s mane kit." in letter
        assert f"R{return_id}" in letter
        all_came(return_id)
        assert "This came back to us: 2 × Lion’s mane kit." in the_letter("return_received")
    link = re.search(r"http\S+/returns/\S+", letter)
    assert link

    answer = client.get(re.sub(r"^http://[^/]+", "", link[0]))

    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200


def test_an_address_that_ends_with_a_full_stop_has_one_in_the_mail(make_app: Callable[..., Flask]) -> None:
    with make_app(address_line="Saalestraße 12, 06114 Halle, Germany.").app_context():
        order_id = an_order(paid=True)
        delivered(order_id)
        a_return(order_id, 1)

        letter = the_letter("return_approved")

    assert "Our address: Saalestraße 12, 06114 Halle, Germany. Print" in letter


def test_a_declined_return_says_why_by_mail_and_on_its_page(app: Flask) -> None:
    guest = Guest(app, price_minor=5001)
    location = guest.send(guest.check(3)).headers["Location"]
    assert "A person looks at it" in words(guest.client.get(location))
    with app.app_context():
        assert "A person looks at it" in the_letter("return_asked")
        decline_return(1, why="It was opened.", by=INES)
        assert "It was opened." in the_letter("return_declined")

    assert "It was opened." in words(guest.client.get(location))


def test_a_return_is_taken_back_on_its_page(app: Flask, guest: Guest) -> None:
    location = guest.send(guest.check(2)).headers["Location"]
    page = guest.client.get(location)
    action = re.search(r'action="([^"]+/take-back)"', page.text)
    assert action, page.text

    without_token = guest.client.post(action[1])
    strange = browser(app).post(action[1], data={"csrf_token": token(page)})
    answers = [guest.client.post(action[1], data={"csrf_token": token(page)}) for _again in range(2)]
    after = guest.client.get(location)

    assert (without_token.status_code, strange.status_code) == (400, 400)
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, location)] * 2
    assert "You took this return back" in words(after)
    assert "/take-back" not in after.text
    with app.app_context():
        assert "You took your return R1 back" in the_letter("return_taken_back")
        assert asked_back(guest.order_id) == [0]


def test_a_return_whose_goods_came_meanwhile_is_not_taken_back(app: Flask, guest: Guest) -> None:
    location = guest.send(guest.check(1)).headers["Location"]
    page = guest.client.get(location)
    with app.app_context():
        all_came(1)

    answer = guest.client.post(f"{location}/take-back", data={"csrf_token": token(page)})

    assert answer.status_code == 409
    assert "can no longer be taken back" in words(answer)


def test_the_mail_and_the_slip_name_what_has_to_be_sent_back(app: Flask) -> None:
    with app.app_context():
        order_id = an_order(paid=True, pieces=3)
        a_shipment(order_id, pieces=2)
        return_id = a_return(order_id, 3)
        assert the_state(return_id) == "awaiting_goods"
        letter = the_letter("return_approved")
    client = browser(app)
    with app.test_request_context():
        link = order_link(order_id)
    client.get(link)
    slip = client.get(f"/orders/{number_of_id(order_id)}/returns/{return_id}/slip")

    assert "Please send us 2 × " in letter
    assert re.search(r"<td[^>]*>\s*2\s*</td>", slip.text)
    assert not re.search(r"<td[^>]*>\s*3\s*</td>", slip.text)


FAULTS_SAID = ("It arrived damaged", "It is not what I ordered", "It is not as described")


def test_the_form_offers_reasons_that_can_be_true(app: Flask, guest: Guest) -> None:
    arrived = guest.client.get(guest.url).text
    with app.app_context():
        unsent = an_order(paid=True, cart_id="cart-unsent")
        release()
    with app.test_request_context():
        link = order_link(unsent)
    guest.client.get(link)

    waiting = guest.client.get(f"/orders/{number_of_id(unsent)}/returns").text

    assert [each in arrived for each in FAULTS_SAID] == [True] * 3
    assert [each in waiting for each in FAULTS_SAID] == [False] * 3
    assert "I changed my mind" in waiting


def test_a_reason_that_cannot_stay_says_so_beside_it(guest: Guest) -> None:
    page = guest.check(reason="because")

    assert page.status_code == 422
    assert re.search(r'<p class="wrong" id="reason-wrong">.*Choose one of the reasons\.</p>', page.text)
    assert re.search(r'<select aria-describedby="reason-wrong" aria-invalid="true" id="reason"', page.text)
