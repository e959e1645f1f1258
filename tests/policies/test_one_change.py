"""A promise is declared once: change 60 days to 30, and every place that shows or applies it follows."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.catalogue.models import Product, Variant
from storefront.config import settings
from storefront.database import session
from storefront.orders import actions
from storefront.orders.guarantee import covered
from storefront.orders.models import number_of_id
from storefront.orders.queries import order_record
from storefront.policies.actions import publish_policy
from storefront.policies.badges import badges
from storefront.policies.document import PolicyDocument
from storefront.policies.pages import money_back_page
from storefront.policies.queries import Policy, policy_by_id
from storefront.policies.rules import MoneyBackFacts, money_back
from storefront.policies.structured import merchant_return_policy
from storefront.policies.terms import terms
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_shelf, put_in, submit_details, words
from tests.builders.orders import an_order
from tests.builders.shipments import BY, a_shipment
from tests.client import ShopClient, browser
from tests.policies.documents import a_document
from tests.staff.goods import hidden, send

BERLIN = ZoneInfo("Europe/Berlin")
DELIVERED = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def is_covered(document: PolicyDocument, *, day: int) -> bool:
    """Whether a line delivered on 1 June may be sent back on the `day`th day after."""
    at, line = DELIVERED + timedelta(days=day), MoneyBackFacts(delivered_at=DELIVERED)
    return money_back(document, version=1, line=line, at=at, zone=BERLIN).allowed


@pytest.mark.parametrize("days", [60, 30])
def test_badge_page_machines_checkout_and_decision_follow_one_number(days: int) -> None:
    document = a_document(window_days=days)

    said = f"{days} days money back, counted from delivery."
    assert f"{days}-day money-back guarantee" in [each.title for each in badges(document)]
    assert money_back_page(Policy(1, document, DELIVERED), at=DELIVERED, zone=BERLIN).lead == said
    assert merchant_return_policy(document)["merchantReturnDays"] == days
    assert said in terms(document, country="DE", zone=BERLIN)
    assert [is_covered(document, day=day) for day in (days - 1, days, days + 1)] == [True, True, False]


@pytest.mark.parametrize(("percent", "said"), [(0, False), (15, True)])
def test_badge_page_machines_and_checkout_tell_the_restocking_fee(percent: int, said: bool) -> None:
    document = a_document(restocking_percent=percent)
    sentence = "We keep 15% of the price for restocking."

    page = money_back_page(Policy(1, document, DELIVERED), at=DELIVERED, zone=BERLIN)

    assert any(sentence in each.text for each in badges(document)) == said
    assert any(sentence in each.paragraphs for each in page.sections) == said
    assert ("restockingFee" in merchant_return_policy(document)) == said
    assert (sentence in terms(document, country="DE", zone=BERLIN)) == said


def _said(app: Flask, client: ShopClient, path: str, variant_id: int) -> dict[str, bool]:
    """Where the shop speaks of 60 days and of 30."""
    shopper = browser(app)
    put_in(shopper, variant_id)
    submit_details(shopper)
    product = client.get(path).text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', product, re.DOTALL)
    assert block
    machines = json.loads(block[1])["offers"]["hasMerchantReturnPolicy"]["merchantReturnDays"]
    texts = {
        "badge": words(client.get("/")),
        "product": words(client.get(path)),
        "page": words(client.get("/policies/money-back")),
        "withdrawal": words(client.get("/policies/withdrawal")),
        "json-ld": f"{machines}-day",
        "checkout": words(shopper.get("/checkout/review")),
        "agents": client.get("/agents.md").text,
        "llms": client.get("/llms.txt").text,
        "feed": client.get("/products/feed.xml").text,
    }
    return {place: bool(re.search(r"\b60( days?|-day)", text)) for place, text in texts.items()} | {
        f"{place}, 30": bool(re.search(r"\b30( days?|-day)", text)) for place, text in texts.items()
    }


def _decided(order_id: int) -> bool:
    """Whether the guarantee covers the order's line now, by the policy it was sold under."""
    record = order_record(order_id)
    policy = policy_by_id(record.order.policy_version_id)
    (decision,) = covered(record, policy=policy, at=clock.now(), zone=settings().timezone).values()
    return decision.allowed


def test_one_press_of_the_owner_changes_every_place_and_no_order_that_stands(
    app: Flask, client: ShopClient, frozen: ModuleType
) -> None:
    a_shelf(app, title="Kit")
    with app.app_context():
        publish_policy(a_document(window_days=60), author="system", note="")
        slug, variant_id = session().execute(sa.select(Product.slug, Variant.id).join(Variant)).one()
        old = an_order(paid=True, cart_id="old", title="Old")
        owner = signed_in(app, a_staff_member(role="owner"))
    path = f"/products/{slug}"
    before = _said(app, client, path, variant_id)

    looked = send(owner, "/staff/policies/edit", window_days="30")
    owner.post("/staff/policies", data=hidden(looked.text))

    after = _said(app, client, path, variant_id)
    assert {place for place, said in before.items() if not said and not place.endswith("30")} == set()
    assert {place for place, said in before.items() if said and place.endswith("30")} == set()
    assert {place for place, said in after.items() if said and not place.endswith("30")} == set()
    assert {place for place, said in after.items() if not said and place.endswith("30")} == set()
    with app.app_context():
        new = an_order(paid=True, cart_id="new", title="New")
        for order_id in (old, new):
            actions.deliver(a_shipment(order_id), on=date(2026, 6, 17), by=BY)
        decisions = {}
        for days in (30, 31, 60, 61):
            with clock.frozen(clock.now() + timedelta(days=days)):
                decisions[days] = (_decided(old), _decided(new))
    assert decisions == {30: (True, True), 31: (True, False), 60: (True, False), 61: (False, False)}
    page = words(owner.get(f"/staff/orders/{number_of_id(old)}"))
    assert "60 days money back" in page
