"""What a variant contains, as Shopify's files say it, and for how much its price is told.

Knows the units that Shopify has and those that we have; refuses to guess one.
"""

from decimal import Decimal, InvalidOperation

from storefront.catalogue.measures import MOST_THOUSANDTHS, NO_CONTENTS, Amount, Measure, Measured, usual_base
from storefront.transfer.cells import Group
from storefront.transfer.csvfile import Row

HEADER = (
    *("Unit Price Total Measure", "Unit Price Total Measure Unit"),
    *("Unit Price Base Measure", "Unit Price Base Measure Unit"),
)
# A measure of ours and how many of it one is; Shopify's others (fl oz, lb, m3) we do not have.
_UNITS: dict[str, tuple[Measure, Decimal]] = {
    "mg": (Measure.GRAM, Decimal("0.001")),
    "g": (Measure.GRAM, Decimal(1)),
    "kg": (Measure.KILOGRAM, Decimal(1)),
    "ml": (Measure.MILLILITRE, Decimal(1)),
    "cl": (Measure.MILLILITRE, Decimal(10)),
    "l": (Measure.LITRE, Decimal(1)),
    "mm": (Measure.METRE, Decimal("0.001")),
    "cm": (Measure.METRE, Decimal("0.01")),
    "m": (Measure.METRE, Decimal(1)),
    **dict.fromkeys(("m2", "m\u00b2", "sqm"), (Measure.SQUARE_METRE, Decimal(1))),
    **dict.fromkeys(("item", "items", "piece", "pieces"), (Measure.PIECE, Decimal(1))),
}


def contents_of(group: Group, row: Row) -> Measured | None:
    """What a row says of its variant's contents, None in a file without them; what cannot be read is none, and
    told."""
    if not group.has("contents"):
        return None
    said = group.cell(row, "contents")
    if not said.strip("0."):
        return NO_CONTENTS
    amount = _amount(said, group.cell(row, "contents_unit"))
    base = usual_base(amount.measure) if amount else None
    if group.cell(row, "base").strip("0."):
        base = _amount(group.cell(row, "base"), group.cell(row, "base_unit"))
    if amount is None or base is None or amount.kind != base.kind:
        group.remarks["unmeasured"] += 1
        return NO_CONTENTS
    return Measured(amount, base)


def _amount(text: str, unit: str) -> Amount | None:
    measure, size = _UNITS.get(unit.strip().lower(), (None, Decimal(0)))
    try:
        number = Decimal(text) if text.isascii() else Decimal(0)
    except InvalidOperation:
        return None
    # Looked at before it is multiplied: “1e999999” is a number, and its product is not.
    if measure is None or not (number.is_finite() and Decimal("0.000001") <= number <= MOST_THOUSANDTHS):
        return None
    thousandths = number * size * 1_000
    is_exact = thousandths == thousandths.to_integral_value() and 0 < thousandths <= MOST_THOUSANDTHS
    return Amount(int(thousandths), measure) if is_exact else None


def cells_of(contents: Measured | None) -> dict[str, str]:
    """The cells that say so, by header; blank ones where there are none."""
    if contents is None or contents == NO_CONTENTS:
        return {}
    said = [
        each for amount in (contents.amount, contents.base) for each in (f"{amount.decimal:f}", _unit(amount))
    ]
    return dict(zip(HEADER, said, strict=True))


def _unit(amount: Amount) -> str:
    return "item" if amount.measure is Measure.PIECE else amount.measure.value
