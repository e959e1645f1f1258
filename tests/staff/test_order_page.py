"""One order for staff: what its page says, what its forms do, and what they refuse."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront import jobs
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.orders.actions import add_note
from storefront.orders.models import Fulfilment, OrderNote, OrderState, number_of_id
from storefront.orders.parcels import Shipment
from storefront.staff.audit_words import VERBS
from storefront.staff.order_history import title_of
from tests.builders import orders
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import an_order, an_order_of_gift_cards, the_order
from tests.builders.payments import a_paid_order
from tests.builders.shipments import BY, a_shipment, line_ids, sent
from tests.client import ShopClient
from tests.counting import Counted
from tests.servers.stripe import StripeStandIn


@dataclass
class Desk:
    """Somebody of the orders' staff at an order's page."""

    app: Flask
    browser: ShopClient

    def page(self, order_id: int) -> TestResponse:
        return self.browser.get(url(order_id))

    def post(self, order_id: int, path: str, **fields: Any) -> TestResponse:
        """Send a form with its token, and follow to the page that says what was done."""
        fields["csrf_token"] = token(self.page(order_id))
        return self.browser.post(url(order_id) + path, data=fields, follow_redirects=True)

    def ship(self, order_id: int, **fields: Any) -> TestResponse:
        page = self.page(order_id).text
        key = re.search(r'name="key" value="([^"]+)"', page)
        filled = dict(re.findall(r'name="(pieces_\d+)" value="(\d+)"', page))
        form = {"key": key and key[1], "carrier": "dhl", "tracking_number": "", **filled, **fields}
        return self.post(order_id, "/shipments", **form)


def url(order_id: int) -> str:
    """The address of an order's page for staff."""
    return f"/staff/orders/{number_of_id(order_id)}"


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A desk of the orders' staff."""
    with app.app_context():
        iris = a_staff_member(role="orders", name="Iris Weller")
    return Desk(app, signed_in(app, iris))


@pytest.fixture
def order_id(app: Flask) -> int:
    """A paid order of three pieces."""
    with app.app_context():
        return an_order(paid=True, pieces=3)


def test_the_page_says_what_to_do_next_and_everything_about_the_order(desk: Desk, order_id: int) -> None:
    said = words(desk.page(order_id))

    for each in (
        f"Order {number_of_id(order_id)}",
        "Next: pack and send",
        "3 pieces are left to send.",
        "Lion’s mane kit",
        "€72.00",
        "mara@example.org",
        "Gartenweg 8",
        "60 days money back",
        "The first order with this address.",
        "Paid",
    ):
        assert each in said, each
    # The menu has a chapter of that name too.
    assert said.index("Next: pack and send") < said.rindex("Goods")


@pytest.mark.parametrize(
    ("make", "title"),
    [
        (lambda _id: None, "Wait for the payment"),
        (orders.pay, "Next: pack and send"),
        (orders.pay_later, "Wait for the payment"),
        (orders.cancel, "Nothing to do"),
        (lambda order_id: orders.pay_wrongly(order_id, minor=1), "Next: decide about its payment"),
    ],
)
def test_what_comes_next_follows_the_order(
    app: Flask, desk: Desk, make: Callable[[int], Any], title: str
) -> None:
    with app.app_context():
        order_id = an_order()
        make(order_id)

    assert title in words(desk.page(order_id))


def test_the_form_is_filled_with_what_is_left_and_sends_it(app: Flask, desk: Desk, order_id: int) -> None:
    answer = desk.ship(order_id, tracking_number="1Z 999 AA1", carrier="ups")

    assert "The parcel is on its way." in words(answer)
    assert "https://www.ups.com/track?tracknum=1Z999AA1" in answer.text
    with app.app_context():
        assert (sent(order_id), the_order(order_id).fulfilment) == (3, Fulfilment.SHIPPED)


