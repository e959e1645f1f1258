"""Gift cards that were sold: one for each piece, opened once when the order is paid, their codes in one mail."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout import settlement
from storefront.checkout.actions import Placed, cancel_unpaid, settle_payment
from storefront.credit.codes import code_key, digest
from storefront.credit.models import CreditAccount, CreditEntry
from storefront.database import release, session, transaction
from storefront.mail.models import OutgoingMail
from storefront.orders.issuing import open_sold_cards
from storefront.orders.models import Fulfilment, OrderLine
from storefront.orders.steps import lock_order
from storefront.reports.prove import prove
from tests.books import changed_tables, documents, mails, whole_database
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_gift_card_product, a_variant
from tests.builders.payments import Shopper, a_draft, open_page, order, pay, place
from tests.servers.stripe import StripeStandIn


def an_order_of_cards(*, with_goods: bool = False) -> Placed:
    """An open order of two cards at 25.00 and one at 50.00."""
    a_policy()
    small, large = a_gift_card_product(2500, 5000)
    goods = [(a_variant().id, 1)] if with_goods else []
    cart = a_cart((small.id, 2), (large.id, 1), *goods)
    placed = place(Shopper(a_draft(), cart, "standard" if with_goods else "none"))
    open_page(placed)
    return placed


def cards() -> list[CreditAccount]:
    """Every card, in the order in which they were sold."""
    found = sa.select(CreditAccount).order_by(CreditAccount.order_line_id, CreditAccount.piece)
    return list(session().scalars(found))


def the_mail() -> OutgoingMail:
    """The mail with the codes."""
    return session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == "gift_cards")).one()


def test_each_piece_is_a_card_and_the_buyer_gets_all_codes_in_one_mail(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = an_order_of_cards()
    pay(sandbox, placed)

    settle_payment(placed.attempt_id)

    opened, written = cards(), the_mail().facts["cards"]
    assert [each.balance_minor for each in opened] == [2500, 2500, 5000]
    assert [each.code_digest for each in opened] == [digest(code_key(said["code"]) or "") for said in written]
    assert {each.email for each in opened} == {"mara@example.org"}
    assert [kind for kind, _to in mails()] == ["gift_cards", "order_confirmation"]
    assert order(placed).fulfilment == Fulfilment.NOTHING
    assert [minor for _kind, _number, minor in documents(placed.order_id)] == [10000]
    assert set(session().scalars(sa.select(OrderLine.is_gift_card))) == {True}
    assert prove() == []


def test_no_code_stands_anywhere_but_in_the_mail(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_order_of_cards()
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    codes = [said["code"] for said in the_mail().facts["cards"]]

    rows = whole_database()

    found = {name for name, each in rows.items() for code in codes if code in str(each)}
    assert found == {"outgoing_mail"}


def test_beside_goods_only_the_cards_are_opened(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_order_of_cards(with_goods=True)
    pay(sandbox, placed)

    settle_payment(placed.attempt_id)

    assert len(cards()) == 3
    assert order(placed).fulfilment == Fulfilment.UNSHIPPED
    assert prove() == []


def test_settling_again_opens_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_order_of_cards()
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    before = whole_database()

    settle_payment(placed.attempt_id)

    assert changed_tables(before, whole_database()) == {}


def test_a_piece_is_never_opened_twice(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_order_of_cards()
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    before = whole_database()

    with pytest.raises(sa.exc.IntegrityError), transaction():
        open_sold_cards(lock_order(placed.order_id))

    release()
    assert changed_tables(before, whole_database()) == {}


def test_a_settlement_that_fails_halfway_opens_nothing_and_works_the_next_time(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = an_order_of_cards()
    pay(sandbox, placed)
    before = whole_database()
    with monkeypatch.context() as broken:
        broken.setattr(settlement, "spend", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle_payment(placed.attempt_id)
    release()
    assert changed_tables(before, whole_database()) == {}

    settle_payment(placed.attempt_id)

    assert len(cards()) == 3
    assert session().scalar(sa.select(sa.func.sum(CreditEntry.amount_minor))) == 10000
    assert prove() == []


def test_an_order_that_is_never_paid_opens_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_order_of_cards()

    cancel_unpaid(placed.order_id, code="expired")

    assert cards() == []
    assert prove() == []
