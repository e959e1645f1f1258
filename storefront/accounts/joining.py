"""What the links in mails lead to: an account, a new password.

Knows that a mailbox proves an address; refuses to believe an address that nobody proved.
"""

from storefront import audit, clock
from storefront.accounts import passwords
from storefront.accounts.models import Customer, SignIn, TicketKind
from storefront.accounts.people import give_roles
from storefront.accounts.steps import (
    Device,
    HalfWay,
    Opened,
    believe,
    change_guard,
    customer_of,
    end_sign_ins,
    new_person,
    open_sign_in,
)
from storefront.accounts.tickets import find_ticket, forget_tickets, use_ticket
from storefront.database import lock, release, transaction
from storefront.errors import NotFound, Refused


def make_account(token: str, *, name: str, password: str, device: Device) -> Opened:
    """The account of the address that the link was sent to, and a session; without a password where none is given.

    Raises NotFound where the link is used or too old, Refused where the password will not do.
    """
    email = _email_of(TicketKind.SIGN_UP, token)
    kept = _hashed(password, about=(email, name)) if password else None
    now = clock.now()
    with transaction():
        use_ticket(TicketKind.SIGN_UP, token)
        person = new_person(email, name=name, password=kept, confirmed_at=now)
        if person is None:
            raise NotFound()
        audit.record("account.made", subject=("customer", person.id), actor=("customer", person.id))
        return open_sign_in(person, method="link", device=device, second_factor=False)


def reset_password(token: str, password: str, *, device: Device) -> Opened | HalfWay:
    """A new password for whoever has the mailbox; every session of the account ends, and a new one begins.

    Raises NotFound where the link is used or too old, Refused where the password will not do.
    """
    email = _email_of(TicketKind.RESET, token)
    kept = _hashed(password, about=(email,))
    with transaction():
        ticket = use_ticket(TicketKind.RESET, token)
        person = lock(Customer, ticket.customer_id) if ticket.customer_id else None
        if person is None or not person.active or person.email != ticket.email:
            raise NotFound()
        person.password = kept
        person.confirmed_at = clock.now()
        forget_tickets(TicketKind.RESET, customer_id=person.id)
        # Who came half-way in by the old password, too.
        forget_tickets(TicketKind.SECOND_FACTOR, customer_id=person.id)
        end_sign_ins(SignIn.customer_id == person.id, at=clock.now())
        change_guard(person, "account.password_reset", tell="password", by=("customer", person.id))
        return believe(person, method="link", device=device)


def accept_invitation(token: str, *, device: Device) -> Opened | HalfWay:
    """The invited person's account, with the roles of the invitation, and a session; raises NotFound.

    What guards it is set on the pages that follow: nothing below /staff opens before a second factor. Sessions from
    before end: they were made to last for a shopper.
    """
    with transaction():
        ticket = use_ticket(TicketKind.INVITATION, token)
        if ticket.email is None:
            raise NotFound()
        person = new_person(ticket.email) or customer_of(ticket.email)
        if person is None or not person.active:
            raise NotFound()
        person.confirmed_at = clock.now()
        wanted = [*person.role_names, *ticket.facts["roles"]]
        give_roles(person, wanted, by=tuple(ticket.facts["by"]), code="invitation")
        end_sign_ins(SignIn.customer_id == person.id, at=clock.now())
        return believe(person, method="invitation", device=device)


def email_of_ticket(kind: TicketKind, token: str) -> str | None:
    """The address that the link was sent to, or None where it is used or too old."""
    ticket = find_ticket(kind, token)
    return ticket.email if ticket else None


def _email_of(kind: TicketKind, token: str) -> str:
    email = email_of_ticket(kind, token)
    if email is None:
        raise NotFound()
    release()
    return email


def _hashed(password: str, *, about: tuple[str, ...]) -> str:
    if problem := passwords.problem_with(password, about=about):
        raise Refused(problem, field="password")
    return passwords.hashed(password)
