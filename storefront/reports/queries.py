"""What proofs and reconciles have found, newest first.

Knows the log of checks; refuses to judge it.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from storefront.database import session
from storefront.payments.models import BooksCheck, CheckKind

# A night's proof each day, and what was found besides: as much as anybody scrolls through.
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Checks:
    """The last proof and the last reconcile, or None; and the latest of either that found something."""

    proof: BooksCheck | None
    reconcile: BooksCheck | None
    found: tuple[BooksCheck, ...]


def checks() -> Checks:
    """What is known of the books' checks. Three statements."""
    found = sa.select(BooksCheck).where(
        sa.or_(BooksCheck.problem_count > 0, sa.cast(BooksCheck.changed, sa.Text) != "{}")
    )
    latest = found.order_by(BooksCheck.ended_at.desc(), BooksCheck.id.desc()).limit(MOST_SHOWN)
    return Checks(_last(CheckKind.PROOF), _last(CheckKind.RECONCILE), tuple(session().scalars(latest)))


def _last(kind: CheckKind) -> BooksCheck | None:
    last: BooksCheck | None = session().scalar(
        sa.select(BooksCheck)
        .where(BooksCheck.kind == kind)
        .order_by(BooksCheck.ended_at.desc(), BooksCheck.id.desc())
        .limit(1)
    )
    return last
