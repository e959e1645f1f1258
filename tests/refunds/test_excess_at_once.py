"""What was not owed is taken out of credit, and off cards, while somebody spends of both: none waits in vain."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import Why, pay_in, take_out
from storefront.database import release, session, transaction
from storefront.money import Money
from storefront.refunds.excess import take_excess_back
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.builders.payments import order
from tests.databases import at_the_same_time
from tests.refunds.test_cards_back_at_once import Sold
from tests.refunds.test_excess import BY, given_as_credit, in_the_dashboard, the_one_at_stripe
from tests.servers.stripe import StripeStandIn

ONE = Money(1, "EUR")


class Both:
    """A refund at Stripe of 24.00 that had become credit and of a card that was spent; both are there again, the card
    the first by its id."""

    def __init__(self, sandbox: StripeStandIn, patch: pytest.MonkeyPatch) -> None:
        placed = Sold(sandbox).placed
        self.card_id = session().scalars(sa.select(CreditAccount.id)).one()
        release()
        with patch.context() as names:
            names.setattr("storefront.orders.tenders.new_id", lambda kind: f"{kind}_z")
            given_as_credit(placed)
        with transaction():
            assert take_out(self.card_id, Money(2500, "EUR"), Why(CreditCause.ADJUSTED))
        captured = order(placed).captured_minor
        release()
        in_the_dashboard(sandbox, placed, captured)
        reconcile()
        with transaction():
            pay_in(self.card_id, Money(2500, "EUR"), Why(CreditCause.ADJUSTED))
        self.refund_id = the_one_at_stripe(placed)


def at_once(app: Flask, both: Both) -> list[str]:
    """What becomes of somebody who spends of the card and then of the credit, and of staff who take both back."""
    has_card = threading.Event()

    def spend() -> None:
        with transaction():
            assert take_out(both.card_id, ONE, Why(CreditCause.ADJUSTED))
            has_card.set()
            # As long as staff need to come to the first lock that is held.
            threading.Event().wait(0.7)
            assert take_out("crd_z", ONE, Why(CreditCause.ADJUSTED))

    def take() -> None:
        has_card.wait(10)
        take_excess_back(both.refund_id, why="Both were given.", by=BY)

    return at_the_same_time(app, spend, take)


def test_who_spends_and_who_takes_back_what_was_not_owed_never_wait_for_one_another(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        both = Both(sandbox, monkeypatch)

    outcomes = at_once(app, both)

    assert outcomes == ["done", "done"]
    with app.app_context():
        balances = sa.select(CreditAccount.balance_minor).order_by(CreditAccount.id)
        assert list(session().scalars(balances)) == [0, 0]
        release()
        assert [each for each in prove() if "of which 2 was not owed" not in each] == []


def test_with_credit_locked_before_cards_both_wait_for_one_another(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """The control run: each account is locked when it is taken from. SQLite has one lock for all."""
    with app.app_context():
        both = Both(sandbox, monkeypatch)
    monkeypatch.setattr("storefront.refunds.excess._lock_accounts", lambda _ids: None)

    outcomes = at_once(app, both)

    assert ("deadlock" in outcomes) == (engine == "postgresql")
