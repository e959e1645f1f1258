"""What is on the balance goes to the shop's bank: when told to, or once a day, all of it, and never what is owed."""

from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session

DAY = 86_400


def moved(bench: Bench) -> list[tuple[str, int]]:
    """What moved on the balance, oldest first: type and net."""
    found = bench.api.balance_transactions.list(params={"limit": 100}).data
    return [(each.type, each.net) for each in reversed(found)]


def test_a_payout_takes_the_balance_and_says_so(bench: Bench) -> None:
    a_paid_session(bench, amount=2400)

    for _again in range(2):
        bench.control("payout")

    (payout,) = bench.api.payouts.list().data
    assert (payout.amount, payout.currency, payout.status) == (2339, "eur", "paid")
    movement = bench.api.balance_transactions.retrieve(str(payout.balance_transaction))
    assert (movement.type, movement.net, movement.fee, movement.source) == ("payout", -2339, 0, payout.id)
    assert movement.reporting_category == "payout"
    assert bench.api.payouts.retrieve(payout.id).id == payout.id
    assert bench.state()["totals"]["eur"]["net"] == 2339


def test_the_balance_is_paid_out_once_a_day_from_the_next_day_on(bench: Bench) -> None:
    bench.control("payouts")
    a_paid_session(bench, amount=2400)
    assert moved(bench) == [("charge", 2339)]

    for _hour in range(2):
        bench.clock.advance(DAY / 2)
        moved(bench)
    a_paid_session(bench, amount=1000)
    bench.clock.advance(3 * DAY)

    assert moved(bench) == [("charge", 2339), ("payout", -2339), ("charge", 960), ("payout", -960)]


def test_nothing_is_paid_out_where_nothing_is_left_or_nobody_asked(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)
    bench.control("refund", payment_intent=session.payment_intent)
    bench.clock.advance(2 * DAY)
    bench.control("payout")
    bench.control("payouts")
    bench.control("payouts", daily=False)
    bench.clock.advance(2 * DAY)

    assert bench.api.payouts.list().data == []