def test_the_same_form_twice_sends_one_parcel(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        line = line_ids(order_id)[0]

    for _again in range(2):
        desk.post(order_id, "/shipments", key="form-1", carrier="dhl", **{f"pieces_{line}": "1"})

    with app.app_context():
        assert sent(order_id) == 1


@pytest.mark.parametrize("typed", ["-1", "1.5", str(2**63), "99999999999", "٣", "1e3", "x", "0x1", "4", ""])
def test_what_is_no_number_of_pieces_is_refused_in_words(
    app: Flask, desk: Desk, order_id: int, typed: str
) -> None:
    with app.app_context():
        line = line_ids(order_id)[0]

    answer = desk.ship(order_id, tracking_number="KEPT-1", **{f"pieces_{line}": typed})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="KEPT-1"' in answer.text
    with app.app_context():
        assert sent(order_id) == 0


def test_a_tracking_number_that_is_none_is_told_beside_its_field(desk: Desk, order_id: int) -> None:
    page = desk.ship(order_id, tracking_number="12").text

    assert 'aria-invalid="true" aria-describedby="tracking_number-wrong"' in page
    assert 'id="tracking_number-wrong"' in page
    assert page.count("A tracking number has 4 to 40") == 2


def test_pieces_of_another_order_are_refused(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        other = an_order(paid=True, cart_id="cart-2")
        line = line_ids(other)[0]

    answer = desk.post(order_id, "/shipments", key="k", carrier="dhl", **{f"pieces_{line}": "1"})

    assert answer.status_code == 422
    with app.app_context():
        assert (sent(order_id), sent(other)) == (0, 0)


@pytest.mark.parametrize("fields", [{"carrier": "evil"}, {"tracking_number": "<script>"}, {"key": ""}])
def test_a_form_that_was_tampered_with_sends_nothing(
    app: Flask, desk: Desk, order_id: int, fields: dict[str, str]
) -> None:
    assert desk.ship(order_id, **fields).status_code == 422
    with app.app_context():
        assert sent(order_id) == 0


def test_a_form_without_its_token_changes_nothing(app: Flask, desk: Desk, order_id: int) -> None:
    for path in ("/shipments", "/notes", "/cancel", "/contact", "/delivery"):
        assert desk.browser.post(url(order_id) + path, data={"text": "x"}).status_code == 400, path


def test_a_day_of_arrival_is_kept_and_put_right(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        shipment_id = a_shipment(order_id)
        shipped_on = session().get_one(Shipment, shipment_id).shipped_at.date()
    path = f"/shipments/{shipment_id}/delivery"

    good = desk.post(order_id, path, delivered_on=shipped_on.isoformat())
    early = desk.post(order_id, path, delivered_on="2001-01-01")
    wrong = desk.post(order_id, path, delivered_on="tomorrow")

    assert "Everything has arrived." in words(good)
    assert (early.status_code, wrong.status_code) == (422, 422)
    assert "It cannot have arrived before it was sent." in words(early)


def test_a_parcel_of_another_order_is_not_found_at_this_one(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        other = a_shipment(an_order(paid=True, cart_id="cart-2"))

    path = f"/shipments/{other}"
    assert desk.post(order_id, f"{path}/delivery", delivered_on="2026-06-17").status_code == 404
    assert desk.browser.get(url(order_id) + path).status_code == 404
    assert desk.post(order_id, path, carrier="ups", tracking_number="1234").status_code == 404


def test_tracking_is_put_right_without_another_mail(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        shipment_id = a_shipment(order_id)

    answer = desk.post(order_id, f"/shipments/{shipment_id}", carrier="gls", tracking_number="GLS 1234")
    wrong = desk.post(order_id, f"/shipments/{shipment_id}", carrier="gls", tracking_number="<b>")

    assert "https://gls-group.com/track/GLS1234" in answer.text
    assert (wrong.status_code, "&lt;b&gt;" in wrong.text) == (422, True)


def test_a_script_in_a_note_is_a_note(app: Flask, desk: Desk, order_id: int) -> None:
    answer = desk.post(order_id, "/notes", key="k", text="<script>alert(1)</script> & “more”")

    assert "<script>alert(1)" not in answer.text
    assert "<script>alert(1)</script> & “more”" in words(answer)
    assert "Iris Weller" in words(answer)


def test_a_note_is_erased_after_a_question(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        note_id = add_note(order_id, text="Lives with her mother.", key="k", by=BY)

    asked = desk.browser.get(f"{url(order_id)}/notes/{note_id}/erase")
    answer = desk.post(order_id, f"/notes/{note_id}/erase")

    assert "Erase what this note says?" in words(asked)
    assert "her mother" not in answer.text
    assert "This note was erased." in words(answer)


def test_a_note_of_another_order_is_not_erased_from_here(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        other = an_order(cart_id="cart-2")
        note_id = add_note(other, text="Stays.", key="k", by=BY)

    assert desk.post(order_id, f"/notes/{note_id}/erase").status_code == 404
    with app.app_context():
        assert session().get_one(OrderNote, note_id).text == "Stays."


def test_a_mail_is_read_and_sent_again_to_where_the_order_writes_now(
    app: Flask, desk: Desk, order_id: int
) -> None:
    jobs.drain(app)
    with app.app_context():
        mail_id = session().scalars(sa.select(OutgoingMail.id)).one()
    seen = re.search(r'name="seen" value="([^"]+)"', desk.browser.get(url(order_id) + "/contact").text)
    assert seen
    desk.post(order_id, "/contact", email="mara@new.example", seen=seen[1])

    shown = desk.browser.get(f"{url(order_id)}/mails/{mail_id}")
    answer = desk.post(order_id, f"/mails/{mail_id}/resend")

    assert "What you ordered" in words(shown)
    assert "The mail is sent again." in words(answer)
    with app.app_context():
        again = session().scalars(sa.select(OutgoingMail).where(OutgoingMail.resend_of == mail_id)).one()
        assert again.recipient == "mara@new.example"


def test_codes_of_gift_cards_are_not_shown_and_go_to_nobody_else(app: Flask, desk: Desk) -> None:
    with app.app_context():
        sold = an_order_of_gift_cards(2500)
    jobs.drain(app)
    with app.app_context():
        mail = session().query(OutgoingMail).filter_by(kind="gift_cards").one()
        mail_id, code = mail.id, mail.facts["cards"][0]["code"]
        assert code in (mail.text or "")
    seen = re.search(r'name="seen" value="([^"]+)"', desk.browser.get(url(sold) + "/contact").text)
    assert seen
    desk.post(sold, "/contact", email="another@example.org", seen=seen[1])

    shown = desk.browser.get(f"{url(sold)}/mails/{mail_id}")
    desk.post(sold, f"/mails/{mail_id}/resend")

    assert f"Gift card ending {code[-4:]}" in words(desk.page(sold))
    assert code not in shown.text + desk.page(sold).text
    assert "is not shown here" in words(shown)
    with app.app_context():
        again = session().query(OutgoingMail).filter_by(resend_of=mail_id).one()
        assert again.recipient == "mara@example.org"


def test_a_mail_about_another_order_is_not_found_at_this_one(app: Flask, desk: Desk, order_id: int) -> None:
    with app.app_context():
        an_order(paid=True, cart_id="cart-2")
        newest = sa.select(OutgoingMail.id).order_by(OutgoingMail.id.desc()).limit(1)
        others = session().scalars(newest).one()

    assert desk.browser.get(f"{url(order_id)}/mails/{others}").status_code == 404
    assert desk.post(order_id, f"/mails/{others}/resend").status_code == 404


def a_form(desk: Desk, order_id: int, page: str) -> dict[str, str]:
    """The fields of an edit page, as they are filled."""
    shown = desk.browser.get(url(order_id) + page).text
    return dict(re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', shown))


def test_a_new_address_is_held_to_the_checkouts_rules(app: Flask, desk: Desk, order_id: int) -> None:
    form = a_form(desk, order_id, "/delivery") | {"country": "DE", "delivery_street_address": "Am Markt 1"}

    wrong = desk.post(order_id, "/delivery", **(form | {"delivery_postal_code": "1"}))
    right = desk.post(
        order_id, "/delivery", **(form | {"delivery_postal_code": "06108", "delivery_city": "Halle"})
    )

    assert (wrong.status_code, "In Germany it looks like" in words(wrong)) == (422, True)
    assert 'value="Am Markt 1"' in wrong.text
    assert "Am Markt 1 06108 Halle Germany" in words(right)
    with app.app_context():
        assert the_order(order_id).delivery["city"] == "Halle"


def test_a_stale_address_shows_both_versions(app: Flask, desk: Desk, order_id: int) -> None:
    first = a_form(desk, order_id, "/delivery") | {"country": "DE"}
    second = dict(first)
    desk.post(order_id, "/delivery", **(first | {"delivery_street_address": "First 1"}))

    stale = desk.post(order_id, "/delivery", **(second | {"delivery_street_address": "Second 2"}))

    assert stale.status_code == 409
    said = words(stale)
    assert "What stands now" in said
    assert "First 1" in said
    assert "Second 2" in said
    with app.app_context():
        assert the_order(order_id).delivery["street_address"] == "First 1"


@pytest.mark.parametrize("email", ["", "no", "a@b", "a b@example.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused(app: Flask, desk: Desk, order_id: int, email: str) -> None:
    form = a_form(desk, order_id, "/contact")

    assert desk.post(order_id, "/contact", **(form | {"email": email})).status_code == 422
    with app.app_context():
        assert the_order(order_id).email == "mara@example.org"


def test_mass_assignment_changes_nothing_else(app: Flask, desk: Desk, order_id: int) -> None:
    form = a_form(desk, order_id, "/delivery") | {"country": "DE", "delivery_city": "Halle"}

    desk.post(
        order_id, "/delivery", **form, email="evil@example.org", total_minor="1", state="paid", price="1"
    )

    with app.app_context():
        order = the_order(order_id)
        assert (order.email, order.total_minor, set(order.delivery)) == (
            "mara@example.org",
            7200,
            {"country", "name", "company_name", "street_address", "street_more", "postal_code", "city"},
        )


def test_a_paid_order_is_cancelled_by_who_may_refund(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        placed = a_paid_order(sandbox)
        iris, omar = a_staff_member(role="orders").id, a_staff_member(role="owner").id
    orders_desk, owners = Desk(app, signed_in(app, iris)), Desk(app, signed_in(app, omar))

    refused = orders_desk.post(placed.order_id, "/cancel")
    asked = owners.browser.get(url(placed.order_id) + "/cancel")
    done = owners.post(placed.order_id, "/cancel", reason="customer_asked", back="1")

    assert refused.status_code == 403
    assert "Cancel and give €24.00 back" in words(asked)
    assert "The order is cancelled." in words(done)
    assert "called off" in words(done)
    assert "to send" not in words(done)
    with app.app_context():
        assert the_order(placed.order_id).state == OrderState.CANCELLED


@pytest.mark.parametrize(
    "verb", [verb for verb in VERBS if verb.startswith(("order.", "payment.", "refund."))]
)
def test_what_happened_to_an_order_is_told_in_words(app: Flask, verb: str) -> None:
    with app.test_request_context():
        assert title_of(verb) != verb


def test_cancelling_asks_for_a_fresh_sign_in(app: Flask, order_id: int) -> None:
    with app.app_context():
        omar = a_staff_member(role="owner")

    answer = signed_in(app, omar, fresh=False).get(url(order_id) + "/cancel")

    assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (303, True)


def test_support_reads_and_catalogue_finds_nothing(app: Flask, order_id: int) -> None:
    with app.app_context():
        people = {role: a_staff_member(role=role).id for role in ("refunds", "support", "catalogue")}
    refunds, support, catalogue = (signed_in(app, person) for person in people.values())

    assert "Mark as sent" not in refunds.get(url(order_id)).text
    assert refunds.post(url(order_id) + "/shipments").status_code == 404
    assert "Mark as sent" in support.get(url(order_id)).text
    assert catalogue.get(url(order_id)).status_code == 404


@pytest.mark.parametrize("number", ["1", "0", "99999", "9223372036854775807", "9" * 30])
def test_an_order_that_never_was_is_not_found(desk: Desk, number: str) -> None:
    assert desk.browser.get(f"/staff/orders/{number}").status_code == 404


def test_what_happened_is_told_newest_first_with_who_did_it(desk: Desk, order_id: int) -> None:
    desk.ship(order_id)
    desk.post(order_id, "/notes", key="k", text="Called.")

    said = words(desk.page(order_id)).split("What happened")[1]

    titles = ["Note kept", "Parcel sent", "Paid", "Placed"]
    places = [said.index(each) for each in titles]
    assert places == sorted(places)
    assert "Iris Weller" in said


def test_the_page_asks_as_few_things_however_much_there_is(
    app: Flask, desk: Desk, order_id: int, count_queries: Callable[[], Any]
) -> None:
    with app.app_context():
        a_shipment(order_id, pieces=1)
    desk.page(order_id)
    with count_queries() as few:
        desk.page(order_id)
    with app.app_context():
        for number in range(5):
            add_note(order_id, text=f"Note {number}", key=f"k{number}", by=BY)
        a_shipment(order_id, pieces=1)
        an_order(paid=True, cart_id="cart-2")

    with count_queries() as many:
        page = desk.page(order_id)

    assert page.status_code == 200
    assert_same(few, many)


def assert_same(few: Counted, many: Counted) -> None:
    assert many.selects <= few.selects, str(many)
    assert many.writes == 0, str(many)
