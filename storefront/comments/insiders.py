"""Who belongs to the shop, and who looks as if they did.

Knows accounts with roles, and names; refuses to believe an address that is not proved.
"""

from typing import Any

import sqlalchemy as sa

from storefront.accounts.models import Customer, customer_role
from storefront.comments.subjects import Subject
from storefront.comments.wording import outline
from storefront.config import settings
from storefront.database import session

STAFF, AUTHOR = "staff", "author"


def insider(customer_id: int | None, subject: Subject) -> str:
    """What the person of an account is to the shop: "author" of this text, "staff", or ""."""
    if customer_id is None:
        return ""
    if customer_id in subject.authors:
        return AUTHOR
    works = sa.select(customer_role.c.customer_id).where(customer_role.c.customer_id == customer_id)
    return STAFF if session().execute(works.limit(1)).first() else ""


def works_here(comment: Any) -> sa.ColumnElement[bool]:
    """Beside a row of `comment`: whether its account, or its proved address, is of somebody who works here now."""
    proved = comment.verified_at.is_not(None) & (Customer.email == comment.email)
    return (
        sa.select(sa.literal(1))
        .select_from(Customer)
        .join(customer_role, customer_role.c.customer_id == Customer.id)
        .where((Customer.id == comment.customer_id) | proved)
        .exists()
    )


def is_staff_address(email: str) -> bool:
    """Whether an address is of somebody who works here."""
    theirs = (
        sa.select(Customer.id)
        .join(customer_role, customer_role.c.customer_id == Customer.id)
        .where(Customer.email == email)
    )
    return session().execute(theirs.limit(1)).first() is not None


def customer_under(email: str) -> int | None:
    """The account with that address, or None."""
    found: int | None = session().scalar(sa.select(Customer.id).where(Customer.email == email))
    return found


def looks_like_insider(name: str, subject: Subject) -> bool:
    """Whether a name reads like that of the shop, of somebody who works here or writes for it, whatever letters it
    is put together from."""
    working = sa.select(Customer.name).join(customer_role, customer_role.c.customer_id == Customer.id)
    names = {*session().scalars(working), *subject.names, settings().shop_name}
    outlines = {outline(each) for each in names} - {""}
    return outline(name) in outlines
