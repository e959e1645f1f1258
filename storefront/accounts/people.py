"""Those who work here: invited, given roles, taken from them.

Knows who may change whom, and that there is always an owner; refuses to know pages.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail
from storefront.accounts.models import Customer, Role, SignIn, Ticket, TicketKind, customer_role
from storefront.accounts.queries import open_invitations
from storefront.accounts.roles import OWNER, ROLES
from storefront.accounts.steps import (
    Device,
    HalfWay,
    Opened,
    believe,
    end_sign_ins,
    open_sign_in,
    role_called,
)
from storefront.accounts.tickets import issue, use_ticket
from storefront.config import settings
from storefront.database import lock, require_transaction, session, transaction
from storefront.errors import NotFound, Refused

Actor = tuple[str, object]


def invite(email: str, roles: Iterable[str], *, by: Actor) -> int:
    """Invite `email` (as `tidy_email` leaves it) to work here in these roles; the invitation's id. Raises Refused."""
    wanted = _known(roles)
    if not wanted:
        raise Refused(_("Please choose at least one role."), field="roles")
    with transaction():
        ticket = issue(TicketKind.INVITATION, email=email, facts={"roles": wanted, "by": list(by)})
        audit.record(
            "staff.invited",
            subject=("ticket", ticket.id),
            actor=by,
            code=",".join(wanted),
            detail={"email": (None, email)},
        )
        facts = {"ticket_id": ticket.id}
        mail.owe("account_invitation", subject=f"ticket:{ticket.id}", recipient=email, facts=facts)
        return ticket.id


def change_roles(customer_id: int, roles: Iterable[str], *, by: Actor) -> None:
    """Let the person have exactly these roles, none meaning that they no longer work here.

    Raises NotFound, and Refused where no owner would be left. Their sessions end: they come in anew. Invitations that
    wait for them, or that they wrote without being owner any more, are good for nothing: nobody comes back by one.
    """
    wanted = _known(roles)
    with transaction() as current:
        _lock_owners()
        person = current.get(Customer, customer_id, populate_existing=True, with_for_update={"of": Customer})
        if person is None:
            raise NotFound()
        if set(wanted) == set(person.role_names):
            return
        give_roles(person, wanted, by=by, code=None)
        end_sign_ins(SignIn.customer_id == person.id, at=clock.now())
        _withdraw_invitations(person, by=by)


def give_roles(person: Customer, roles: Iterable[str], *, by: Actor, code: str | None) -> None:
    """Let the person have these roles; raises Refused where no owner would be left. A step."""
    current = require_transaction()
    before = person.role_names
    wanted = _known(roles)
    person.roles = [role_called(name) for name in wanted]
    current.flush()
    if OWNER in before and OWNER not in wanted and not _owners():
        raise Refused(_("Somebody has to own the shop: make another person owner first."))
    entry = audit.record(
        "staff.roles",
        subject=("customer", person.id),
        actor=by,
        code=code,
        detail={"roles": (", ".join(before) or None, ", ".join(wanted) or None)},
    )
    mail.owe("account_changed", subject=f"audit:{entry}", recipient=person.email, facts={"what": "roles"})


def _withdraw_invitations(person: Customer, *, by: Actor) -> None:
    """Those to the person, and those from them unless they own the shop. A step."""
    for ticket in open_invitations():
        is_theirs = ticket.facts["by"] == ["staff", person.id] and OWNER not in person.role_names
        if is_theirs or ticket.email == person.email:
            _withdraw(ticket, by=by)


def withdraw_invitation(ticket_id: int, *, by: Actor) -> None:
    """Make an invitation good for nothing; raises NotFound."""
    with transaction():
        ticket: Ticket | None = lock(Ticket, ticket_id)
        if ticket is None or ticket.kind != TicketKind.INVITATION or ticket.used_at is not None:
            raise NotFound()
        _withdraw(ticket, by=by)


def _withdraw(ticket: Ticket, *, by: Actor) -> None:
    ticket.used_at = clock.now()
    audit.record("staff.invitation_withdrawn", subject=("ticket", ticket.id), actor=by)


def first_owner() -> str:
    """The address of whoever was owner first; raises Refused where nobody is."""
    owners = sa.select(Customer.email).join(Customer.roles).where(Role.name == OWNER, Customer.active)
    found = session().scalar(owners.order_by(Customer.id).limit(1))
    if found is None:
        raise Refused(_("Nobody owns this shop yet: storefront staff invite EMAIL --role owner"))
    return str(found)


def staff_link(email: str) -> int:
    """A ticket that signs the person in who works here under this address; its id. Raises Refused."""
    with transaction() as current:
        person = current.scalars(sa.select(Customer).where(Customer.email == email, Customer.active)).first()
        if person is None or not person.is_staff:
            raise Refused(_("Nobody with the address %(email)s works here.", email=email))
        ticket = issue(TicketKind.STAFF_LINK, customer_id=person.id, email=email)
        audit.record("staff.link_made", subject=("customer", person.id), actor=("command", None))
        return ticket.id


def sign_in_by_staff_link(token: str, *, device: Device, is_here: bool) -> Opened | HalfWay:
    """A session for whoever started the shop; raises NotFound where the link is used or too old.

    `is_here`: the request came from this machine. With that, and where no money can move, the link counts as
    both factors; anywhere else as the first alone.
    """
    counts_twice = (
        is_here and settings().is_sandbox and settings().is_loopback and not settings().trusted_proxies
    )
    with transaction():
        ticket = use_ticket(TicketKind.STAFF_LINK, token)
        person = lock(Customer, ticket.customer_id) if ticket.customer_id else None
        if person is None or not person.active or not person.is_staff:
            raise NotFound()
        if not counts_twice:
            return believe(person, method="staff_link", device=device)
        return open_sign_in(person, method="staff_link", device=device, second_factor=True)


def _known(roles: Iterable[str]) -> list[str]:
    """The roles in their order, each once; raises NotFound for one that does not exist."""
    asked = set(roles)
    if asked - set(ROLES):
        raise NotFound()
    return [name for name in ROLES if name in asked]


def _lock_owners() -> None:
    """Of two owners who would each remove the other, the second waits here and sees what the first did. A step."""
    current = require_transaction()
    role = role_called(OWNER)
    current.scalars(sa.select(Role).where(Role.id == role.id).with_for_update()).all()


def _owners() -> list[int]:
    owners = (
        sa.select(customer_role.c.customer_id)
        .join(Role, Role.id == customer_role.c.role_id)
        .join(Customer, Customer.id == customer_role.c.customer_id)
        .where(Role.name == OWNER, Customer.active)
        .limit(1)
    )
    return list(require_transaction().scalars(owners))
