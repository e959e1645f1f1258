"""What the shop owes on gift cards and store credit: at the beginning of some time, what moved it, and at its end.

Knows the book of credit; refuses to know how it is printed.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storefront.credit.models import CreditCause, CreditEntry
from storefront.database import read
from storefront.money import Money


@dataclass(frozen=True, slots=True)
class CreditSums:
    """Credit of one currency in some time; what was owed less from then on is negative. `spent` is by orders, less
    what unpaid ones gave back; `by_staff` what people gave and put right."""

    before: Money
    sold: Money
    taken_back: Money
    by_staff: Money
    refunded: Money
    spent: Money

    @property
    def after(self) -> Money:
        """What is owed at its end."""
        return self.before + self.sold + self.taken_back + self.by_staff + self.refunded + self.spent


def credit_sums(begins: datetime, ends: datetime, currency: str) -> CreditSums:
    """The credit of some time. One statement, along the index `ix_credit_entry_moved`."""
    is_before = CreditEntry.at < begins
    amount = CreditEntry.amount_minor
    rows = read(
        sa.select(
            CreditEntry.cause,
            sa.func.sum(sa.case((is_before, amount), else_=0)).label("before"),
            sa.func.sum(sa.case((is_before, 0), else_=amount)).label("moved"),
        )
        .where(
            CreditEntry.cause.in_(list(CreditCause)), CreditEntry.currency == currency, CreditEntry.at < ends
        )
        .group_by(CreditEntry.cause)
    )
    moved = {CreditCause(row.cause): int(row.moved) for row in rows}

    def of(*causes: CreditCause) -> Money:
        return Money(sum(moved.get(cause, 0) for cause in causes), currency)

    return CreditSums(
        before=Money(sum(int(row.before) for row in rows), currency),
        sold=of(CreditCause.SOLD),
        taken_back=of(CreditCause.TAKEN_BACK),
        by_staff=of(CreditCause.GRANTED, CreditCause.ADJUSTED),
        refunded=of(CreditCause.REFUNDED),
        spent=of(CreditCause.SPENT, CreditCause.GIVEN_BACK),
    )
