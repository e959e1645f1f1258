"""What Stripe's balance transactions say of a dispute: what was withdrawn, and what of it came back."""

from types import SimpleNamespace

import pytest

from storefront.money import Money
from storefront.payments.evidence import StripeDispute, dispute_of


def told(status: str, *moved: int, currency: str = "eur", amount: int = 2400) -> StripeDispute:
    """A dispute in euro whose balance transactions are in `currency`."""
    return dispute_of(
        SimpleNamespace(
            id="dp_1",
            status=status,
            reason="fraudulent",
            amount=amount,
            currency="eur",
            payment_intent="pi_1",
            evidence_details=SimpleNamespace(due_by=None),
            balance_transactions=[SimpleNamespace(amount=each, currency=currency) for each in moved],
            created=1_800_000_000,
        )
    )


@pytest.mark.parametrize(
    ("status", "moved", "withdrawn", "reinstated"),
    [
        ("warning_needs_response", (), 0, 0),
        ("needs_response", (-2400,), 2400, 0),
        ("won", (-2400,), 2400, 0),
        ("won", (-2400, 2400), 2400, 2400),
        ("lost", (-2400,), 2400, 0),
        ("lost", (-2400, 900), 2400, 900),
        # Won, and lost again: more movements than Stripe names, of which what is gone counts.
        ("lost", (-2400, 2400, -2400), 2400, 0),
    ],
)
def test_what_moved_is_what_was_withdrawn_and_reinstated(
    status: str, moved: tuple[int, ...], withdrawn: int, reinstated: int
) -> None:
    found = told(status, *moved)

    assert (found.withdrawn, found.reinstated) == (Money(withdrawn, "EUR"), Money(reinstated, "EUR"))


@pytest.mark.parametrize(
    ("status", "moved", "reinstated"),
    [
        ("needs_response", (-2600,), 0),
        # The rate was another on the day of each.
        ("won", (-2600, 2550), 2400),
        ("won", (-2600, 2700), 2400),
        ("lost", (-2600, 975), 900),
        ("lost", (-2600, 2700), 2400),
    ],
)
def test_in_another_currency_the_whole_is_the_whole_and_a_part_its_share(
    status: str, moved: tuple[int, ...], reinstated: int
) -> None:
    found = told(status, *moved, currency="usd")

    assert (found.withdrawn, found.reinstated) == (Money(2400, "EUR"), Money(reinstated, "EUR"))
