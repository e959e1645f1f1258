"""Thirty traces of one person, left by every form that they and staff have: after an erase none is anywhere."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront import clock, jobs
from storefront.accounts.models import Passkey
from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import Why, take_out
from storefront.database import session, transaction
from storefront.jobs import Job
from storefront.orders.models import Order, OrderLine
from storefront.privacy.actions import erase_person
from storefront.reports.prove import prove
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import a_shelf, put_in, submit_details, submit_order
from tests.client import ShopClient, browser
from tests.servers.stripe import StripeStandIn
from tests.traces import found_in_database, found_in_files

EMAIL = "Quill.Trace01@traces.example"
PASSWORD = "a long walk by the river"
DETAILS: dict[str, str | None] = {
    "email": EMAIL,
    "delivery_name": "Quillon Trace02",
    "delivery_street_address": "Trace03allee 8",
    "delivery_street_more": "c/o Trace04",
    "delivery_city": "Trace05hausen",
    "delivery_company_name": "Trace06 & Söhne",
    "billing_same": None,
    "billing_country": "DE",
    "billing_name": "Dorothée Trace07",
    "billing_street_address": "Trace08gasse 9",
    "billing_street_more": "Hof Trace09",
    "billing_postal_code": "04109",
    "billing_city": "Trace10stadt",
    "billing_company_name": "Trace11 GmbH",
}
TRACES = [f"trace{number:02}" for number in range(1, 31)]


def send(client: ShopClient, page: str, action: str = "", **typed: str) -> TestResponse:
    """Open a page, fill in its form that goes to `action`, and send it; it must be taken."""
    text = client.get(page).text
    url = action or page
    form = re.search(rf'<form[^>]*action="{re.escape(url)}"[^>]*>(.*?)</form>', text, re.DOTALL)
    assert form, (url, text)
    fields = {}
    for field in re.findall(r"<input[^>]*>", form[1]):
        named, value = (re.search(rf'\s{each}="([^"]*)"', field) for each in ("name", "value"))
        if named and 'type="checkbox"' not in field:
            fields[named[1]] = unescape(value[1]) if value else ""
    answer = client.post(url, data={**fields, **typed})
    assert answer.status_code in {200, 303}, (url, answer.text)
    return answer


@pytest.fixture
def person(app: Flask, client: ShopClient, sandbox: StripeStandIn, drain: Callable[[], int]) -> int:
    """Somebody who has used every form of the shop, and about whom staff have used every form of theirs: the id of
    their order."""
    shelf = a_shelf(app, on_hand=9, price_minor=2400)
    put_in(client, shelf)
    submit_details(client, **DETAILS)
    paying = submit_order(client, client.get("/checkout/review")).headers["Location"]
    paying = paying.removeprefix(sandbox.url)
    sandbox.page.post(paying, base_url=sandbox.url, headers={"Origin": sandbox.url}, data={"choice": "pay"})
    sandbox.deliver(force=True)
    drain()
    _knock(client)
    _live_in_the_account(app, shelf.id)
    _tell_staff(app, shelf.id, drain)
    sandbox.deliver(force=True)
    drain()
    with app.app_context(), transaction():
        jobs.enqueue("tests.named", {"email": EMAIL}, key="named")
        session().execute(sa.update(Job).where(Job.key == "named").values(error="No such name: Trace30"))
    with app.app_context():
        return int(session().scalars(sa.select(sa.func.min(Order.id))).one())


def _knock(client: ShopClient) -> None:
    """Every form that asks who is there."""
    send(client, "/orders/find", number="1001", email=EMAIL)
    for page in ("/sign-up", "/sign-in/link", "/reset", "/your-data"):
        send(client, page, email=EMAIL)


def _live_in_the_account(app: Flask, variant_id: int) -> None:
    with app.app_context():
        customer = a_customer(email=EMAIL.lower(), name="Quill Trace12", password=PASSWORD)
        with transaction() as current:
            current.add(
                Passkey(
                    customer_id=customer.id,
                    credential_id="key",
                    public_key=b"public",
                    sign_count=0,
                    name="Trace19 phone",
                    created_at=clock.now(),
                )
            )
    by_hand = browser(app)
    by_hand.environ_base["HTTP_USER_AGENT"] = "Trace13/1.0 (Phone)"
    send(by_hand, "/sign-in", email=EMAIL, password=PASSWORD)
    own = signed_in(app, customer)
    address = {
        "delivery_name": "Trace14 Quill",
        "delivery_street_address": "Trace15 lane",
        "delivery_postal_code": "04109",
        "delivery_city": "Trace16 town",
        "delivery_company_name": "Trace17 Ltd",
    }
    send(own, "/account/addresses/new", country="DE", **address)
    send(own, "/account/security/email", email="quill.trace18@traces.example")
    put_in(own, variant_id)


def _tell_staff(app: Flask, variant_id: int, drain: Callable[[], int]) -> None:
    with app.app_context():
        iris = a_staff_member(role="owner")
        line = session().scalars(sa.select(OrderLine.id)).one()
    desk, order = signed_in(app, iris), "/staff/orders/1001"
    send(desk, order, f"{order}/notes", text="Trace20 is the gate code")
    send(desk, f"{order}/contact", email="quill.trace21@traces.example")
    mail = re.search(rf"{order}/mails/\d+", desk.get(order).text)
    assert mail
    send(desk, mail[0], f"{mail[0]}/resend")
    drain()
    send(desk, f"{order}/contact", email=EMAIL)
    send(
        desk,
        f"{order}/delivery",
        country="DE",
        delivery_name="Trace22 Quill",
        delivery_street_address="Trace23 street",
    )
    send(desk, order, f"{order}/shipments", carrier="dhl", tracking_number="TRACE24")
    send(desk, f"{order}/shipments/1", carrier="ups", tracking_number="TRACE25")
    token = {"reason": "goodwill", f"pieces-{line}": "0", "amount": "1.00"}
    page = f"{order}/refunds"
    typed = re.search(r'name="form_key"[^>]* value="([0-9a-f]+)"', desk.get(page).text)
    assert typed
    preview = send(desk, page, f"{page}/preview", note="Trace26 rang twice", shipping="", **token)
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', preview.text))
    assert desk.post(page, data={name: unescape(value) for name, value in kept.items()}).status_code == 303
    send(
        desk,
        f"/staff/stock/{variant_id}",
        cause="damaged",
        pieces="1",
        note=f"Trace27: sent back by {EMAIL}",
    )
    send(desk, "/staff/privacy", email=EMAIL)
    _order_by_telephone(desk, variant_id)


def _order_by_telephone(desk: ShopClient, variant_id: int) -> None:
    """An order that staff make for them, and cancel again."""
    page = "/staff/orders/new"
    goods = {f"pieces_{variant_id}": "1", "country": "DE", "shipping": "standard"}
    typed = {
        **{name: text for name, text in DETAILS.items() if text},
        "delivery_name": "Trace28 Quill",
        "delivery_street_address": "Trace29 road",
        "delivery_postal_code": "10115",
    }
    shown = send(desk, page, **goods)
    total = re.search(r'name="total" value="(\d+)"', shown.text)
    assert total
    send(desk, page, **goods, **typed, total=total[1], place="1")
    send(desk, "/staff/orders/1002/cancel", reason="customer_asked")


def test_of_thirty_traces_none_is_left_in_any_column_or_file(app: Flask, person: int, tmp_path: Path) -> None:
    with app.app_context():
        planted = {place.rpartition(": ")[2] for place in found_in_database(TRACES)}
        assert sorted(set(TRACES) - planted) == []
        with transaction() as current:
            for own in current.scalars(sa.select(CreditAccount).where(CreditAccount.balance_minor > 0)).all():
                take_out(own.id, own.balance, Why(CreditCause.ADJUSTED))

        erase_person(EMAIL, by=("staff", 7))

        assert found_in_database([EMAIL, *TRACES]) == []
        but = frozenset({"sandbox.db", "sandbox.db-wal"})
        assert found_in_files(tmp_path, [EMAIL, *TRACES], but=but) == []
        assert prove() == []
