"""Which rate of tax applies: by country, region and class of goods, else the shop's own rate.

Knows rates and how the next best is found; refuses to know goods and addresses: they are words here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit
from storefront.database import Prepared, insert_new, lock, read, session, transaction
from storefront.errors import NotFound, Refused
from storefront.pricing.models import TaxRate
from storefront.pricing.tax import WHOLE

Actor = tuple[str, object | None]

STANDARD, ZERO = "standard", "zero"
LONGEST_REGION = 80


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one place, in basis points by (region or "", class); `usual` is the shop's own."""

    usual: int
    region: str = ""
    known: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, tax_class: str) -> int:
        """The rate of a class: of the region, else of the country, else the standard rate there, else the shop's.

        What is not taxed is taxed only where a rate says so.
        """
        key = self.key_of(tax_class)
        if key is not None:
            return self.known[key]
        return 0 if tax_class == ZERO else self.usual

    def key_of(self, tax_class: str) -> tuple[str, str] | None:
        """Which of the known rates is that of a class; None where it is the shop's own, or there is no tax."""
        others = () if tax_class == ZERO else (STANDARD,)
        keys = ((region, each) for each in (tax_class, *others) for region in (self.region, ""))
        return next((key for key in keys if key in self.known), None)

    def of_shipping(self, rule: str, goods: Iterable[int]) -> int:
        """The rate of shipping by the declared rule: the standard rate, or the highest of the goods that are sent."""
        return max(goods, default=self.of(STANDARD)) if rule == "highest" else self.of(STANDARD)


def region_key(text: str) -> str:
    """A region as it is compared: no space around it, no capitals."""
    return " ".join(text.split()).casefold()[:LONGEST_REGION]


def rates_for(country: str, region: str, *, usual: int) -> Rates:
    """The rates of a country (ISO 3166) and a region of it as addresses name it. One statement."""
    rows = read(_RATES, {"country": country})
    key = region_key(region)
    return Rates(usual, key, {(row.region, row.tax_class): row.basis_points for row in rows})


_RATES = Prepared(
    sa.select(TaxRate.region, TaxRate.tax_class, TaxRate.basis_points).where(
        TaxRate.country == sa.bindparam("country")
    )
)


def all_rates() -> Sequence[TaxRate]:
    """Every rate, by place and class. One statement."""
    ordered = sa.select(TaxRate).order_by(TaxRate.country, TaxRate.region, TaxRate.tax_class)
    found: Sequence[TaxRate] = session().scalars(ordered, execution_options={"populate_existing": True}).all()
    return found


def set_rate(country: str, region: str, tax_class: str, basis_points: int, *, by: Actor) -> None:
    """Let a rate hold from now on, instead of the one that stood for the same; orders keep theirs. Raises Refused."""
    if not 0 <= basis_points <= WHOLE:
        raise Refused(_("A rate is from 0 to 100 per cent."), field="percent")
    key = {"country": country, "region": region_key(region), "tax_class": tax_class}
    with transaction() as current:
        rate_id = insert_new(TaxRate, {**key, "basis_points": basis_points}, unique=tuple(key))
        before = None
        if rate_id is None:
            row = current.execute(sa.select(TaxRate).filter_by(**key).with_for_update()).scalar_one()
            rate_id, before = row.id, row.basis_points
            row.basis_points = basis_points
        if before != basis_points:
            detail = {
                "basis_points": (before, basis_points),
                **{name: (None, each) for name, each in key.items()},
            }
            audit.record("tax_rate.set", subject=("tax_rate", rate_id), actor=by, detail=detail)


def remove_rate(rate_id: int, *, by: Actor) -> None:
    """Let a rate hold no more; orders keep theirs. Raises NotFound."""
    with transaction() as current:
        row: TaxRate | None = lock(TaxRate, rate_id) if 0 < rate_id < 2**63 else None
        if row is None:
            raise NotFound()
        said = {
            name: (getattr(row, name), None) for name in ("country", "region", "tax_class", "basis_points")
        }
        current.delete(row)
        audit.record("tax_rate.removed", subject=("tax_rate", rate_id), actor=by, detail=said)
