"""People and sessions as pages show them.

Knows how to read what a page needs at once; refuses to write.
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from storefront import clock
from storefront.accounts.models import Customer, Passkey, RecoveryCode, SignIn, Ticket, TicketKind
from storefront.database import session

PAGE = 200


@dataclass(frozen=True, slots=True)
class Guards:
    """What guards one account: its passkeys, its standing sessions, how many recovery codes are left."""

    passkeys: list[Passkey]
    sign_ins: list[SignIn]
    recovery_codes: int


def guards_of(customer_id: int) -> Guards:
    """Everything of `/account/security`, in three statements."""
    current = session()
    standing = (
        sa.select(SignIn)
        .where(SignIn.customer_id == customer_id, SignIn.ended_at.is_(None))
        .where(SignIn.expires_at > clock.now())
        .order_by(SignIn.id.desc())
        .limit(PAGE)
    )
    keys = sa.select(Passkey).where(Passkey.customer_id == customer_id).order_by(Passkey.id)
    left = sa.select(sa.func.count()).where(
        RecoveryCode.customer_id == customer_id, RecoveryCode.used_at.is_(None)
    )
    return Guards(
        list(current.scalars(keys)), list(current.scalars(standing)), int(current.scalar(left) or 0)
    )


def has_passkey(customer_id: int) -> bool:
    """Whether the person has any passkey."""
    any_key = sa.select(Passkey.id).where(Passkey.customer_id == customer_id).limit(1)
    return session().scalar(any_key) is not None


def staff() -> list[Customer]:
    """Everybody who works here, by address, with their roles."""
    working = sa.select(Customer).where(Customer.roles.any()).order_by(Customer.email).limit(PAGE)
    return list(session().scalars(working.options(selectinload(Customer.roles))))


def names_of(ids: Collection[str | None]) -> dict[str, str]:
    """What people are called, by their ids as texts; those that are no ids are left out. One statement, or none."""
    known = [int(each) for each in ids if each and each.isascii() and each.isdigit()]
    if not known:
        return {}
    rows = session().execute(
        sa.select(Customer.id, Customer.name, Customer.email).where(Customer.id.in_(known))
    )
    return {str(row.id): row.name or row.email for row in rows}


def staff_with_passkeys() -> set[int]:
    """The ids of those who work here and have a passkey."""
    having = sa.select(Passkey.customer_id).join(Customer).where(Customer.roles.any()).distinct()
    return set(session().scalars(having))


def staff_member(customer_id: int) -> Customer | None:
    """One person who works here, with their roles, or None."""
    found = sa.select(Customer).where(Customer.id == customer_id, Customer.roles.any())
    return session().scalars(found.options(selectinload(Customer.roles))).first()


def inviter(invitation: Ticket) -> str:
    """Who invited: their name, else their address; nothing where it was a command. One statement."""
    kind, person_id = invitation.facts["by"]
    if kind != "staff":
        return ""
    found = (
        session().execute(sa.select(Customer.name, Customer.email).where(Customer.id == person_id)).first()
    )
    return (found.name or found.email) if found else ""


def open_invitations() -> list[Ticket]:
    """Invitations that nobody has accepted yet, newest first."""
    waiting = (
        sa.select(Ticket)
        .where(Ticket.kind == TicketKind.INVITATION, Ticket.used_at.is_(None))
        .where(Ticket.expires_at > clock.now())
        .order_by(Ticket.id.desc())
        .limit(PAGE)
    )
    return list(session().scalars(waiting))
