"""What is good once, for one purpose, until a time; the links in mails carry it signed.

Knows purposes and how long each lasts; refuses to know what follows when one is used.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.accounts.models import Ticket, TicketKind
from storefront.database import require_transaction, session
from storefront.errors import NotFound
from storefront.web import sign, unsign

LASTS = {
    TicketKind.SIGN_UP: timedelta(hours=24),
    TicketKind.LINK: timedelta(minutes=30),
    TicketKind.RESET: timedelta(minutes=30),
    TicketKind.CHANGE_OLD: timedelta(hours=24),
    TicketKind.CHANGE_NEW: timedelta(hours=24),
    TicketKind.INVITATION: timedelta(days=3),
    TicketKind.STAFF_LINK: timedelta(minutes=30),
    TicketKind.SECOND_FACTOR: timedelta(minutes=10),
    TicketKind.PASSKEY: timedelta(minutes=5),
    TicketKind.KEPT_FORM: timedelta(minutes=30),
}


def issue(
    kind: TicketKind,
    *,
    customer_id: int | None = None,
    email: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Ticket:
    """A ticket for that purpose, its id known. A step."""
    current, now = require_transaction(), clock.now()
    made = Ticket(
        kind=kind,
        customer_id=customer_id,
        email=email,
        facts=facts or {},
        created_at=now,
        expires_at=now + LASTS[kind],
    )
    current.add(made)
    current.flush()
    return made


def token_of(kind: TicketKind, ticket_id: int) -> str:
    """The ticket as a link carries it: the database alone does not give it away."""
    return sign(f"accounts.{kind}", ticket_id)


def find_ticket(kind: TicketKind, token: str | None) -> Ticket | None:
    """The ticket in `token` while it is good, or None."""
    found: Ticket | None = session().scalars(_good(kind, unsign(f"accounts.{kind}", token))).first()
    return found


def use_ticket(kind: TicketKind, token: str | None) -> Ticket:
    """The ticket in `token`, used up by this; raises NotFound where it is used, too old or another's. A step."""
    ticket_id = unsign(f"accounts.{kind}", token)
    current = require_transaction()
    now = clock.now()
    used = (
        sa.update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.kind == kind)
        .where(Ticket.used_at.is_(None), Ticket.expires_at > now)
        .values(used_at=now)
    )
    if not isinstance(ticket_id, int) or current.execute(used).rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound()
    found: Ticket = current.get_one(Ticket, ticket_id, populate_existing=True)
    return found


def forget_tickets(kind: TicketKind, *, customer_id: int) -> None:
    """Use up all others of that kind: of several reset links in a mailbox one is enough. A step."""
    require_transaction().execute(
        sa.update(Ticket)
        .where(Ticket.kind == kind, Ticket.customer_id == customer_id, Ticket.used_at.is_(None))
        .values(used_at=clock.now())
    )


def _good(kind: TicketKind, ticket_id: Any) -> sa.Select[Any]:
    known = ticket_id if isinstance(ticket_id, int) else 0
    good = sa.select(Ticket).where(Ticket.id == known, Ticket.kind == kind)
    return good.where(Ticket.used_at.is_(None), Ticket.expires_at > clock.now())
