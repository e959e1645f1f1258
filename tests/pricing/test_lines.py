"""A priced basket adds up to the last minor unit, and its total can be charged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront import money
from storefront.money import Money
from storefront.pricing.lines import LineToPrice, chargeable, price_lines

CURRENCIES = st.sampled_from(("JPY", "EUR", "KWD"))
LINES = st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 999)), max_size=12)


@given(CURRENCIES, LINES, st.integers(0, 10**6), st.integers(0, 10_000))
def test_the_parts_add_up_to_the_total(
    currency: str, lines: list[tuple[int, int]], shipping: int, rate_bp: int
) -> None:
    wanted = [LineToPrice(Money(minor, currency), quantity) for minor, quantity in lines]

    found = price_lines(wanted, shipping=Money(shipping, currency), rate_bp=rate_bp)

    parts = [*(line.amounts for line in found.lines), found.shipping]
    assert money.total((part.total for part in parts), currency) == found.total
    assert money.total((part.net for part in parts), currency) == found.net
    assert money.total((part.tax for part in parts), currency) == found.tax
    assert found.net + found.tax == found.total
    assert all(part.net + part.tax == part.total for part in parts)


@given(CURRENCIES, LINES, st.integers(0, 10**6))
def test_every_total_can_be_charged(currency: str, lines: list[tuple[int, int]], shipping: int) -> None:
    wanted = [LineToPrice(Money(minor, currency), quantity) for minor, quantity in lines]

    found = price_lines(wanted, shipping=Money(shipping, currency), rate_bp=1900)

    step = 10 if currency == "KWD" else 1
    totals = [*(line.total for line in found.lines), found.shipping.total, found.total]
    assert all(total.minor % step == 0 for total in totals)


@pytest.mark.parametrize(
    ("currency", "minor", "charged"),
    [
        ("KWD", 1004, 1000),
        ("KWD", 1005, 1010),
        ("KWD", 1006, 1010),
        ("KWD", 1010, 1010),
        ("KWD", 4, 0),
        ("EUR", 1005, 1005),
        ("JPY", 1005, 1005),
    ],
)
def test_three_decimal_currencies_are_charged_in_steps_of_ten(
    currency: str, minor: int, charged: int
) -> None:
    assert chargeable(Money(minor, currency)) == Money(charged, currency)


def test_a_line_is_rounded_once_and_not_per_piece() -> None:
    found = price_lines([LineToPrice(Money(1003, "KWD"), 3)], shipping=Money.zero("KWD"), rate_bp=0)

    assert found.lines[0].total == Money(3010, "KWD")


def test_a_basket_keeps_its_lines_and_names_subtotal_and_shipping() -> None:
    tea, cup = LineToPrice(Money(1190, "EUR"), 2), LineToPrice(Money(595, "EUR"), 1)

    found = price_lines([tea, cup], shipping=Money(490, "EUR"), rate_bp=1900)

    assert [(line.unit_price.minor, line.quantity, line.tax.minor) for line in found.lines] == [
        (1190, 2, 380),
        (595, 1, 95),
    ]
    assert (found.subtotal.total.minor, found.shipping.tax.minor, found.total.minor) == (2975, 78, 3465)


def test_an_empty_basket_costs_its_shipping() -> None:
    found = price_lines([], shipping=Money(490, "EUR"), rate_bp=1900)

    assert (found.lines, found.total) == ((), Money(490, "EUR"))


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_line_of_no_pieces_is_a_bug(quantity: int) -> None:
    with pytest.raises(ValueError):
        LineToPrice(Money(100, "EUR"), quantity)


def test_two_currencies_in_one_basket_are_a_bug() -> None:
    with pytest.raises(ValueError):
        price_lines([LineToPrice(Money(100, "EUR"), 1)], shipping=Money(1, "JPY"), rate_bp=0)
