"""Orders that staff make for somebody: the checkout's own price, a link that pays however late it is clicked."""

from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.cart.quote import Quote
from storefront.catalogue.stock import SoldOut
from storefront.checkout.actions import Placed, TotalChanged, settle_payment
from storefront.checkout.by_staff import ForCustomer, pay_by_link, place_for_customer
from storefront.checkout.giving_up import expire_order
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound, Refused
from storefront.mail import send_mail
from storefront.mail.models import OutgoingMail
from storefront.orders.models import Order, OrderState, Source
from storefront.payments.models import PaymentAttempt
from storefront.reports.prove import prove
from tests.books import on_hand
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_variant
from tests.builders.orders import LEIPZIG, an_order, the_order
from tests.builders.payments import the_session
from tests.builders.shipments import BY
from tests.servers.stripe import StripeStandIn

MARA = ForCustomer("mara@example.org", LEIPZIG, None)


@pytest.fixture
def variant_id(inside: Flask) -> int:
    """Three pieces of one thing at 24.00."""
    a_policy()
    return a_variant(price_minor=2400, on_hand=3).id


def make(variant_id: int, *, pieces: int = 2, cart_id: str = "made-1", shown: int | None = None) -> Placed:
    cart = a_cart((variant_id, pieces), id=cart_id)
    total = Quote.of(cart, country="DE", shipping_code="standard").total.minor if shown is None else shown
    return place_for_customer(MARA, cart=cart, shipping_code="standard", shown_total_minor=total, by=BY)


def click(placed: Placed) -> str:
    return pay_by_link(placed.order_id, origin=settings().origin)


def attempts(placed: Placed) -> list[tuple[str, bool]]:
    """The order's attempts: their states, and whether each has a page."""
    mine = sa.select(PaymentAttempt).where(PaymentAttempt.order_id == placed.order_id)
    found = session().scalars(mine.order_by(PaymentAttempt.created_at, PaymentAttempt.expires_at))
    return [(each.state, each.session_id is not None) for each in found]


def test_it_costs_what_the_quote_says_and_holds_its_goods_for_days(
    variant_id: int, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = make(variant_id)

    order = the_order(placed.order_id)
    assert (order.source, order.total_minor, on_hand(variant_id)) == (Source.STAFF, 4800, 1)
    assert order.hold_until == frozen.now() + timedelta(hours=72)
    first = audit.history(("order", order.id))[0]
    assert (first.verb, first.actor_kind, first.actor_id) == ("order.placed", "staff", "7")
    owed = session().scalars(sa.select(OutgoingMail)).one()
    assert (owed.kind, owed.recipient) == ("payment_link", "mara@example.org")
    assert sandbox.state()["sessions"] == []


def test_another_total_than_was_shown_makes_nothing(variant_id: int) -> None:
    with pytest.raises(TotalChanged):
        make(variant_id, shown=1)

    assert (session().scalars(sa.select(Order)).all(), on_hand(variant_id)) == ([], 3)


def test_more_than_there_is_makes_nothing(variant_id: int) -> None:
    with pytest.raises((TotalChanged, SoldOut)):
        make(variant_id, pieces=4)

    assert session().scalars(sa.select(Order)).all() == []


def test_the_same_form_twice_is_one_order(variant_id: int) -> None:
    first, second = make(variant_id), make(variant_id)

    assert (first, on_hand(variant_id)) == (second, 1)


def test_a_click_opens_one_page_however_often(variant_id: int, sandbox: StripeStandIn) -> None:
    placed = make(variant_id)

    assert click(placed) == click(placed) != ""
    assert len(sandbox.state()["sessions"]) == 1


def test_a_click_long_after_opens_another_page_that_pays(
    variant_id: int, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = make(variant_id)
    frozen.advance(timedelta(hours=50))

    assert click(placed)
    newest = newest_attempt(placed)
    sandbox.control("pay", session=the_session(newest))
    settle_payment(newest)

    assert the_order(placed.order_id).is_paid
    assert attempts(placed) == [("expired", False), ("paid", True)]
    assert prove() == []


def newest_attempt(placed: Placed) -> str:
    mine = sa.select(PaymentAttempt.id).where(PaymentAttempt.order_id == placed.order_id)
    return session().scalars(mine.order_by(PaymentAttempt.expires_at.desc()).limit(1)).one()


def test_a_page_that_closed_does_not_end_the_order(
    variant_id: int, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = make(variant_id)
    click(placed)
    frozen.advance(timedelta(hours=2))

    settle_payment(placed.attempt_id)

    assert (the_order(placed.order_id).state, on_hand(variant_id)) == (OrderState.AWAITING_PAYMENT, 1)
    assert click(placed)


def test_a_page_opened_at_the_last_minute_outlives_the_hold_and_is_held_for(
    variant_id: int, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = make(variant_id)
    frozen.advance(timedelta(hours=71, minutes=50))
    click(placed)
    frozen.advance(timedelta(minutes=30))

    expire_order(placed.order_id)

    assert the_order(placed.order_id).state == OrderState.AWAITING_PAYMENT
    frozen.advance(timedelta(minutes=60))
    expire_order(placed.order_id)
    assert (the_order(placed.order_id).state, on_hand(variant_id)) == (OrderState.CANCELLED, 3)


def test_after_the_hold_a_click_opens_nothing(
    variant_id: int, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = make(variant_id)
    frozen.advance(timedelta(hours=73))

    with pytest.raises(Refused, match="time to pay is over"):
        click(placed)

    assert sandbox.state()["sessions"] == []


def test_a_paid_order_needs_no_page(variant_id: int, sandbox: StripeStandIn) -> None:
    placed = make(variant_id)
    click(placed)
    sandbox.control("pay", session=the_session(placed.attempt_id))

    assert click(placed) == ""
    assert the_order(placed.order_id).is_paid


def test_a_shoppers_own_order_has_no_such_link(inside: Flask) -> None:
    for order_id in (an_order(), 404, 2**63):
        with pytest.raises(NotFound):
            pay_by_link(order_id, origin=settings().origin)


def test_what_costs_nothing_is_paid_at_once(inside: Flask) -> None:
    a_policy()
    placed = make(a_variant(price_minor=0, on_hand=3).id)

    assert the_order(placed.order_id).is_paid
    kinds = session().scalars(sa.select(OutgoingMail.kind)).all()
    assert kinds == ["order_confirmation"]


def test_the_mail_names_goods_sum_and_time(variant_id: int) -> None:
    make(variant_id)
    mail_id = session().scalars(sa.select(OutgoingMail.id)).one()

    send_mail(mail=mail_id)

    mail = session().get_one(OutgoingMail, mail_id, populate_existing=True)
    for said in (mail.text or "", mail.html or ""):
        assert "€48.00" in said
        assert "?key=" in said
