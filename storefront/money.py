"""Amounts of money as whole minor units of one currency.

Knows arithmetic, allocation and text; refuses to know prices, taxes and payment providers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, total_ordering

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision
from flask_babel import gettext as _

from storefront.errors import Refused

# 9.2 × 10^18 fits a BIGINT; no honest price comes near, and sums of thousands of them stay inside.
LARGEST_MINOR = 10**13

_LETTER_THEN_DIGIT = re.compile(r"(?<=[A-Za-z])(?=[0-9])")
_AMOUNT = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,6})?")


class NotAnAmount(Refused):
    """A text does not say an amount of the currency."""


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals `currency` (ISO 4217) has: JPY 0, EUR 2, KWD 3 (CLDR's table, through Babel)."""
    return get_currency_precision(currency)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """`minor` whole minor units (cents) of `currency` (ISO 4217); arithmetic needs one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.minor!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a plain decimal such as `24.00` (ASCII digits, a point); raises NotAnAmount on anything else."""
        text = text.strip()
        if not _AMOUNT.fullmatch(text):
            raise NotAnAmount(_("“%(text)s” is not an amount such as 24.00.", text=text[:40]))
        scaled = Decimal(text).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value() or abs(scaled) > LARGEST_MINOR:
            raise NotAnAmount(
                _(
                    "“%(text)s” is not an amount that %(currency)s can express.",
                    text=text[:40],
                    currency=currency,
                )
            )
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units: `Money(2400, "EUR").decimal == Decimal("24.00")`."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def share(self, part: int, whole: int) -> "Money":
        """`part`/`whole` of the amount, rounded half up (away from zero), in exact integers."""
        sign = -1 if self.minor * part * whole < 0 else 1
        numerator, denominator = abs(self.minor * part), abs(whole)
        return Money(sign * ((2 * numerator + denominator) // (2 * denominator)), self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> "Money":
        if not isinstance(other, Money) or other.currency != self.currency:
            raise ValueError(f"{self} and {other} are not of one currency")
        return other


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, all in `currency`; nothing adds up to zero."""
    return sum(amounts, start=Money.zero(currency))


def allocate(amount: Money, weights: Sequence[int]) -> list[Money]:
    """Split `amount` in proportion to `weights` (≥ 0) by largest remainder: the parts add up to it exactly.

    Equal remainders go to the earlier part. Weights that are all zero share alike. Raises ValueError on none.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("an allocation needs weights, none below zero")
    if not any(weights):
        weights = [1] * len(weights)
    whole, sign, size = sum(weights), -1 if amount.minor < 0 else 1, abs(amount.minor)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return [Money(sign * part, amount.currency) for part in parts]


# A page prints the same few prices again and again: 1 µs instead of 45.
@lru_cache(maxsize=4096)
def format_money(amount: Money, *, locale: str | Locale = "en") -> str:
    """The amount as people of `locale` write it: “€24.00”, “24,00 €”."""
    return _spaced(format_currency(amount.decimal, amount.currency, locale=locale))


def format_briefly(amount: Money, *, locale: str | Locale = "en") -> str:
    """As `format_money`, but a whole amount without decimals: “€50”."""
    if amount.decimal != amount.decimal.to_integral_value():
        return format_money(amount, locale=locale)
    pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "")
    text = format_currency(amount.decimal, amount.currency, pattern, locale=locale, currency_digits=False)
    return _spaced(text)


def _spaced(text: str) -> str:
    # CLDR puts a space between a currency's letters and the digits; Babel forgets it.
    return _LETTER_THEN_DIGIT.sub("\N{NO-BREAK SPACE}", text)
