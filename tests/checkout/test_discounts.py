"""A discount on an order: frozen with it, used once, given back when it is not paid, and never above its limit."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import people
from storefront.cart.quote import Quote
from storefront.checkout import actions as checkout
from storefront.checkout.actions import TotalChanged, settle_payment
from storefront.checkout.giving_up import cancel_unpaid, expire_order
from storefront.checkout.payment_review import return_payment
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.amending import change_contact, change_delivery, fingerprint
from storefront.orders.models import OrderState
from storefront.payments.models import PaymentAttempt
from storefront.pricing.actions import change_discount, end_discount, facts_of
from storefront.pricing.models import Discount, DiscountKind, DiscountUse
from storefront.refunds.queries import refundable
from storefront.refunds.reckoning import Wanted
from storefront.reports.prove import prove
from tests.builders.cart import a_cart, a_policy, a_shelf, put_in, submit_details, submit_order, token, words
from tests.builders.catalogue import a_variant
from tests.builders.discounts import BY, a_discount, the_discount, uses
from tests.builders.orders import LEIPZIG
from tests.builders.payments import (
    Shopper,
    a_draft,
    a_shopper,
    open_page,
    order,
    pay,
    place,
    quoted,
    the_session,
)
from tests.builders.refunds import a_payment_in_review, ask_back
from tests.checkout.reviewing import all_orders
from tests.client import ShopClient
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone
from tests.servers.stripe import StripeStandIn


def with_code(shopper: Shopper, code: str = "SPRING10") -> Shopper:
    return replace(shopper, cart=replace(shopper.cart, code=code))


def another(shopper: Shopper, *, email: str = "omar@example.org") -> Shopper:
    """Somebody else with the same goods and the same code."""
    return Shopper(a_draft(email=email), replace(shopper.cart, id=f"cart-{email}"))


def test_the_order_keeps_what_it_was_given_and_stripe_is_asked_for_that(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    discount_id = a_discount(percent=15)
    shopper = with_code(a_shopper(price_minor=3333, pieces=3))

    placed = place(shopper)
    open_page(placed)
    end_discount(discount_id, by=BY)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)

    kept = order(placed)
    assert (kept.goods_minor, kept.discount_minor, kept.total_minor) == (9999, 1500, 8499)
    assert [(each["code"], each["amount_minor"]) for each in kept.discounts] == [("SPRING10", 1500)]
    items = session().get_one(PaymentAttempt, placed.attempt_id).params["line_items"]
    assert [item["price_data"]["unit_amount"] for item in items] == [8499]
    assert (kept.state, uses(discount_id)) == (OrderState.PAID, [placed.order_id])
    assert prove() == []


def test_a_limit_is_held_and_the_next_is_told_and_shown_the_new_total(inside: Flask) -> None:
    discount_id = a_discount(total_limit=1)
    shopper = with_code(a_shopper(on_hand=9))
    late = another(shopper)
    shown = quoted(late).total.minor
    place(shopper)

    with pytest.raises(TotalChanged) as refused:
        place(late, shown_minor=shown)

    assert refused.value.quote.total == Money(2400, "EUR")
    assert "is not valid" in refused.value.quote.code_says
    assert len(uses(discount_id)) == 1


def test_its_own_order_does_not_use_up_a_shoppers_code(inside: Flask, sandbox: StripeStandIn) -> None:
    discount_id = a_discount(total_limit=1, person_limit=1)
    shopper = with_code(a_shopper(on_hand=9))
    first = place(shopper)

    changed = place(shopper.with_pieces(2), shown_minor=4320)

    assert order(first).state == OrderState.CANCELLED
    assert (order(changed).total_minor, uses(discount_id)) == (4320, [changed.order_id])


@pytest.mark.parametrize("limits", [{"total_limit": 1}, {"person_limit": 1}])
def test_of_one_cart_in_two_drafts_the_later_order_has_the_code(
    inside: Flask, sandbox: StripeStandIn, limits: dict[str, Any]
) -> None:
    discount_id = a_discount(**limits)
    shopper = with_code(a_shopper(on_hand=9))
    first = place(shopper)
    open_page(first)

    second = place(replace(shopper, draft_id=a_draft()))
    again = place(replace(shopper, draft_id=a_draft()))

    assert [order(each).state for each in (first, second, again)] == [
        *[OrderState.CANCELLED] * 2,
        OrderState.AWAITING_PAYMENT,
    ]
    assert order(again).total_minor == 2160
    assert uses(discount_id) == [again.order_id]


def test_a_cart_that_was_paid_in_one_draft_is_not_ordered_in_another(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    a_discount(total_limit=1)
    shopper = with_code(a_shopper(on_hand=9))
    first = place(shopper)
    open_page(first)
    pay(sandbox, first)

    with pytest.raises(checkout.AlreadyPaid):
        place(replace(shopper, draft_id=a_draft()))

    assert order(first).state == OrderState.PAID


def test_an_order_that_is_cancelled_unpaid_gives_its_use_back(inside: Flask, sandbox: StripeStandIn) -> None:
    discount_id = a_discount(total_limit=1)
    placed = place(with_code(a_shopper()))
    open_page(placed)

    assert cancel_unpaid(placed.order_id, code="expired")

    assert uses(discount_id) == []
    assert order(placed).discounts, "what it was given stays on it"
    assert prove() == []


def test_a_use_that_is_paid_late_is_taken_again_or_the_money_goes_back(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    discount_id = a_discount(total_limit=1)
    shopper = with_code(a_shopper(on_hand=9))
    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed, later="succeeded", after=60 * 86400)
    settle_payment(placed.attempt_id)
    frozen.advance(timedelta(days=14, minutes=1))
    expire_order(placed.order_id)
    assert uses(discount_id) == []
    faster = place(another(shopper))

    sandbox.control("settle", session=the_session(placed.attempt_id), outcome="succeeded")
    settle_payment(placed.attempt_id)

    assert order(placed).state == OrderState.CANCELLED
    assert uses(discount_id) == [faster.order_id]
    assert order(placed).refunded_minor == 2160


def test_a_customer_has_it_as_often_as_one_may_however_the_address_is_written(inside: Flask) -> None:
    discount_id = a_discount(person_limit=1)
    shopper = with_code(a_shopper(on_hand=9))
    place(shopper)
    same = another(shopper, email="MARA@Example.ORG")

    with pytest.raises(TotalChanged) as refused:
        place(same, shown_minor=2160)
    assert refused.value.quote.code_says == "This code has already been used with this e-mail address."
    place(another(shopper))

    assert len(uses(discount_id)) == 2
    assert {row.person for row in session().scalars(sa.select(DiscountUse))} == {
        people.email_key("mara@example.org"),
        people.email_key("omar@example.org"),
    }


def test_one_that_changes_between_the_look_and_the_write_is_not_taken(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    discount_id = a_discount()
    shopper = with_code(a_shopper())
    reckoned = checkout.orderable

    def change_after(*args: object) -> object:
        quote = reckoned(*args)  # type: ignore[arg-type]
        current = session()
        current.execute(sa.update(Discount).values(version=Discount.version + 1, basis_points=100))
        return quote

    monkeypatch.setattr(checkout, "orderable", change_after)

    with pytest.raises(Refused, match="cannot be had any more"):
        place(shopper)

    assert uses(discount_id) == []


def test_the_database_itself_holds_the_limit_and_one_use_for_each_order(inside: Flask) -> None:
    discount_id = a_discount(total_limit=1)
    placed = place(with_code(a_shopper()))
    row = session().scalars(sa.select(DiscountUse)).one()

    with pytest.raises(sa.exc.IntegrityError), transaction() as current:
        current.execute(sa.update(Discount).values(uses=2))
    again = {name: getattr(row, name) for name in ("order_id", "cart_id", "amount_minor", "at", "person")}
    with pytest.raises(sa.exc.IntegrityError), transaction() as current:
        current.execute(sa.insert(DiscountUse).values(discount_id=discount_id, turn=2, **again))

    assert uses(discount_id) == [placed.order_id]


def test_an_order_for_nothing_never_asks_stripe(inside: Flask, sandbox: StripeStandIn) -> None:
    a_discount(percent=100)
    placed = place(with_code(a_shopper()))

    assert open_page(placed) == ""
    assert settle_payment(placed.attempt_id).is_paid
    assert sandbox.state()["totals"] == {}
    assert prove() == []


@pytest.mark.parametrize("turns", list(permutations(range(3))))
def test_refunds_of_all_lines_in_any_order_end_at_what_was_captured(
    inside: Flask, sandbox: StripeStandIn, turns: tuple[int, ...]
) -> None:
    a_policy(a_document(a_zone(methods=(a_method(price_minor=490, free_from_minor=None),))))
    a_discount(percent=33)
    goods = [
        (a_variant(price_minor=price, on_hand=9).id, pieces)
        for price, pieces in ((333, 3), (999, 2), (101, 1))
    ]
    placed = place(with_code(Shopper(a_draft(), a_cart(*goods, id="c"))))
    open_page(placed)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    lines = [line.id for line in refundable(placed.order_id).lines]

    for turn in turns:
        for _piece in range(goods[turn][1]):
            ask_back(placed, Wanted(pieces={lines[turn]: 1}))
    last = Wanted(shipping=refundable(placed.order_id).shipping_left)
    ask_back(placed, last)

    kept = order(placed)
    assert kept.refunded_minor == kept.captured_minor == kept.total_minor
    assert prove() == []


def test_free_shipping_stays_free_when_the_goods_go_elsewhere(inside: Flask, sandbox: StripeStandIn) -> None:
    a_policy(a_document(a_zone("DE", "AT", methods=(a_method(price_minor=490, free_from_minor=None),))))
    a_discount("SHIPFREE", kind=DiscountKind.SHIPPING)
    kit = a_variant(price_minor=2000)
    placed = place(with_code(Shopper(a_draft(), a_cart((kit.id, 1))), "SHIPFREE"))
    vienna = {**LEIPZIG, "country": "AT", "postal_code": "1010", "city": "Wien"}

    change_delivery(placed.order_id, delivery=vienna, seen=fingerprint(dict(LEIPZIG)), by=BY)

    kept = order(placed)
    assert (kept.country, kept.shipping_minor, kept.total_minor) == ("AT", 0, 2000)
    assert prove() == []


def holders(discount_id: int) -> list[tuple[str, int]]:
    mine = sa.select(DiscountUse.person, DiscountUse.turn).where(DiscountUse.discount_id == discount_id)
    rows = session().execute(mine.order_by(DiscountUse.order_id))
    return [(row.person or "", row.turn) for row in rows]


def test_a_use_goes_with_the_order_to_another_address_in_that_person_s_next_turn(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    discount_id = a_discount(person_limit=2)
    first = with_code(a_shopper(on_hand=9))
    placed = [place(first), place(another(first))]
    before = holders(discount_id)

    for _again in range(2):
        change_contact(
            placed[0].order_id,
            email="Omar@example.org",
            seen=fingerprint(order(placed[0]).email),
            by=BY,
        )

    assert before == [("mara@example.org", 1), ("omar@example.org", 1)]
    assert holders(discount_id) == [("omar@example.org", 2), ("omar@example.org", 1)]
    third, fourth = (
        Quote.of(replace(first.cart, id=f"cart of {email}"), email=email)
        for email in ("omar@example.org", "mara@example.org")
    )
    assert (third.discount.minor, fourth.discount.minor > 0) == (0, True)
    assert prove() == []


def test_what_was_used_keeps_its_code_and_its_kind(inside: Flask) -> None:
    discount_id = a_discount()
    place(with_code(a_shopper()))
    facts = facts_of(the_discount(discount_id))

    with pytest.raises(Refused, match="its code and its kind stay"):
        change_discount(discount_id, replace(facts, code="OTHER"), seen=1, by=BY)
    assert change_discount(discount_id, replace(facts, basis_points=500), seen=1, by=BY)
    with pytest.raises(Refused, match="while you were writing"):
        change_discount(discount_id, replace(facts, basis_points=700), seen=1, by=BY)


def test_the_order_its_invoice_and_its_mail_name_the_discount(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    kit = a_shelf(app, price_minor=2400)
    with app.app_context():
        a_discount()
    put_in(client, kit)
    client.post("/cart/code", data={"csrf_token": token(client.get("/cart")), "code": "spring10"})
    submit_details(client)
    review = client.get("/checkout/review")

    answer = submit_order(client, review)

    assert "Discount SPRING10 -€2.40" in words(review)
    assert "Order and pay €21.60" in words(review)
    assert answer.status_code == 303
    (placed,) = all_orders(app)
    assert placed.total_minor == 2160


def test_a_code_that_ended_meanwhile_is_told_with_the_new_total_before_it_is_paid(
    app: Flask, client: ShopClient
) -> None:
    kit = a_shelf(app, price_minor=2400)
    with app.app_context():
        discount_id = a_discount()
    put_in(client, kit)
    client.post("/cart/code", data={"csrf_token": token(client.get("/cart")), "code": "SPRING10"})
    submit_details(client)
    review = client.get("/checkout/review")
    with app.app_context():
        end_discount(discount_id, by=BY)

    answer = submit_order(client, review)

    assert answer.status_code == 422
    said = words(answer)
    assert "This code is not valid, or no longer." in said
    assert "The total was €21.60 and is now €24.00." in said
    assert all_orders(app) == []


def test_a_payment_that_is_returned_leaves_the_discount_to_others(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    discount_id = a_discount("", total_limit=1)
    placed = a_payment_in_review(sandbox, minor=9900)
    assert uses(discount_id) == [placed.order_id]

    return_payment(placed.attempt_id, why="Nobody knows what it is.", by=BY)

    assert uses(discount_id) == []
    assert prove() == []


@pytest.mark.parametrize("limits", [{"total_limit": 1}, {"person_limit": 1}])
def test_a_price_asks_as_few_things_however_many_discounts_are_used_up(
    inside: Flask, count_queries: Counting, limits: dict[str, int]
) -> None:
    shopper = a_shopper(on_hand=9)
    asked = []
    for _each in range(3):
        a_discount("", **limits)
        place(another(shopper, email=f"omar{_each}@example.org"))
        session().rollback()
        with count_queries() as counted:
            Quote.of(another(shopper).cart, country="DE", email="omar0@example.org")
        asked.append(counted.selects)

    assert asked[2] == asked[0], asked
