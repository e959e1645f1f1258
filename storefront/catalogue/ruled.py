"""Collections that fill themselves: rules as data, and shelves kept true to them in a few statements.

Knows how a rule becomes SQL; refuses to look at one product at a time. Every function that writes is a step.
"""

from collections.abc import Collection as AnyOf
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.catalogue.models import Collection, Placement, Product, ProductTag
from storefront.database import require_transaction
from storefront.errors import Refused
from storefront.money import LARGEST_MINOR

MOST_CONDITIONS = 6
# What each field may be asked; prices are the lowest of the product's, in minor units.
FIELDS: dict[str, tuple[str, ...]] = {
    "tag": ("is", "is_not"),
    "kind": ("is", "is_not"),
    "vendor": ("is", "is_not"),
    "title": ("contains",),
    "price": ("at_least", "at_most"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked of a product: `field` and `ask` as in FIELDS; `value` is a text, of prices minor units."""

    field: str
    ask: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Rule:
    """Which products belong: those that meet all conditions, or any of them."""

    conditions: tuple[Condition, ...]
    meets_all: bool = True

    @classmethod
    def from_data(cls, said: Mapping[str, Any]) -> "Rule":
        """The rule as `as_data` wrote it."""
        conditions = tuple(
            Condition(each["field"], each["ask"], each["value"]) for each in said["conditions"]
        )
        return cls(conditions, bool(said["meets_all"]))

    def as_data(self) -> dict[str, Any]:
        """The rule as it is kept."""
        conditions = [{"field": c.field, "ask": c.ask, "value": c.value} for c in self.conditions]
        return {"meets_all": self.meets_all, "conditions": conditions}

    def check(self) -> None:
        """Raises Refused where no product could be asked this."""
        if not 1 <= len(self.conditions) <= MOST_CONDITIONS:
            raise Refused(_("A rule has 1 to %(most)s conditions.", most=MOST_CONDITIONS), field="value1")
        for place, each in enumerate(self.conditions, start=1):
            if each.ask not in FIELDS.get(each.field, ()):
                raise Refused(_("This cannot be asked of it."), field=f"ask{place}")
            if not _is_fit(each):
                raise Refused(_("This is no value for it."), field=f"value{place}")

    def clause(self) -> sa.ColumnElement[bool]:
        """What a product must meet, for a WHERE."""
        parts = [_CLAUSES[each.field](each) for each in self.conditions]
        return sa.and_(*parts) if self.meets_all else sa.or_(*parts)


def keep_products(product_ids: AnyOf[int] | sa.Select[Any]) -> None:
    """Put these products, ids or a select of them, on every shelf whose rule they meet, and take them off those
    whose rule they no longer meet."""
    for collection_id, rule in _ruled():
        _keep(collection_id, rule, Product.id.in_(product_ids), Placement.product_id.in_(product_ids))


def keep_shelf(collection_id: int, rule: Rule) -> None:
    """Make one shelf true to its rule, over all products."""
    _keep(collection_id, rule, sa.true(), sa.true())


def _ruled() -> list[tuple[int, Rule]]:
    # Shared: whoever changes a rule meanwhile waits, or is waited for, so that neither misses the other's change.
    select = (
        sa.select(Collection.id, Collection.rule)
        .where(Collection.rule.is_not(None))
        .order_by(Collection.id)
        .with_for_update(read=True)
    )
    return [(row.id, Rule.from_data(row.rule)) for row in require_transaction().execute(select)]


def _keep(collection_id: int, rule: Rule, among: Any, placed_among: Any) -> None:
    session = require_transaction()
    session.flush()
    table: Any = Placement.__table__
    belongs = sa.select(Product.id).where(rule.clause())
    session.execute(
        sa.delete(table).where(
            table.c.collection_id == collection_id, placed_among, table.c.product_id.not_in(belongs)
        )
    )
    here = sa.select(Placement.product_id).where(Placement.collection_id == collection_id)
    last = sa.select(sa.func.coalesce(sa.func.max(Placement.position) + 1, 0)).where(
        Placement.collection_id == collection_id
    )
    fresh = sa.select(sa.literal(collection_id, sa.BigInteger), Product.id, last.scalar_subquery()).where(
        rule.clause(), among, Product.id.not_in(here)
    )
    session.execute(sa.insert(table).from_select(["collection_id", "product_id", "position"], fresh))


def _is_fit(condition: Condition) -> bool:
    value = condition.value
    if condition.field == "price":
        return isinstance(value, int) and 0 <= value <= LARGEST_MINOR
    return isinstance(value, str) and 0 < len(value) <= 200 and "\0" not in value


def _tagged(condition: Condition) -> sa.ColumnElement[bool]:
    has = (
        sa.select(ProductTag.product_id)
        .where(ProductTag.product_id == Product.id, ProductTag.tag == condition.value)
        .exists()
    )
    return has if condition.ask == "is" else ~has


def _same(column: Any) -> Any:
    def clause(condition: Condition) -> Any:
        return column == condition.value if condition.ask == "is" else column != condition.value

    return clause


def _priced(condition: Condition) -> Any:
    column = Product.lowest_price_minor
    return column >= condition.value if condition.ask == "at_least" else column <= condition.value


_CLAUSES: dict[str, Any] = {
    "tag": _tagged,
    "kind": _same(Product.kind),
    "vendor": _same(Product.vendor),
    "title": lambda condition: Product.title.icontains(str(condition.value), autoescape=True),
    "price": _priced,
}
