"""Tax within a price: rounded half up, and never a minor unit more or less than the total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.money import Money
from storefront.pricing.tax import WHOLE, TaxSplit, split_added, split_included, step_of


@pytest.mark.parametrize(
    ("total", "rate_bp", "tax"),
    [
        (11900, 1900, 1900),
        (100, 1900, 16),
        (1, 1900, 0),
        (0, 1900, 0),
        (11900, 0, 0),
        (200, 10_000, 100),
        (107, 700, 7),
        # 5.5 % of 211: 11.0 exactly; one unit around it.
        (210, 550, 11),
        (211, 550, 11),
        (212, 550, 11),
        # Exactly half a unit of tax goes up.
        (3, 2000, 1),
        (9, 2000, 2),
        (1, 10_000, 1),
    ],
)
def test_the_tax_in_a_total_is_rounded_half_up(total: int, rate_bp: int, tax: int) -> None:
    found = split_included(Money(total, "EUR"), rate_bp)

    assert found == TaxSplit(Money(total - tax, "EUR"), Money(tax, "EUR"), Money(total, "EUR"))


@given(st.integers(-(10**12), 10**12), st.integers(0, 10_000), st.sampled_from(("JPY", "EUR", "KWD")))
def test_net_and_tax_are_the_total(minor: int, rate_bp: int, currency: str) -> None:
    found = split_included(Money(minor, currency), rate_bp)

    assert found.net + found.tax == found.total == Money(minor, currency)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_the_tax_is_within_half_a_unit_of_the_exact_one(minor: int, rate_bp: int) -> None:
    tax = split_included(Money(minor, "EUR"), rate_bp).tax.minor

    assert abs(2 * (tax * (10_000 + rate_bp) - minor * rate_bp)) <= 10_000 + rate_bp


@pytest.mark.parametrize("rate_bp", [-1, 10_001])
def test_a_rate_outside_0_to_100_percent_is_a_bug(rate_bp: int) -> None:
    with pytest.raises(ValueError):
        split_included(Money(100, "EUR"), rate_bp)


@given(st.integers(0, 10**9), st.integers(0, 10_000), st.sampled_from(("JPY", "EUR", "KWD")))
def test_tax_that_is_added_is_rounded_half_up_to_what_can_be_charged(
    minor: int, rate_bp: int, currency: str
) -> None:
    step = step_of(currency)
    net = Money(minor * step, currency)

    found = split_added(net, rate_bp)

    assert found.net == net
    assert found.total == net + found.tax
    assert found.tax.minor % step == 0
    assert abs(found.tax.minor * WHOLE - net.minor * rate_bp) * 2 <= step * WHOLE


def test_a_line_without_tax_and_the_same_line_with_it_are_one_line() -> None:
    without, within = split_added(Money(1000, "EUR"), 1900), split_included(Money(1190, "EUR"), 1900)

    assert without == within == TaxSplit(Money(1000, "EUR"), Money(190, "EUR"), Money(1190, "EUR"))
