"""What staff do with discounts: make one, change it, end it.

Knows what makes sense; refuses to touch what orders were given: they keep their own copy.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.config import settings
from storefront.database import insert_new, lock, require_transaction, session, transaction
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.pricing.lines import chargeable
from storefront.pricing.models import Discount, DiscountGoods, DiscountKind
from storefront.pricing.offers import code_key
from storefront.pricing.tax import WHOLE

Actor = tuple[str, object | None]

MOST_USES = 1_000_000
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class DiscountFacts:
    """All that staff say of a discount; `products` and `collections` are ids, none of either: it is for all goods."""

    code: str
    title: str
    kind: DiscountKind
    basis_points: int = 0
    amount_minor: int = 0
    minimum_minor: int = 0
    products: frozenset[int] = frozenset()
    collections: frozenset[int] = frozenset()
    from_on: date | None = None
    until_on: date | None = None
    person_limit: int | None = None
    total_limit: int | None = None

    def check(self) -> None:
        """Raises Refused where this cannot be saved."""
        if not self.title or len(self.title) > LONGEST_TITLE or "\0" in self.title:
            raise Refused(_("Please say what it is called, briefly: shoppers read it."), field="title")
        if self.kind == DiscountKind.PERCENT and not 0 < self.basis_points <= WHOLE:
            raise Refused(_("A percentage is above 0 and at most 100."), field="percent")
        if self.kind == DiscountKind.AMOUNT and self.amount_minor <= 0:
            raise Refused(_("Please say how much it takes off."), field="amount")
        for name in ("amount", "minimum"):
            said = Money(getattr(self, f"{name}_minor"), settings().currency)
            if said.minor < 0 or chargeable(said) != said:
                raise Refused(_("That amount cannot be charged in this currency."), field=name)
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise Refused(_("It would end before it begins."), field="until_on")
        for name in ("person_limit", "total_limit"):
            limit = getattr(self, name)
            if limit is not None and not 0 < limit <= MOST_USES:
                raise Refused(_("A limit is a whole number from 1 to %(most)s.", most=MOST_USES), field=name)


class ChangedMeanwhile(Refused):
    """Somebody else saved it since the form was opened; `version` stands now and says `theirs`."""

    def __init__(self, theirs: DiscountFacts, version: int) -> None:
        super().__init__(
            _(
                "Somebody saved this while you were writing. Nothing of yours is lost: compare, and save again."
            )
        )
        self.theirs, self.version = theirs, version


def make_discount(facts: DiscountFacts, *, by: Actor) -> int:
    """Let a discount hold from now on; its id. Raises Refused."""
    facts = _tidied(facts)
    facts.check()
    with transaction():
        values = {**_columns(facts), "uses": 0, "version": 1, "created_at": clock.now()}
        discount_id = insert_new(Discount, values, unique=("code",))
        if discount_id is None:
            raise _taken()
        _write_goods(discount_id, facts)
        detail = {name: (None, value) for name, value in _said(facts).items() if value}
        audit.record("discount.made", subject=("discount", discount_id), actor=by, detail=detail)
        return int(discount_id)


def change_discount(discount_id: int, facts: DiscountFacts, *, seen: int, by: Actor) -> bool:
    """Say other things of it from now on; whether anything was another thing. `seen` is the version that the form
    showed. Code and kind of one that was used stay. Raises ChangedMeanwhile, Refused, NotFound."""
    facts = _tidied(facts)
    facts.check()
    with transaction() as current:
        row = _locked(discount_id)
        before = facts_of(row)
        if before == facts:
            return False
        if row.ended_at is not None:
            raise Refused(_("It has ended. Please make another one."))
        if row.version != seen:
            raise ChangedMeanwhile(before, row.version)
        _check_use(row, facts)
        another = sa.select(Discount.id).where(Discount.code == facts.code, Discount.id != row.id)
        if facts.code and current.scalar(another) is not None:
            raise _taken()
        for name, value in _columns(facts).items():
            setattr(row, name, value)
        row.version += 1
        current.execute(sa.delete(DiscountGoods).where(DiscountGoods.discount_id == row.id))
        current.flush()
        _write_goods(row.id, facts)
        was, now = _said(before), _said(facts)
        detail = {name: (was[name] or None, now[name] or None) for name in now if was[name] != now[name]}
        audit.record("discount.changed", subject=("discount", row.id), actor=by, detail=detail)
        return True


def end_discount(discount_id: int, *, by: Actor) -> None:
    """Let it hold no more, from this moment; ended already, nothing changes. Orders keep what they were given.
    Raises NotFound."""
    with transaction():
        row = _locked(discount_id)
        if row.ended_at is None:
            row.ended_at = clock.now()
            row.version += 1
            audit.record("discount.ended", subject=("discount", row.id), actor=by)


def facts_of(row: Discount) -> DiscountFacts:
    """What is said of a discount now."""
    goods = sa.select(DiscountGoods.product_id, DiscountGoods.collection_id)
    pairs = session().execute(goods.where(DiscountGoods.discount_id == row.id)).all()
    plain = {name: getattr(row, name) for name in _PLAIN}
    return DiscountFacts(
        code=row.code or "",
        kind=DiscountKind(row.kind),
        products=frozenset(product for product, _shelf in pairs if product),
        collections=frozenset(shelf for _product, shelf in pairs if shelf),
        **plain,
    )


_PLAIN = tuple(
    each.name
    for each in fields(DiscountFacts)
    if each.name not in {"code", "kind", "products", "collections"}
)


def _tidied(facts: DiscountFacts) -> DiscountFacts:
    """As it is kept: the code as it is compared, and only the worth that its kind has."""
    return replace(
        facts,
        code=code_key(facts.code),
        title=" ".join(facts.title.split()),
        basis_points=facts.basis_points if facts.kind == DiscountKind.PERCENT else 0,
        amount_minor=facts.amount_minor if facts.kind == DiscountKind.AMOUNT else 0,
    )


def _columns(facts: DiscountFacts) -> dict[str, Any]:
    return {
        **{name: getattr(facts, name) for name in _PLAIN},
        "code": facts.code or None,
        "kind": facts.kind,
        "currency": settings().currency,
        "for_all": not facts.products and not facts.collections,
    }


def _said(facts: DiscountFacts) -> dict[str, Any]:
    """As the record keeps it: plain words and numbers."""
    said = {name: getattr(facts, name) for name in _PLAIN}
    return {
        "code": facts.code,
        "kind": facts.kind.value,
        **{name: str(value) if isinstance(value, date) else value for name, value in said.items()},
        "products": ", ".join(map(str, sorted(facts.products))),
        "collections": ", ".join(map(str, sorted(facts.collections))),
    }


def _locked(discount_id: int) -> Discount:
    row: Discount | None = lock(Discount, discount_id) if 0 < discount_id < 2**63 else None
    if row is None:
        raise NotFound()
    return row


def _check_use(row: Discount, facts: DiscountFacts) -> None:
    if row.uses and (facts.code != (row.code or "") or facts.kind != row.kind):
        raise Refused(
            _("Orders hold it: its code and its kind stay. End it and make another one instead."),
            field="code" if facts.code != (row.code or "") else "kind",
        )
    if facts.total_limit is not None and facts.total_limit < row.uses:
        raise Refused(
            _("%(uses)s orders hold it already: the limit cannot be lower.", uses=row.uses),
            field="total_limit",
        )


def _taken() -> Refused:
    return Refused(_("Another discount has this code."), field="code")


def _write_goods(discount_id: int, facts: DiscountFacts) -> None:
    rows = [{"product_id": each, "collection_id": None} for each in sorted(facts.products)]
    rows += [{"product_id": None, "collection_id": each} for each in sorted(facts.collections)]
    if rows:
        require_transaction().execute(
            sa.insert(DiscountGoods), [{"discount_id": discount_id, **row} for row in rows]
        )
