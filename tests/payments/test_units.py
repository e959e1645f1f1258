"""Stripe's integers and ours meet in one place, exactly, for every kind of currency."""

import pytest

from storefront.money import Money
from storefront.payments.units import from_units, largest_charge, minimum_charge, to_units

PAIRS = [
    (Money(2400, "EUR"), 2400),
    (Money(1, "USD"), 1),
    (Money(500, "JPY"), 500),
    (Money(1500, "ISK"), 150_000),
    (Money(1500, "UGX"), 150_000),
    (Money(2400, "RSD"), 240_000),
    (Money(90_000, "LBP"), 9_000_000),
    (Money(24_000, "KRW"), 24_000),
    (Money(2410, "KWD"), 2410),
    (Money(0, "EUR"), 0),
]


@pytest.mark.parametrize(("amount", "units"), PAIRS)
def test_an_amount_is_the_same_there_and_back(amount: Money, units: int) -> None:
    assert to_units(amount) == units
    assert from_units(units, amount.currency.lower()) == amount


@pytest.mark.parametrize("minor", [1, 9, 2411, 2419])
def test_three_decimals_that_stripe_cannot_charge_are_refused(minor: int) -> None:
    with pytest.raises(ValueError, match="steps of ten"):
        to_units(Money(minor, "KWD"))


@pytest.mark.parametrize(
    ("currency", "least"), [("EUR", 50), ("USD", 50), ("GBP", 30), ("JPY", 50), ("HUF", 17500), ("KWD", 1)]
)
def test_the_least_that_stripe_charges(currency: str, least: int) -> None:
    assert minimum_charge(currency) == Money(least, currency)


@pytest.mark.parametrize(("currency", "most"), [("EUR", 99_999_999), ("ISK", 999_999)])
def test_the_most_that_stripe_charges_has_eight_digits(currency: str, most: int) -> None:
    assert largest_charge(currency) == Money(most, currency)
