"""Weights in the units that shops write, as whole grams.

Knows kilograms, grams, pounds and ounces; refuses to guess a unit.
"""

from decimal import Decimal, InvalidOperation

from storefront.catalogue.facts import MOST_PIECES

# The international pound is 0.45359237 kg exactly (1959), and has 16 ounces.
GRAMS: dict[str, Decimal] = {
    **dict.fromkeys(("g", "gram", "grams"), Decimal(1)),
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms"), Decimal(1000)),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), Decimal("453.59237")),
    **dict.fromkeys(("oz", "ounce", "ounces"), Decimal("28.349523125")),
}


def grams(text: str, unit: str = "g") -> int | None:
    """A weight such as `0.25` in `unit`, in whole grams; None where it is no weight or the unit is unknown."""
    size = GRAMS.get(unit.strip().lower())
    if size is None or not text.isascii():
        return None
    try:
        weight = Decimal(text)
    except InvalidOperation:
        return None
    # Looked at before it is multiplied: “1e999999” is a number, and its product is not.
    if not (weight.is_finite() and 0 <= weight <= MOST_PIECES):
        return None
    whole = round(weight * size)
    return whole if whole <= MOST_PIECES else None
