"""Counts that staff change: with a cause, a note, and once for each form however often it is sent.

Knows which way each cause moves pieces; refuses to move any but through `stock.py`. Every function is a step.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.catalogue import stock
from storefront.catalogue.facts import MOST_PIECES
from storefront.catalogue.models import Cause, StockAdjustment, Variant
from storefront.database import insert_ignore, require_transaction
from storefront.errors import NotFound, Refused

LONGEST_NOTE = 500
LONGEST_KEY = 40

Actor = tuple[str, object | None]

# Pieces come with these and go with those; “other” says so by its sign.
COMES = frozenset({Cause.RECEIVED})
GOES = frozenset({Cause.DAMAGED, Cause.LOST, Cause.GIVEN})
CAUSES = (Cause.RECEIVED, Cause.COUNTED, Cause.DAMAGED, Cause.LOST, Cause.GIVEN, Cause.OTHER)


@dataclass(frozen=True, slots=True)
class Said:
    """What staff say of a change: `key` is the form's own, so that it counts once; a note for the others."""

    key: str = field(default_factory=lambda: secrets.token_hex(16))
    note: str = ""


def move_stock(variant_id: int, pieces: int, *, cause: Cause, said: Said, by: Actor) -> bool:
    """Add or remove pieces for a cause; False where this form was taken before. Raises NotFound and Refused.

    `pieces` are how many came, or how many went; of “other” they are signed.
    """
    if cause not in COMES | GOES | {Cause.OTHER}:
        raise Refused(_("Choose why the number changes."), field="cause")
    if pieces == 0 or (pieces < 0 and cause is not Cause.OTHER):
        raise Refused(_("Say how many pieces: a whole number from 1."), field="pieces")
    before = _locked_count(variant_id)
    if (reference := _noted(variant_id, said, by)) is None:
        return False
    stock.move(variant_id, -pieces if cause in GOES else pieces, cause=cause, reference=reference)
    _record(variant_id, cause, before, said, by)
    return True


def count_stock(variant_id: int, pieces: int | None, *, said: Said, seen: str | None, by: Actor) -> bool:
    """Say how many there are after counting, None for “never counted”; False where this form was taken before.

    `seen` is the count that the page showed (see `shown_count`), None where nobody looked: pieces that were sold
    since then would else come back by the counting. Raises NotFound and Refused.
    """
    before = _locked_count(variant_id)
    if (reference := _noted(variant_id, said, by)) is None:
        return False
    if seen is not None and seen != shown_count(before):
        now = _("not counted") if before is None else before
        raise Refused(
            _("Meanwhile the number changed to %(now)s, perhaps by an order. Look again.", now=now),
            field="pieces",
        )
    stock.set_on_hand(variant_id, pieces, cause=Cause.COUNTED, reference=reference)
    _record(variant_id, Cause.COUNTED, before, said, by)
    return True


def set_threshold(variant_id: int, low_at: int | None, *, by: Actor) -> bool:
    """Say from how many pieces down a variant is low, None for the shop's number; whether it changed."""
    if low_at is not None and not 0 <= low_at <= MOST_PIECES:
        raise Refused(_("A whole number from 0 to %(most)s.", most=MOST_PIECES), field="low_at")
    _locked_count(variant_id)
    variant: Variant = require_transaction().get_one(Variant, variant_id, populate_existing=True)
    if variant.low_at == low_at:
        return False
    detail = {"low_at": (variant.low_at, low_at)}
    variant.low_at = low_at
    audit.record("stock.threshold", subject=("variant", variant_id), actor=by, detail=detail)
    return True


def shown_count(on_hand: int | None) -> str:
    """A count as a form carries it."""
    return "none" if on_hand is None else str(on_hand)


def _locked_count(variant_id: int) -> int | None:
    table: Any = Variant.__table__
    select = sa.select(table.c.on_hand).where(table.c.id == variant_id)
    row = require_transaction().execute(select.with_for_update(key_share=True)).first()
    if row is None:
        raise NotFound()
    found: int | None = row.on_hand
    return found


def _noted(variant_id: int, said: Said, by: Actor) -> str | None:
    """The reference of a new adjustment; None where this form was taken before."""
    if len(said.note) > LONGEST_NOTE or "\0" in said.note:
        raise Refused(_("A note has at most %(most)s characters.", most=LONGEST_NOTE), field="note")
    if not 0 < len(said.key) <= LONGEST_KEY or not said.key.isalnum():
        raise Refused(_("This form is not whole: open the page again."))
    values = {
        "key": said.key,
        "variant_id": variant_id,
        "note": said.note,
        "actor_kind": by[0],
        "actor_id": None if by[1] is None else str(by[1]),
        "at": clock.now(),
    }
    if not insert_ignore(StockAdjustment, values, unique=("key",)):
        return None
    select = sa.select(StockAdjustment.id).where(StockAdjustment.key == said.key)
    return f"adjustment:{require_transaction().scalar(select)}"


def _record(variant_id: int, cause: Cause, before: int | None, said: Said, by: Actor) -> None:
    after = require_transaction().scalar(sa.select(Variant.on_hand).where(Variant.id == variant_id))
    detail: dict[str, tuple[object | None, object | None]] = {"on_hand": (before, after)}
    if said.note:
        detail["note"] = (None, said.note)
    audit.record("stock.adjusted", subject=("variant", variant_id), actor=by, code=cause.value, detail=detail)
