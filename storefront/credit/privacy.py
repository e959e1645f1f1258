"""What credit knows of a person: their store credit, and cards whose code was written to them. Balances stay."""

import sqlalchemy as sa

from storefront import people
from storefront.credit.models import CreditAccount, CreditEntry, CreditUse


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Accounts, what moved on them, and what orders hold of them: amounts and ids are kept with the books."""
    account, entry, use = (people.table_of(each) for each in (CreditAccount, CreditEntry, CreditUse))
    theirs = sa.or_(
        CreditAccount.customer_id.in_(person.customer_ids),
        people.is_one_of(CreditAccount.email, person.emails),
    )
    accounts = sa.select(CreditAccount.id).where(theirs).scalar_subquery()
    return (
        people.Holding(
            account,
            theirs,
            forget={"email": None},
            keeps=("id", "kind", "currency", "code_digest", "code_end"),
            hidden=("code_digest",),
        ),
        people.Holding(
            entry,
            sa.or_(CreditEntry.account_id.in_(accounts), CreditEntry.order_id.in_(person.order_ids)),
            forget={},
            keeps=("account_id", "cause", "currency", "refund_id", "reference"),
        ),
        people.Holding(
            use,
            CreditUse.order_id.in_(person.order_ids),
            forget={"cart_id": f"erased-{person.code}"},
            keeps=("account_id", "currency"),
        ),
    )
