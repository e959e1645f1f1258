"""Amounts: what is an amount, how it is split, and that no minor unit is ever lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.money import (
    LARGEST_MINOR,
    Money,
    NotAnAmount,
    allocate,
    exponent,
    format_briefly,
    format_money,
    total,
)

EUR_1 = Money(100, "EUR")

minors = st.integers(-LARGEST_MINOR, LARGEST_MINOR)
currencies = st.sampled_from(["JPY", "EUR", "KWD"])


@pytest.mark.parametrize(
    ("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("USD", 2), ("KWD", 3), ("BHD", 3)]
)
def test_a_currency_has_its_own_number_of_decimals(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


READ = [
    ("24.00", "EUR", 2400),
    ("24", "EUR", 2400),
    ("24.5", "EUR", 2450),
    ("0.01", "EUR", 1),
    ("-0.01", "EUR", -1),
    ("0", "EUR", 0),
    ("-0", "EUR", 0),
    (" 24.00 ", "EUR", 2400),
    ("24.000", "EUR", 2400),
    ("007", "EUR", 700),
    ("24", "JPY", 24),
    ("24.00", "JPY", 24),
    ("1.234", "KWD", 1234),
    ("100000000000.00", "EUR", LARGEST_MINOR),
]


@pytest.mark.parametrize(("text", "currency", "minor"), READ)
def test_a_plain_decimal_is_an_amount(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


JUNK = ["", " ", ".", "-", ".5", "5.", "1,5", "1 000", "1.000,00", "1e3", "1E3", "0x10", "+1", "--1", "1.2.3"]
JUNK += [
    "NaN",
    "Infinity",
    "-Infinity",
    "\uff12\uff14.00",
    "٢٤",
    "²",
    "½",
    "€24",
    "24 EUR",
    "1_000",
    "1\x00",
    "1\n2",
]
JUNK += [str(2**63), "9" * 15, "9" * 5000, "0." + "0" * 7, "100000000000.01", "'; DROP TABLE product; --"]


@pytest.mark.parametrize("text", JUNK, ids=range(len(JUNK)))
def test_anything_else_is_refused_with_a_short_sentence(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        Money.parse(text, "EUR")

    assert len(refusal.value.message) < 120


@pytest.mark.parametrize(("text", "currency"), [("0.5", "JPY"), ("0.001", "EUR"), ("0.0001", "KWD")])
def test_a_part_of_a_minor_unit_is_no_amount(text: str, currency: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(text, currency)


@given(minors, currencies)
def test_what_is_written_in_full_is_read_back_the_same(minor: int, currency: str) -> None:
    amount = Money(minor, currency)

    assert Money.parse(str(amount.decimal), currency) == amount


@given(st.text(max_size=30), currencies)
def test_any_text_is_an_amount_or_refused(text: str, currency: str) -> None:
    try:
        read = Money.parse(text, currency)
    except NotAnAmount:
        return

    assert abs(read.minor) <= LARGEST_MINOR


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_minor_units_are_whole_numbers_and_nothing_else(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "EUR")  # type: ignore[arg-type]


def test_amounts_add_subtract_multiply_and_compare() -> None:
    assert Money(250, "EUR") + EUR_1 == Money(350, "EUR")
    assert Money(250, "EUR") - EUR_1 * 3 == -Money(50, "EUR")
    assert EUR_1 < Money(101, "EUR") <= Money(101, "EUR")
    assert max(EUR_1, Money(99, "EUR")) == EUR_1
    assert not Money.zero("EUR")
    assert bool(-EUR_1)


@pytest.mark.parametrize("other", [Money(100, "USD"), 1, 0])
def test_amounts_of_two_currencies_never_meet(other: object) -> None:
    with pytest.raises((ValueError, AttributeError)):
        EUR_1 + other  # type: ignore[operator]
    with pytest.raises((ValueError, AttributeError)):
        EUR_1 - other  # type: ignore[operator]
    with pytest.raises((ValueError, AttributeError)):
        other > EUR_1  # type: ignore[operator]  # noqa: B015


def test_a_product_with_a_fraction_is_refused() -> None:
    with pytest.raises(TypeError):
        EUR_1 * 0.5  # type: ignore[operator]


def test_the_sum_of_nothing_is_zero_in_its_currency() -> None:
    assert total([], "JPY") == Money(0, "JPY")
    assert total([EUR_1, EUR_1], "EUR") == Money(200, "EUR")


# amount, part, whole, the share rounded half away from zero
SHARES = [
    (100, 1, 3, 33),
    (200, 1, 3, 67),
    (1, 1, 2, 1),
    (3, 1, 2, 2),
    (-1, 1, 2, -1),
    (-3, 1, 2, -2),
    (149, 1, 100, 1),
    (150, 1, 100, 2),
    (2400, 1900, 11900, 383),
    (0, 1, 7, 0),
    (10**13, 1900, 11900, 1596638655462),
]


@pytest.mark.parametrize(("minor", "part", "whole", "share"), SHARES)
def test_a_share_is_rounded_half_up(minor: int, part: int, whole: int, share: int) -> None:
    assert Money(minor, "EUR").share(part, whole) == Money(share, "EUR")


ALLOCATIONS: list[tuple[int, list[int], list[int]]] = [
    (100, [1, 1, 1], [34, 33, 33]),
    (-100, [1, 1, 1], [-34, -33, -33]),
    (5, [3, 7], [2, 3]),
    (5, [7, 3], [4, 1]),
    (1, [0, 1], [0, 1]),
    (7, [0, 0], [4, 3]),
    (0, [1, 2], [0, 0]),
    (10, [1], [10]),
]


@pytest.mark.parametrize(("minor", "weights", "parts"), ALLOCATIONS)
def test_an_amount_is_split_by_largest_remainder(minor: int, weights: list[int], parts: list[int]) -> None:
    assert [each.minor for each in allocate(Money(minor, "EUR"), weights)] == parts


@given(minors, st.lists(st.integers(0, 10**9), min_size=1, max_size=50))
def test_the_parts_add_up_and_each_is_within_one_of_its_due(minor: int, weights: list[int]) -> None:
    parts = allocate(Money(minor, "EUR"), weights)

    assert total(parts, "EUR") == Money(minor, "EUR")
    due = weights if any(weights) else [1] * len(weights)
    for part, weight in zip(parts, due, strict=True):
        assert abs(part.minor * sum(due) - minor * weight) < sum(due)
        assert part.minor * minor >= 0


@pytest.mark.parametrize("weights", [[], [-1, 2]])
def test_a_split_needs_weights_none_below_zero(weights: list[int]) -> None:
    with pytest.raises(ValueError):
        allocate(EUR_1, weights)


WRITTEN = [
    (2400, "EUR", "en", "€24.00"),
    (2400, "EUR", "de", "24,00\N{NO-BREAK SPACE}€"),
    (-2400, "EUR", "en", "-€24.00"),
    (2400, "JPY", "en", "¥2,400"),
    (2400, "KWD", "en", "KWD\N{NO-BREAK SPACE}2.400"),
    (123456789, "EUR", "en", "€1,234,567.89"),
]


@pytest.mark.parametrize(("minor", "currency", "locale", "text"), WRITTEN)
def test_an_amount_is_written_as_people_write_it(minor: int, currency: str, locale: str, text: str) -> None:
    assert format_money(Money(minor, currency), locale=locale) == text


BRIEFLY = [
    (5000, "EUR", "en", "€50"),
    (4950, "EUR", "en", "€49.50"),
    (5000, "EUR", "de", "50\N{NO-BREAK SPACE}€"),
    (5000, "CHF", "en", "CHF\N{NO-BREAK SPACE}50"),
    (5000, "KWD", "en", "KWD\N{NO-BREAK SPACE}5"),
    (500, "JPY", "en", "¥500"),
]


@pytest.mark.parametrize(("minor", "currency", "locale", "text"), BRIEFLY)
def test_a_whole_amount_is_written_briefly_without_decimals(
    minor: int, currency: str, locale: str, text: str
) -> None:
    assert format_briefly(Money(minor, currency), locale=locale) == text
