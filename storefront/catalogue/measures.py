"""What a variant contains, and what so much of it costs: goods by weight or volume show it (EU 98/6/EC Art. 3).

Knows measures and exact amounts; refuses to know how a price is worded.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.errors import Refused
from storefront.money import Money

MOST_THOUSANDTHS = 10**12
_AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,3})?")


class Measure(StrEnum):
    """What goods are measured in."""

    GRAM = "g"
    KILOGRAM = "kg"
    MILLILITRE = "ml"
    LITRE = "l"
    METRE = "m"
    SQUARE_METRE = "m2"
    PIECE = "piece"


# What each measures, and how many of the smallest it is.
_SIZES = {
    Measure.GRAM: ("weight", 1),
    Measure.KILOGRAM: ("weight", 1_000),
    Measure.MILLILITRE: ("volume", 1),
    Measure.LITRE: ("volume", 1_000),
    Measure.METRE: ("length", 1),
    Measure.SQUARE_METRE: ("area", 1),
    Measure.PIECE: ("number", 1),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of a measure, exactly: in thousandths of it."""

    thousandths: int
    measure: Measure

    @property
    def decimal(self) -> Decimal:
        """The number before the measure, without noughts that say nothing: 250, 1.5."""
        number = Decimal(self.thousandths).scaleb(-3)
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()

    @property
    def kind(self) -> str:
        """What it measures: only amounts of one kind can be held against each other."""
        return _SIZES[self.measure][0]

    @property
    def smallest(self) -> int:
        """The same in thousandths of the smallest measure of its kind."""
        return self.thousandths * _SIZES[self.measure][1]

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.measure}"


# What prices are told for where nothing else was said; 98/6/EC Art. 2(b) lets 100 g stand where it is usual.
_USUAL = {
    Measure.GRAM: Amount(100_000, Measure.GRAM),
    Measure.KILOGRAM: Amount(1_000, Measure.KILOGRAM),
    Measure.MILLILITRE: Amount(1_000, Measure.LITRE),
    Measure.LITRE: Amount(1_000, Measure.LITRE),
    Measure.METRE: Amount(1_000, Measure.METRE),
    Measure.SQUARE_METRE: Amount(1_000, Measure.SQUARE_METRE),
    Measure.PIECE: Amount(1_000, Measure.PIECE),
}
# What may be chosen besides.
BASES = (
    *(Amount(100_000, Measure.GRAM), Amount(1_000, Measure.KILOGRAM)),
    *(Amount(100_000, Measure.MILLILITRE), Amount(1_000, Measure.LITRE)),
    *(Amount(1_000, Measure.METRE), Amount(1_000, Measure.SQUARE_METRE), Amount(1_000, Measure.PIECE)),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one piece of a variant contains, and for how much (`base`) its price is told."""

    amount: Amount
    base: Amount

    def check(self) -> None:
        """Raises Refused where no price could be told for it."""
        for each, field in ((self.amount, "contents"), (self.base, "base")):
            if not 0 < each.thousandths <= MOST_THOUSANDTHS:
                raise Refused(_("An amount above zero is wanted."), field=field)
        if self.amount.kind != self.base.kind:
            raise Refused(
                _(
                    "A price for %(base)s cannot be told of %(contents)s.",
                    base=self.base,
                    contents=self.amount,
                ),
                field="base",
            )

    def price_of(self, price: Money) -> Money:
        """What `base` costs where all of it costs `price`: rounded half up."""
        return price.share(self.base.smallest, self.amount.smallest)

    def __str__(self) -> str:
        return f"{self.amount} / {self.base}"


# What is said where something has no contents.
NO_CONTENTS = Measured(Amount(0, Measure.PIECE), Amount(0, Measure.PIECE))


def usual_base(measure: Measure) -> Amount:
    """For how much a price is told where nothing else was said."""
    return _USUAL[measure]


def thousandths_of(text: str) -> int | None:
    """A number as it was typed, with a point or a comma, in thousandths; None where it is none, or finer."""
    if not _AMOUNT.fullmatch(text):
        return None
    return int(Decimal(text.replace(",", ".")).scaleb(3))


# The columns of a variant, in the order in which `contents_of` takes them.
COLUMNS = ("contents_thousandths", "contents_measure", "base_thousandths", "base_measure")


def contents_of(
    amount: int | None, measure: str | None, base: int | None, base_measure: str | None
) -> Measured | None:
    """What a row's columns say."""
    if amount is None or measure is None or base is None or base_measure is None:
        return None
    return Measured(Amount(amount, Measure(measure)), Amount(base, Measure(base_measure)))


def of_row(row: Any) -> Measured | None:
    """What a row of variants says of its contents."""
    return contents_of(*(getattr(row, name) for name in COLUMNS))


def as_columns(contents: Measured | None) -> dict[str, Any]:
    """The columns of a variant that say so."""
    if contents is None or contents == NO_CONTENTS:
        return dict.fromkeys(COLUMNS)
    amount, base = contents.amount, contents.base
    said = (amount.thousandths, amount.measure.value, base.thousandths, base.measure.value)
    return dict(zip(COLUMNS, said, strict=True))


def packed(variant: Any) -> sa.ColumnElement[str]:
    """All columns as one text, for statements of which rows have one shape; NULL where nothing is said."""
    first, *parts = (sa.cast(getattr(variant, name), sa.String) for name in COLUMNS)
    whole: sa.ColumnElement[str] = first
    for part in parts:
        whole = whole.concat(" ").concat(part)
    return whole


def unpacked(text: str | None) -> Measured | None:
    """What `packed` says."""
    if text is None:
        return None
    amount, measure, base, base_measure = text.split(" ")
    return contents_of(int(amount), measure, int(base), base_measure)
