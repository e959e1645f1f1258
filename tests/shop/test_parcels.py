"""What shoppers see and are written of their parcels, and when the guarantee begins."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from flask import Flask

from storefront import jobs
from storefront.config import settings
from storefront.mail.models import OutgoingMail
from storefront.orders import actions
from storefront.orders.access import order_link
from storefront.orders.carriers import CARRIERS, tracking_url
from storefront.orders.guarantee import events_of_line
from storefront.orders.queries import order_record
from storefront.policies.document import default_document
from storefront.policies.parts import Start
from storefront.policies.rules import money_back
from tests.builders.cart import a_policy, words
from tests.builders.mail import the_newest_mail
from tests.builders.orders import an_order
from tests.builders.shipments import BY, a_shipment
from tests.client import ShopClient
from tests.servers.smtp import SmtpServer


def page(app: Flask, client: ShopClient, order_id: int) -> str:
    with app.test_request_context():
        link = order_link(order_id)
    answer = client.get(link, follow_redirects=True)
    assert answer.status_code == 200
    return words(answer)


def test_a_sent_order_says_where_it_can_be_followed(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        order_id = an_order(paid=True, pieces=2)
        a_shipment(order_id, carrier="ups", number="1Z 999 AA1")

    with app.test_request_context():
        link = order_link(order_id)
    answer = client.get(link, follow_redirects=True)

    said = words(answer)
    assert "On its way to you" in said
    assert "2 × Lion’s mane kit" in said
    assert "Tracking number: 1Z999AA1" in said
    assert 'href="https://www.ups.com/track?tracknum=1Z999AA1"' in answer.text


def test_a_part_is_shown_with_what_is_still_to_come(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        order_id = an_order(paid=True, pieces=3)
        a_shipment(order_id, pieces=1)

    said = page(app, client, order_id)

    assert "A part of it is on its way" in said
    assert "1 piece handed to DHL" in said
    assert "The rest packed and handed to the carrier (still to come)" in said


def test_a_delivered_order_waits_for_nothing(app: Flask, client: ShopClient, frozen: ModuleType) -> None:
    with app.app_context():
        order_id = an_order(paid=True)
        shipment_id = a_shipment(order_id)
        frozen.advance(timedelta(days=2))
        actions.deliver(shipment_id, on=date(2026, 6, 19), by=BY)

    said = page(app, client, order_id)

    assert "Everything you ordered has arrived." in said
    assert "Arrived on Friday, June 19, 2026" in said
    assert "(still to come)" not in said


@pytest.mark.parametrize(
    ("start", "last_day"),
    [(Start.PAID, "August 16"), (Start.SHIPPED, "August 17"), (Start.DELIVERED, "August 19")],
)
def test_the_last_day_of_the_guarantee_follows_what_happened(
    app: Flask, client: ShopClient, frozen: ModuleType, start: Start, last_day: str
) -> None:
    document = default_document("EUR")
    with app.app_context():
        a_policy(replace(document, money_back=replace(document.money_back, starts=start)))
        order_id = an_order(paid=True)
        frozen.advance(timedelta(days=1))
        shipment_id = a_shipment(order_id)
        frozen.advance(timedelta(days=3))
        actions.deliver(shipment_id, on=date(2026, 6, 20), by=BY)

    assert f"your money back is {day(last_day)}" in page(app, client, order_id)


def day(last_day: str) -> str:
    """With its weekday, as pages say it."""
    return {
        "August 16": "Sunday, August 16",
        "August 17": "Monday, August 17",
        "August 19": "Wednesday, August 19",
    }[last_day]


@pytest.mark.parametrize(("after", "allowed"), [(59, True), (60, True), (61, False)])
def test_the_window_of_a_line_begins_when_its_last_piece_arrived(
    inside: Flask, frozen: ModuleType, after: int, allowed: bool
) -> None:
    order_id = an_order(paid=True, pieces=2)
    first = a_shipment(order_id, pieces=1)
    actions.deliver(first, on=date(2026, 6, 17), by=BY)
    zone = settings().timezone

    def decision() -> bool:
        record = order_record(order_id)
        events = events_of_line(record, record.lines[0], zone=zone)
        return money_back(default_document("EUR"), version=1, line=events, at=frozen.now(), zone=zone).allowed

    frozen.advance(timedelta(days=100))
    assert decision()
    second = a_shipment(order_id, pieces=1)
    actions.deliver(second, on=date(2026, 9, 25), by=BY)
    frozen.advance(timedelta(days=after))
    assert decision() is allowed


def test_a_parcel_is_announced_once_with_its_pieces_over_smtp(
    make_app: Callable[..., Flask], smtp: SmtpServer
) -> None:
    app = make_app(smtp_url=smtp.url, shop_name="Cap & Kettle")
    with app.app_context():
        order_id = an_order(paid=True, pieces=3)
        a_shipment(order_id, pieces=2, carrier="dpd", number="0987 654")
    jobs.drain(app)
    jobs.drain(app)

    sent = [each for each in smtp.messages if "on its way" in each["Subject"]]
    assert [each["Subject"] for each in sent] == [f"A part of your order {1000 + order_id} is on its way"]
    for kind in ("plain", "html"):
        body = sent[0].get_body((kind,))
        assert body is not None
        said = body.get_content()
        for each in ("2 × Lion’s mane kit", "0987654", "https://tracking.dpd.de/status/en_US/parcel/0987654"):
            assert each in said, (kind, each)
        assert "The rest follows." in said
        assert "Gartenweg 8" in said


def test_the_mail_of_a_whole_order_speaks_of_the_order(app: Flask) -> None:
    with app.app_context():
        order_id = an_order(paid=True, title="<script>alert(1)</script>")
        a_shipment(order_id, carrier="other", number="")
    jobs.drain(app)

    with app.app_context():
        mail: OutgoingMail = the_newest_mail()
    assert mail.title == f"Your order {1000 + order_id} is on its way"
    assert "<script>alert" not in (mail.html or "")
    assert "Tracking number" not in (mail.text or "")


@pytest.mark.parametrize("carrier", [each for each in CARRIERS if each.page], ids=lambda each: each.code)
@pytest.mark.parametrize("number", ["A1", '"><script>', "../../x", "javascript:alert(1)", "a b"])
def test_a_tracking_link_never_leaves_its_carrier(carrier: object, number: str) -> None:
    code, page_of = carrier.code, carrier.page  # type: ignore[attr-defined]
    url = tracking_url(code, number) or ""

    assert url.startswith(page_of)
    assert urlsplit(url).scheme == "https"
    assert not set('"<> ') & set(url)


@pytest.mark.parametrize(("code", "number"), [("other", "123"), ("dhl", None), ("dhl", ""), ("nobody", "1")])
def test_where_nothing_can_be_followed_there_is_no_link(code: str, number: str | None) -> None:
    assert tracking_url(code, number) is None
