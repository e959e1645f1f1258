"""Whether the guarantee covers a line: by the goods, the parcels and the policy that the order was sold under."""

from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.catalogue.models import FormerSlug, Placement, Product
from storefront.config import settings
from storefront.database import session, transaction
from storefront.orders import actions
from storefront.orders.guarantee import covered
from storefront.orders.models import OrderLine
from storefront.orders.queries import order_record
from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.queries import policy_by_id
from storefront.policies.rules import Decision, Rule
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy, words
from tests.builders.catalogue import a_collection
from tests.builders.orders import an_order
from tests.builders.shipments import BY, a_shipment


def without(*, products: tuple[str, ...] = (), collections: tuple[str, ...] = ()) -> PolicyDocument:
    """A policy of sixty days from delivery that leaves goods out."""
    document = default_document("EUR")
    promise = replace(document.money_back, excluded_products=products, excluded_collections=collections)
    return replace(document, money_back=promise)


def decided(order_id: int) -> Decision:
    """What is decided about the order's only line now."""
    record = order_record(order_id)
    policy = policy_by_id(record.order.policy_version_id)
    (decision,) = covered(record, policy=policy, at=clock.now(), zone=settings().timezone).values()
    return decision


def the_product_of(order_id: int) -> Product:
    """The product of the order's only line."""
    line = sa.select(OrderLine.product_id).where(OrderLine.order_id == order_id)
    return session().scalars(sa.select(Product).where(Product.id.in_(line))).one()


def test_a_line_is_covered_to_the_last_day_after_its_last_parcel(inside: Flask, frozen: ModuleType) -> None:
    order_id = an_order(paid=True)
    assert decided(order_id).rule == Rule.NOT_STARTED
    actions.deliver(a_shipment(order_id), on=date(2026, 6, 17), by=BY)

    frozen.advance(timedelta(days=60))
    within = decided(order_id)
    frozen.advance(timedelta(days=1))
    over = decided(order_id)

    assert (within.rule, within.ends_on) == (Rule.WITHIN_WINDOW, date(2026, 8, 16))
    assert (over.rule, over.version) == (Rule.WINDOW_OVER, order_record(order_id).order.policy_version_id)


def test_a_product_is_left_out_under_each_slug_that_it_has_or_had(inside: Flask) -> None:
    a_policy(without(products=("old-name",)))
    order_id = an_order(paid=True)
    product = the_product_of(order_id)
    assert decided(order_id).rule == Rule.NOT_STARTED

    with transaction() as current:
        current.add(FormerSlug(slug="old-name", product_id=product.id))

    assert decided(order_id).rule == Rule.EXCLUDED
    a_policy(without(products=(product.slug,)))
    assert decided(an_order(paid=True, cart_id="cart-2", title="Cup")).rule == Rule.NOT_STARTED


def test_a_product_is_left_out_with_its_collection(inside: Flask) -> None:
    a_policy(without(collections=("kits",)))
    order_id = an_order(paid=True)
    shelf = a_collection("kits")
    assert decided(order_id).rule == Rule.NOT_STARTED

    with transaction() as current:
        current.add(Placement(collection_id=shelf.id, product_id=the_product_of(order_id).id, position=0))

    assert decided(order_id).rule == Rule.EXCLUDED


def test_a_later_policy_changes_nothing_for_an_order(inside: Flask) -> None:
    order_id = an_order(paid=True)
    version = decided(order_id).version
    document = default_document("EUR")

    a_policy(replace(document, money_back=replace(document.money_back, window_days=0)))

    assert (decided(order_id).rule, decided(order_id).version) == (Rule.NOT_STARTED, version)


@pytest.mark.parametrize("page", ["", "/refunds"])
def test_staff_read_beside_each_line_how_long_it_is_covered(
    app: Flask, frozen: ModuleType, page: str
) -> None:
    with app.app_context():
        order_id = an_order(paid=True)
        person = a_staff_member(role="owner")
    desk = signed_in(app, person)
    url = f"/staff/orders/{1000 + order_id}{page}"
    before = words(desk.get(url))
    with app.app_context():
        actions.deliver(a_shipment(order_id), on=date(2026, 6, 17), by=BY)

    after = words(desk.get(url))

    assert "Covered; its days do not count yet (policy 1)" in before
    assert "Covered until Aug 16, 2026 (policy 1)" in after


def test_an_unpaid_order_says_nothing_of_cover(app: Flask) -> None:
    with app.app_context():
        number, person = 1000 + an_order(), a_staff_member(role="owner")

    assert "policy 1)" not in words(signed_in(app, person).get(f"/staff/orders/{number}"))
