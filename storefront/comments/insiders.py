"""Who belongs to the shop, and who looks as if they did.

Knows accounts with roles, and names; refuses to believe an address that is not proved.
"""

import re
from typing import Any

import sqlalchemy as sa

from storefront.accounts.models import Customer, customer_role
from storefront.comments.subjects import Subject
from storefront.comments.wording import outline
from storefront.config import settings
from storefront.database import session

STAFF, AUTHOR = "staff", "author"
_PARTS = re.compile(r"[\s(),;:/|–—-]+")


def insider(customer_id: int | None, subject: Subject) -> str:
    """What the person of an account is to the shop: "author" of this text, "staff" (also who writes others), ""."""
    if customer_id is None:
        return ""
    if customer_id in subject.authors:
        return AUTHOR
    if customer_id in subject.writers:
        return STAFF
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
    is put together from, or has such a name of several words in it, as “Iris Weller (support)”."""
    working = sa.select(Customer.name).join(customer_role, customer_role.c.customer_id == Customer.id)
    names = {*session().scalars(working), *subject.names, settings().shop_name}
    outlines = {outline(each) for each in names} - {""}
    return outline(name) in outlines or not outlines.isdisjoint(_within(name))


def _within(name: str) -> set[str]:
    """The outlines of all stretches of two words and more."""
    words = [found for each in _PARTS.split(name) if (found := outline(each))]
    ends = range(len(words) + 1)
    return {"".join(words[first:last]) for first in ends for last in ends if last - first > 1}
