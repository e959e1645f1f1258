"""What credit knows of a person: their store credit, and cards whose code was written to them. Balances stay."""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import people
from storefront.credit.models import CreditAccount, CreditEntry, CreditKind, CreditUse
from storefront.database import session
from storefront.web.text import money_text


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
            forget={"email": None, "customer_id": None},
            keeps=("id", "kind", "currency", "code_digest", "code_end", "replaced_by"),
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


@people.objects
def in_the_way(person: people.Person) -> list[str]:
    """Store credit that would be lost: nobody could spend it any more."""
    theirs = sa.select(CreditAccount).where(
        CreditAccount.customer_id.in_(person.customer_ids),
        CreditAccount.kind == CreditKind.STORE_CREDIT,
        CreditAccount.balance_minor > 0,
    )
    return [
        _(
            "%(amount)s of store credit would be lost: spend it, or ask us to take it away, first.",
            amount=money_text(each.balance),
        )
        for each in session().scalars(theirs.order_by(CreditAccount.id))
    ]
