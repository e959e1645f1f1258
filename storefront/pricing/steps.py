"""Uses of discounts, within the transaction that writes or cancels an order. Every function is a step.

Knows the guard: a use is a row under a UNIQUE key and a counter that the UPDATE itself holds to the limit.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock, people
from storefront.database import lock, require_transaction
from storefront.errors import Refused
from storefront.pricing.models import Discount, DiscountUse
from storefront.pricing.offers import Given

_discount: Any = Discount.__table__
_use: Any = DiscountUse.__table__


class DiscountOver(Refused):
    """A discount cannot be had any more: it ended, was changed, or others were faster; or, where `person` (as
    `people.email_key` compares them) is named, they have had it as often as they may."""

    def __init__(self, message: str, *, discount_id: int, person: str | None = None) -> None:
        super().__init__(message)
        self.discount_id = discount_id
        self.person = person


class Holder(NamedTuple):
    """The order that uses discounts: `email` as it was typed."""

    order_id: int
    cart_id: str
    email: str


def take_uses(given: Sequence[Given], holder: Holder) -> None:
    """Take one use of each discount for an order, as they stood when they were reckoned. Raises DiscountOver."""
    for each in sorted(given, key=lambda one: one.id):
        limit = count_up(each.id, version=each.version)
        if limit is None:
            raise _over(each.id, each.title)
        if not _hold(each.id, each.amount.minor, holder, limit=limit.person):
            raise _over(each.id, each.title, person=people.email_key(holder.email))


def take_uses_again(kept: Iterable[dict[str, Any]], holder: Holder) -> None:
    """The same for an order that lives again: what it was promised holds, but for the limits. Raises DiscountOver."""
    for each in sorted(kept, key=lambda one: int(one["discount"])):
        limit = count_up(each["discount"], version=None)
        if limit is None or not _hold(each["discount"], each["amount_minor"], holder, limit=limit.person):
            raise _over(each["discount"], each["title"])


def give_uses_back(order_id: int) -> None:
    """Let others have what an order held."""
    connection = require_transaction().connection()
    held = connection.execute(_GIVE_BACK, {"order": order_id}).scalars().all()
    for discount_id in sorted(held):
        connection.execute(_COUNT_DOWN, {"key": discount_id})


def move_uses(order_id: int, *, before: str, email: str) -> None:
    """Count what an order holds for another address from now on, in that person's next free turn: what was promised
    holds, though they may have more than one could have now. What was erased stays so."""
    connection = require_transaction().connection()
    person = people.email_key(email)
    if people.email_key(before) == person:
        return
    mine = sa.select(_use.c.discount_id).where(
        _use.c.order_id == order_id, _use.c.person == people.email_key(before)
    )
    for discount_id in sorted(connection.execute(mine).scalars()):
        # Whoever takes a turn holds this lock.
        lock(Discount, discount_id)
        this = sa.and_(_use.c.discount_id == discount_id, _use.c.order_id == order_id)
        turn = _free_turn(_turns(discount_id, person))
        connection.execute(sa.update(_use).where(this).values(person=person, turn=turn))


class Limit(NamedTuple):
    """How often one person may have a discount; None: as often as they like."""

    person: int | None


def count_up(discount_id: int, *, version: int | None) -> Limit | None:
    """The guard: one use more, only while it runs, is the `version` that was reckoned with (None: whichever) and its
    limit is not reached; None where it was not to be had. The row stays locked until the commit."""
    statement, values = (_COUNTED, {}) if version is None else (_AS_SEEN, {"seen": version})
    row = require_transaction().connection().execute(statement, {"key": discount_id, **values}).first()
    return None if row is None else Limit(row[0])


_COUNTED = (
    sa.update(_discount)
    .where(
        _discount.c.id == sa.bindparam("key"),
        sa.or_(_discount.c.total_limit.is_(None), _discount.c.uses < _discount.c.total_limit),
    )
    .values(uses=_discount.c.uses + 1)
    .returning(_discount.c.person_limit)
)
_AS_SEEN = _COUNTED.where(_discount.c.version == sa.bindparam("seen"), _discount.c.ended_at.is_(None))
_COUNT_DOWN = (
    sa.update(_discount).where(_discount.c.id == sa.bindparam("key")).values(uses=_discount.c.uses - 1)
)
_GIVE_BACK = sa.delete(_use).where(_use.c.order_id == sa.bindparam("order")).returning(_use.c.discount_id)


def _hold(discount_id: int, amount_minor: int, holder: Holder, *, limit: int | None) -> bool:
    """Write the use down in the person's first free turn, under the discount's lock; whether they had one left."""
    connection = require_transaction().connection()
    person = people.email_key(holder.email)
    turns = _turns(discount_id, person)
    if limit is not None and len(turns) >= limit:
        return False
    turn = _free_turn(turns)
    values = {
        "discount_id": discount_id,
        "order_id": holder.order_id,
        "cart_id": holder.cart_id,
        "person": person,
        "turn": turn,
        "amount_minor": amount_minor,
        "at": clock.now(),
    }
    connection.execute(sa.insert(_use), values)
    return True


def _turns(discount_id: int, person: str) -> set[int]:
    mine = sa.select(_use.c.turn).where(_use.c.discount_id == discount_id, _use.c.person == person)
    return set(require_transaction().connection().execute(mine).scalars())


def _free_turn(turns: set[int]) -> int:
    return next(number for number in range(1, len(turns) + 2) if number not in turns)


def _over(discount_id: int, title: str, *, person: str | None = None) -> DiscountOver:
    message = _("“%(title)s” cannot be had any more; please look at the new total.", title=title)
    return DiscountOver(message, discount_id=discount_id, person=person)
