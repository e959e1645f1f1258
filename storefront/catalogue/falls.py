"""What is told to staff when few pieces of a variant are left: once for each time that it falls so low.

Knows the threshold; refuses to move pieces itself, and to word a mail. A step.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storefront import mail
from storefront.catalogue.models import StockMovement
from storefront.config import settings
from storefront.database import require_transaction

LOW_STOCK = "low_stock"

# Pieces before and after, and the variant's own threshold.
Fall = tuple[int | None, int | None, int | None]


def is_low(pieces: int | None, low_at: int | None) -> bool:
    """Whether so few are left that staff want to know; `low_at` None takes the shop's number."""
    return pieces is not None and pieces <= (settings().low_stock_pieces if low_at is None else low_at)


def tell_of_falls(counts: Mapping[int, Fall]) -> None:
    """Owe staff a mail for each variant that was above its threshold and no longer is, if the shop wants them.

    To be called after the movement was written: its id names the fall, so that no other is ever taken for it.
    """
    if not settings().low_stock_mail:
        return
    fallen = {
        variant_id: after
        for variant_id, (before, after, low_at) in counts.items()
        if before is not None and not is_low(before, low_at) and is_low(after, low_at)
    }
    for variant_id, movement_id in _last_movements(fallen).items():
        mail.owe(
            LOW_STOCK,
            subject=f"variant:{variant_id}:{movement_id}",
            recipient=settings().staff_email,
            facts={"variant_id": variant_id, "left": fallen[variant_id]},
        )


def _last_movements(fallen: Mapping[int, Any]) -> dict[int, int]:
    if not fallen:
        return {}
    last = (
        sa.select(StockMovement.variant_id, sa.func.max(StockMovement.id).label("id"))
        .where(StockMovement.variant_id.in_(list(fallen)))
        .group_by(StockMovement.variant_id)
    )
    return {row.variant_id: row.id for row in require_transaction().execute(last)}
