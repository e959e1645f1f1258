"""Whether the guarantee covers a line: by the goods, the parcels and the policy that the order was sold under."""

from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.cart.quote import Quote
from storefront.catalogue.models import Collection, FormerSlug, Placement, Product
from storefront.checkout import actions as actions_of_checkout
from storefront.checkout import drafts
from storefront.config import settings
from storefront.database import transaction
from storefront.orders import actions
from storefront.orders.guarantee import covered
from storefront.orders.queries import order_record
from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.queries import policy_by_id
from storefront.policies.rules import Decision, Rule
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_cart, a_policy, words
from tests.builders.catalogue import a_collection, a_variant
from tests.builders.orders import LEIPZIG, an_order, pay
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


def ordered(variant_id: int) -> int:
    """The id of an order of one piece, placed through the checkout and paid."""
    draft_id = drafts.keep_details(None, email="mara@example.org", delivery=LEIPZIG, billing=None)
    cart = a_cart((variant_id, 1), id=f"cart-{draft_id}"[:40])
    total = Quote.of(cart, country="DE", shipping_code="standard").total
    order_id = actions_of_checkout.place_order(
        draft_id,
        cart=cart,
        shipping_code="standard",
        shown_total_minor=total.minor,
        origin=settings().origin,
    ).order_id
    pay(order_id)
    return order_id


def place(product_id: int, shelf: Collection) -> None:
    """Put a product on a shelf."""
    with transaction() as current:
        current.add(Placement(collection_id=shelf.id, product_id=product_id, position=0))


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
    first, second, third = (a_variant(title=title, on_hand=9) for title in ("Kit", "Cup", "Tray"))
    with transaction() as current:
        current.add(FormerSlug(slug="old-name", product_id=second.product_id))
        slug = current.get_one(Product, first.product_id).slug
    a_policy(without(products=("old-name", slug)))

    rules = [decided(ordered(variant.id)).rule for variant in (first, second, third)]

    assert rules == [Rule.EXCLUDED, Rule.EXCLUDED, Rule.NOT_STARTED]


def test_a_product_is_left_out_with_its_collection(inside: Flask) -> None:
    a_policy(without(collections=("kits",)))
    kit, cup = a_variant(title="Kit", on_hand=9), a_variant(title="Cup", on_hand=9)
    place(kit.product_id, a_collection("kits"))
    place(cup.product_id, a_collection("cups"))

    rules = [decided(ordered(variant.id)).rule for variant in (kit, cup)]

    assert rules == [Rule.EXCLUDED, Rule.NOT_STARTED]


def test_what_is_moved_later_changes_nothing_for_an_order(inside: Flask) -> None:
    a_policy(without(products=("old-name",), collections=("kits",)))
    shelf = a_collection("kits")
    kit, cup = a_variant(title="Kit", on_hand=9), a_variant(title="Cup", on_hand=9)
    place(kit.product_id, shelf)
    out, covered_all_along = ordered(kit.id), ordered(cup.id)

    with transaction() as current:
        current.execute(sa.delete(Placement))
        current.add(FormerSlug(slug="old-name", product_id=cup.product_id))
    place(cup.product_id, shelf)

    assert decided(out).rule == Rule.EXCLUDED
    assert decided(covered_all_along).rule == Rule.NOT_STARTED
    assert decided(ordered(cup.id)).rule == Rule.EXCLUDED


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

    assert "Covered; the days to send it back start when it arrives (policy 1)" in before
    assert "Covered until Aug 16, 2026 (policy 1)" in after


def test_an_unpaid_order_says_nothing_of_cover(app: Flask) -> None:
    with app.app_context():
        number, person = 1000 + an_order(), a_staff_member(role="owner")

    assert "policy 1)" not in words(signed_in(app, person).get(f"/staff/orders/{number}"))
