"""The demo's past is the shop's own work: every state has an order, the books are right, and it is played once."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue.models import Variant
from storefront.content.models import Post, PostProduct
from storefront.credit.models import CreditAccount, CreditKind
from storefront.database import release, session
from storefront.demo import crew, journal, loading, offers, year
from storefront.demo.sale import Story
from storefront.demo.turns import TURNS, CreditPart
from storefront.mail.models import OutgoingMail
from storefront.orders.models import Fulfilment, Order, OrderLine, OrderState
from storefront.orders.refund import Refund, RefundState
from storefront.payments.models import AttemptState, BalanceMovement, Dispute, PaymentAttempt
from storefront.pricing.queries import discounts
from storefront.refunds.returns import ReturnRequest, ReturnState
from storefront.refunds.withdrawals import Withdrawal
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.builders.catalogue import a_product
from tests.servers.stripe import StripeStandIn

ONE_EACH = tuple(replace(turn, count=1) for turn in TURNS)


@pytest.fixture
def demo(sandbox: StripeStandIn, inside: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A shop with the demo's goods, without their pictures: those have tests of their own."""
    monkeypatch.setattr(loading, "_take_pictures", lambda progress: {})
    facts = loading._facts
    monkeypatch.setattr(
        loading,
        "_facts",
        lambda product, *rest: facts(replace(product, pictures=()), *rest),
    )
    loading.load()
    return inside


@pytest.mark.usefixtures("demo")
def test_every_state_has_an_order_and_the_books_are_right() -> None:
    assert year.play(turns=ONE_EACH, orders=len(ONE_EACH) + 2)

    states = set(session().scalars(sa.select(Order.state)))
    assert states == set(OrderState)
    assert set(session().scalars(sa.select(Order.fulfilment))) >= {Fulfilment.UNSHIPPED, Fulfilment.DELIVERED}
    assert set(session().scalars(sa.select(PaymentAttempt.state))) >= {AttemptState.PAID, AttemptState.REVIEW}
    assert set(session().scalars(sa.select(Refund.state))) >= {RefundState.SETTLED, RefundState.FAILED}
    assert len(set(session().scalars(sa.select(Dispute.state)))) == 3
    # Approved is a moment in a shop where one person may refund any amount.
    returned = set(session().scalars(sa.select(ReturnRequest.state)))
    assert returned == set(ReturnState) - {ReturnState.APPROVED}
    assert session().scalar(sa.select(sa.func.count(Withdrawal.id))) == 2
    paid_out = sa.select(BalanceMovement.at).where(BalanceMovement.kind == "payout")
    assert len({(at.year, at.month) for at in session().scalars(paid_out)}) > 6
    release()
    assert prove() == []
    release()
    assert {name for name, count in reconcile().changed.items() if count} <= {"events"}
    assert reconcile().total == 0


@pytest.mark.usefixtures("demo")
def test_gift_cards_are_sold_and_one_is_partly_spent_and_somebody_has_credit() -> None:
    turns = [each for each in TURNS if each.credit is not CreditPart.NONE]

    year.play(turns=turns, orders=len(turns))

    accounts = session().scalars(sa.select(CreditAccount).order_by(CreditAccount.opened_at)).all()
    spent, whole = (each for each in accounts if each.kind == CreditKind.GIFT_CARD)
    assert 0 < spent.balance_minor < whole.balance_minor == 10_000
    assert [each.balance_minor for each in accounts if each.kind == CreditKind.STORE_CREDIT] == [1500]
    assert session().scalars(sa.select(Order).where(Order.credit_minor > 0)).one().is_paid
    release()
    assert prove() == []


@pytest.mark.usefixtures("demo")
def test_the_shelves_end_as_they_were_written_down() -> None:
    before = _on_hand()

    year.play(turns=(), orders=5)

    assert _on_hand() == before


def _on_hand() -> dict[int, int | None]:
    rows = session().execute(sa.select(Variant.id, Variant.on_hand)).all()
    release()
    return {row.id: row.on_hand for row in rows}


@pytest.mark.usefixtures("demo")
def test_a_second_play_changes_nothing() -> None:
    year.play(turns=(), orders=3)

    assert not year.play(turns=(), orders=3)

    assert session().scalar(sa.select(sa.func.count(Order.id))) == 3


@pytest.mark.usefixtures("demo")
def test_an_interrupted_play_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = year._told
    monkeypatch.setattr(year, "_told", lambda purchase, cast: _interrupted(whole(purchase, cast)))
    with pytest.raises(KeyboardInterrupt):
        year.play(turns=(), orders=3)
    monkeypatch.setattr(year, "_told", whole)

    year.play(turns=(), orders=3)

    carts = Counter(session().scalars(sa.select(Order.cart_id)))
    assert set(carts) == {"demo-0", "demo-1", "demo-2"}
    assert set(carts.values()) == {1}
    release()
    assert prove() == []


def _interrupted(story: Story) -> Story:
    yield from islice(story, 1)
    raise KeyboardInterrupt


@pytest.mark.usefixtures("demo")
def test_the_customer_with_an_account_finds_their_orders_there() -> None:
    year.play(turns=(), orders=40)

    email, _name = crew.CUSTOMER
    theirs = session().execute(sa.select(Order.email, Order.customer_id)).all()
    assert {row.customer_id is not None for row in theirs if row.email == email} == {True}
    assert all(row.customer_id is None for row in theirs if row.email != email)


@pytest.mark.usefixtures("demo")
def test_its_mails_are_written_at_their_time() -> None:
    year.play(turns=(), orders=2)

    for mail in session().scalars(sa.select(OutgoingMail)):
        assert mail.text
        assert mail.recipient.endswith("@example.org")


@pytest.mark.usefixtures("demo")
def test_some_of_it_came_from_posts_that_were_public_and_showed_it() -> None:
    journal.write()
    year.play(turns=(), orders=30)

    rows = (
        session()
        .execute(
            sa.select(
                OrderLine.post_id, Order.placed_at, Post.published_at, PostProduct.post_id.label("shown")
            )
            .join(Order, Order.id == OrderLine.order_id)
            .outerjoin(Post, Post.id == OrderLine.post_id)
            .outerjoin(
                PostProduct,
                (PostProduct.post_id == OrderLine.post_id) & (PostProduct.product_id == OrderLine.product_id),
            )
        )
        .all()
    )
    of_posts = [row for row in rows if row.post_id]
    assert 4 <= len(of_posts) < len(rows)
    assert all(row.published_at <= row.placed_at and row.shown for row in of_posts)


def test_a_shop_that_sends_mail_gets_no_past(make_app: "object", sandbox: StripeStandIn) -> None:
    app = make_app(**sandbox.settings, smtp_url="smtp://127.0.0.1:1")  # type: ignore[operator]
    with app.app_context():
        assert not year.play(turns=(), orders=1)
        assert session().scalar(sa.select(Order.id).limit(1)) is None


def test_a_shop_with_goods_of_its_own_is_no_demo(inside: Flask) -> None:
    a_product("teapot")

    assert not loading.is_demo()


@pytest.mark.usefixtures("demo")
def test_a_code_and_a_discount_by_itself_are_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "code_of", lambda _chance: offers.WELCOME)

    year.play(turns=(), orders=12)

    given = [each for row in session().scalars(sa.select(Order.discounts)) for each in row]
    assert offers.WELCOME in {each["code"] for each in given}
    assert "Five per cent on larger baskets" in {each["title"] for each in given}
    assert {row.title for row in discounts(most=9)} == {
        "Five per cent on larger baskets",
        "Welcome",
        "Spring weeks",
    }
    release()
    assert prove() == []
