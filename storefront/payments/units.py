"""Amounts as Stripe counts them: the one place where its integers and ours meet.

Knows Stripe's special cases and limits; refuses to call anyone.
"""

from storefront.money import Money, exponent

# Stripe's documented minimum charges, in its units; others have none of their own in its list.
# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
_MINIMUM = {
    "USD": 50, "EUR": 50, "GBP": 30, "CHF": 50, "JPY": 50, "DKK": 250, "NOK": 300, "SEK": 300, "PLN": 200,
    "CZK": 1500, "HUF": 17500, "RON": 200, "BGN": 100, "CAD": 50, "AUD": 50, "NZD": 50, "HKD": 400,
    "SGD": 50, "MXN": 1000, "BRL": 50, "INR": 50, "AED": 200, "MYR": 200, "THB": 1000,
}  # fmt: skip

# Eight digits in Stripe's units: https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount
_LARGEST = 99_999_999

# Stripe counts these whole, and every other currency in hundredths or, like us, in thousandths: also those that
# CLDR writes without decimals (RSD, ALL, …), and ISK and UGX. https://docs.stripe.com/currencies#zero-decimal
_WHOLE_AT_STRIPE = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV"),
        *("XAF", "XOF", "XPF"),
    }
)


def minimum_charge(currency: str) -> Money:
    """The least that Stripe charges in `currency`; one smallest unit where it names none."""
    return from_units(_MINIMUM.get(currency, 1), currency)


def largest_charge(currency: str) -> Money:
    """The most that Stripe charges at once in `currency`."""
    return from_units(_LARGEST, currency)


def to_units(amount: Money) -> int:
    """Stripe's integer for an amount; raises ValueError where Stripe could not charge it exactly."""
    if exponent(amount.currency) == 3 and amount.minor % 10:
        raise ValueError(f"Stripe charges {amount.currency} in steps of ten minor units, not {amount}")
    return amount.minor * _units_per_minor(amount.currency)


def from_units(units: int, currency: str) -> Money:
    """Our amount for Stripe's integer."""
    code = currency.upper()
    return Money(units // _units_per_minor(code), code)


def _units_per_minor(currency: str) -> int:
    return 100 if exponent(currency) == 0 and currency not in _WHOLE_AT_STRIPE else 1
