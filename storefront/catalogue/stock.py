"""Stock: the only way in which pieces come and go. Every function is a step.

Knows counts and the movements they are the sum of; refuses to know why anybody wants a piece.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import clock
from storefront.catalogue.falls import Fall, tell_of_falls
from storefront.catalogue.models import Cause, Product, ProductState, StockMovement, Variant
from storefront.database import Prepared, inserting, read, require_transaction, write
from storefront.errors import NotFound, Refused

_variant: Any = Variant.__table__
_product: Any = Product.__table__
_movement: Any = StockMovement.__table__

# The count is a 32-bit column: no shelf holds more.
_MOST = 2**31 - 1


class NotSold(Refused):
    """A variant is unknown, not sold any more, or its product is not published."""

    def __init__(self, message: str, *, variant_id: int) -> None:
        super().__init__(message)
        self.variant_id = variant_id


class SoldOut(Refused):
    """Fewer pieces are left than were asked for: `left` of them."""

    def __init__(self, message: str, *, variant_id: int, left: int) -> None:
        super().__init__(message)
        self.variant_id = variant_id
        self.left = left


def take(quantities: Mapping[int, int], *, reference: str) -> None:
    """Take pieces by variant id, all or none; `reference` names who takes them, such as `order:12`.

    What is never counted passes. Raises NotSold and SoldOut; rows are locked in the order of their ids.
    """
    session = require_transaction()
    _require_pieces(quantities)
    known = _described(quantities)
    for variant_id in sorted(quantities):
        _require_sold(known.get(variant_id), variant_id)
    taken, emptied = {}, set()
    counts: dict[int, Fall] = {}
    for variant_id in sorted(quantities):
        row, pieces = known[variant_id], quantities[variant_id]
        if row.on_hand is None:
            continue
        left = take_pieces(variant_id, pieces)
        if left is None:
            raise _sold_out(session, row)
        taken[variant_id] = -pieces
        counts[variant_id] = (left + pieces, left, row.low_at)
        if left == 0:
            emptied.add(row.product_id)
    _record(session, taken, cause=Cause.ORDER, reference=reference)
    tell_of_falls(counts)
    keep_availability(emptied)


def take_pieces(variant_id: int, pieces: int) -> int | None:
    """The guard: take them only where they are, in one statement; what is left, None where nothing was taken."""
    if pieces > _MOST:
        return None
    taken = write(_TAKE, {"key": variant_id, "pieces": pieces}).rows
    return taken[0].on_hand if taken else None


_TAKE = Prepared(
    sa.update(_variant)
    .where(_variant.c.id == sa.bindparam("key"), _variant.c.on_hand >= sa.bindparam("pieces"))
    .values(on_hand=_variant.c.on_hand - sa.bindparam("pieces"))
    .returning(_variant.c.on_hand)
)


def give_back(quantities: Mapping[int, int], *, reference: str, cause: Cause = Cause.RELEASE) -> None:
    """Put pieces back by variant id; of what is not counted now they leave again at once.

    A release returns at most what the same `reference` took and has not returned yet, so it may be run twice, and
    goods that were first counted after they were ordered do not grow.
    """
    session = require_transaction()
    _require_pieces(quantities)
    if cause is Cause.RELEASE:
        quantities = _outstanding(session, quantities, reference=reference)
    rows = session.execute(_locked(quantities)).all()
    uncounted = {row.id: -quantities[row.id] for row in rows if row.on_hand is None}
    _set(session, {row.id: row.on_hand + quantities[row.id] for row in rows if row.on_hand is not None})
    _record(session, {row.id: quantities[row.id] for row in rows}, cause=cause, reference=reference)
    _record(session, uncounted, cause=Cause.ADJUSTMENT, reference="uncounted")
    keep_availability({row.product_id for row in rows if row.on_hand == 0})


def write_off(quantities: Mapping[int, int], *, reference: str) -> None:
    """Say that pieces which `reference` took, and has not returned, never come back: they are returned and gone at
    once, so that no count changes. May be run twice."""
    session = require_transaction()
    _require_pieces(quantities)
    gone = _outstanding(session, quantities, reference=reference)
    _record(session, gone, cause=Cause.RELEASE, reference=reference)
    gone = {variant_id: -pieces for variant_id, pieces in gone.items()}
    _record(session, gone, cause=Cause.LOST, reference=f"{reference}:lost")


def move(variant_id: int, delta: int, *, cause: Cause, reference: str) -> None:
    """Add (+) or remove (−) pieces of a counted variant. Raises NotFound, and Refused below zero or uncounted."""
    session = require_transaction()
    row = _locked_one(session, variant_id)
    if row.on_hand is None:
        raise Refused(_("The pieces of this variant are not counted."))
    if not 0 <= row.on_hand + delta <= _MOST:
        raise Refused(_("Only %(left)s are on hand.", left=row.on_hand))
    _change(session, {variant_id: row.on_hand + delta}, [row], cause=cause, reference=reference)


def set_on_hand(variant_id: int, pieces: int | None, *, cause: Cause, reference: str) -> None:
    """Say how many pieces there are after counting, None for “never counted”. Raises NotFound and Refused."""
    if pieces is not None and not 0 <= pieces <= _MOST:
        raise Refused(_("Pieces are a whole number from 0 to %(most)s.", most=_MOST))
    session = require_transaction()
    row = _locked_one(session, variant_id)
    if pieces is not None and row.is_gift_card:
        raise Refused(_("Gift cards are never counted: they do not run out."), field="pieces")
    _change(session, {variant_id: pieces}, [row], cause=cause, reference=reference)


def first_count(pieces: Mapping[int, int], *, reference: str) -> None:
    """Count variants that the same step has just added, with nothing on hand, as a list says they stand.

    Whoever adds them says whether their product is available.
    """
    session = require_transaction()
    counts = {variant_id: count for variant_id, count in pieces.items() if count}
    _set(session, counts)
    _record(session, counts, cause=Cause.IMPORT, reference=reference)


def count_as_listed(listed: Mapping[int, int | None], *, reference: str) -> set[int]:
    """Set pieces to what a list says, by variant id; the ids whose count changed.

    A list that says what it said last time changes nothing: what was sold since then stays sold, so that the same
    file may be imported again. None means “never counted”.
    """
    session = require_transaction()
    rows = [row for row in session.execute(_locked(listed)) if row.on_hand != listed[row.id]]
    said = _listed_last(session, [row.id for row in rows if row.on_hand is not None])
    moved = [row for row in rows if row.id not in said or said[row.id] != listed[row.id]]
    wanted = {row.id: listed[row.id] for row in moved}
    _change(session, wanted, moved, cause=Cause.IMPORT, reference=reference)
    return set(wanted)


def keep_availability(product_ids: Collection[int]) -> None:
    """Make `product.is_available` true to the variants again, writing only where it changes.

    Products are locked after all variants and one by one in order, and looked at after the lock: two buyers of
    the last pieces of two variants would else each see the other's piece.
    """
    session = require_transaction()
    for product_id in sorted(product_ids):
        lock_products([product_id])
        can_be_had = sa.exists().where(
            _variant.c.product_id == product_id,
            _variant.c.is_sold,
            sa.or_(_variant.c.on_hand.is_(None), _variant.c.on_hand > 0),
        )
        session.execute(
            sa.update(_product)
            .where(_product.c.id == product_id, _product.c.is_available != can_be_had)
            .values(is_available=sa.not_(_product.c.is_available))
        )


def lock_products(product_ids: Collection[int]) -> None:
    """Let nobody else change them until the commit, in the order of their ids; what refers to them waits for nobody.
    A step."""
    mine = sa.select(_product.c.id).where(_product.c.id.in_(product_ids)).order_by(_product.c.id)
    require_transaction().execute(mine.with_for_update(key_share=True))


def _require_pieces(quantities: Mapping[int, int]) -> None:
    if any(type(pieces) is not int or pieces < 1 for pieces in quantities.values()):
        raise ValueError("pieces are whole numbers from 1")


def _described(variant_ids: Collection[int]) -> dict[int, Any]:
    known = [variant_id for variant_id in variant_ids if 0 < variant_id < 2**63]
    return {row.id: row for row in read(_DESCRIBED, {"ids": known})}


_DESCRIBED = Prepared(
    sa.select(
        *(Variant.id, Variant.product_id, Variant.on_hand, Variant.is_sold, Variant.low_at),
        *(Product.title, Product.state),
        *(Variant.value1, Variant.value2, Variant.value3),
    )
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.id.in_(sa.bindparam("ids", expanding=True)))
)


def _name(row: Any) -> str:
    choice = " / ".join(value for value in (row.value1, row.value2, row.value3) if value)
    return f"{row.title}, {choice}" if choice else str(row.title)


def _require_sold(row: Any, variant_id: int) -> None:
    if row is None:
        raise NotSold(_("One of these goods is no longer in the shop."), variant_id=variant_id)
    if not row.is_sold or row.state != ProductState.PUBLISHED:
        raise NotSold(_("“%(good)s” is no longer sold.", good=_name(row)), variant_id=variant_id)


def _sold_out(session: Any, row: Any) -> SoldOut:
    left = session.scalar(sa.select(_variant.c.on_hand).where(_variant.c.id == row.id)) or 0
    if left == 0:
        message = _("“%(good)s” is sold out.", good=_name(row))
    else:
        message = ngettext(
            "Only %(num)s of “%(good)s” is left.",
            "Only %(num)s of “%(good)s” are left.",
            left,
            good=_name(row),
        )
    return SoldOut(message, variant_id=row.id, left=left)


def _locked(variant_ids: Collection[int]) -> Any:
    return (
        sa.select(
            *(_variant.c.id, _variant.c.product_id, _variant.c.on_hand, _variant.c.low_at),
            _product.c.is_gift_card,
        )
        .join(_product, _product.c.id == _variant.c.product_id)
        .where(_variant.c.id.in_(list(variant_ids)))
        .order_by(_variant.c.id)
        .with_for_update(key_share=True, of=_variant)
    )


def _locked_one(session: Any, variant_id: int) -> Any:
    row = session.execute(_locked([variant_id])).first()
    if row is None:
        raise NotFound()
    return row


def _outstanding(session: Any, quantities: Mapping[int, int], *, reference: str) -> dict[int, int]:
    moved = (
        sa.select(_movement.c.variant_id, sa.func.sum(_movement.c.delta).label("delta"))
        .where(_movement.c.reference == reference, _movement.c.variant_id.in_(list(quantities)))
        .group_by(_movement.c.variant_id)
    )
    out = {row.variant_id: -int(row.delta) for row in session.execute(moved)}
    back = {key: min(pieces, out.get(key, 0)) for key, pieces in quantities.items()}
    return {key: pieces for key, pieces in back.items() if pieces > 0}


def _listed_last(session: Any, variant_ids: Collection[int]) -> dict[int, int]:
    """How many pieces there were after the last import: 0 where none ever moved any."""
    last = (
        sa.select(_movement.c.variant_id, sa.func.max(_movement.c.id).label("id"))
        .where(_movement.c.variant_id.in_(list(variant_ids)), _movement.c.cause == Cause.IMPORT)
        .group_by(_movement.c.variant_id)
        .subquery()
    )
    until = sa.and_(_movement.c.variant_id == last.c.variant_id, _movement.c.id <= last.c.id)
    total = (
        sa.select(last.c.variant_id, sa.func.sum(_movement.c.delta).label("pieces"))
        .select_from(sa.join(last, _movement, until))
        .group_by(last.c.variant_id)
    )
    said = {row.variant_id: int(row.pieces) for row in session.execute(total)} if variant_ids else {}
    return {variant_id: said.get(variant_id, 0) for variant_id in variant_ids}


def _change(
    session: Any, wanted: Mapping[int, int | None], rows: Collection[Any], *, cause: Cause, reference: str
) -> None:
    """Set the counts of locked rows, write what moved, and tell the products."""
    _set(session, {row.id: wanted[row.id] for row in rows if row.on_hand != wanted[row.id]})
    deltas = {row.id: (wanted[row.id] or 0) - (row.on_hand or 0) for row in rows}
    _record(session, deltas, cause=cause, reference=reference)
    tell_of_falls({row.id: (row.on_hand, wanted[row.id], row.low_at) for row in rows})
    turned = {row.product_id for row in rows if (row.on_hand == 0) != (wanted[row.id] == 0)}
    keep_availability(turned)


def _set(session: Any, counts: Mapping[int, int | None]) -> None:
    statement = sa.update(_variant).where(_variant.c.id == sa.bindparam("key"))
    rows = [{"key": variant_id, "pieces": pieces} for variant_id, pieces in counts.items()]
    if rows:
        session.execute(statement.values(on_hand=sa.bindparam("pieces")), rows)


def _record(session: Any, deltas: Mapping[int, int], *, cause: Cause, reference: str) -> None:
    now = clock.now()
    rows = [
        {"variant_id": variant_id, "delta": delta, "cause": cause, "reference": reference, "at": now}
        for variant_id, delta in sorted(deltas.items())
        if delta
    ]
    if rows:
        write(_ADD_MOVEMENTS, rows)


_ADD_MOVEMENTS = inserting(StockMovement, "variant_id", "delta", "cause", "reference", "at")
