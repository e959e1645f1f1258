"""Asking for a mail by an address that may or may not have an account: both look and take the same.

Knows that the request writes one ticket and the worker looks who it is for; refuses to tell the request.
"""

from datetime import timedelta

import sqlalchemy as sa

from storefront import clock, jobs, mail
from storefront.accounts.guesses import count_guess
from storefront.accounts.models import Customer, Guess, SignIn, Ticket, TicketKind
from storefront.accounts.tickets import issue
from storefront.database import lock, transaction

_TICKETS_KEPT, _GUESSES_KEPT = timedelta(days=7), timedelta(hours=2)
_SESSIONS_KEPT = timedelta(days=90)

# Which mail is owed to an address with an account, and to one without ("": none).
_MAILS: dict[str, tuple[str, str]] = {
    TicketKind.SIGN_UP: ("account_exists", "account_sign_up"),
    TicketKind.LINK: ("account_link", ""),
    TicketKind.RESET: ("account_reset", ""),
}


def ask_for(kind: TicketKind, email: str) -> None:
    """Have a mail of that kind sent to `email`, if there is reason; raises TooOften."""
    with transaction():
        count_guess(kind, email)
        ticket = issue(kind, email=email)
        jobs.enqueue("accounts.answer", {"ticket": ticket.id}, key=f"accounts.answer:{ticket.id}")


@jobs.handler("accounts.answer")
def answer(*, ticket: int) -> None:
    """Owe the mail that the ticket asks for; a second run finds it owed."""
    with transaction() as current:
        asked: Ticket | None = lock(Ticket, ticket)
        if asked is None or asked.email is None:
            return
        found = current.scalars(sa.select(Customer).where(Customer.email == asked.email)).first()
        known, unknown = _MAILS[asked.kind]
        kind = known if found is not None else unknown
        if found is not None:
            asked.customer_id = found.id
        if kind and (found is None or found.active):
            mail.owe(kind, subject=f"ticket:{asked.id}", recipient=asked.email, facts={"ticket_id": asked.id})


@jobs.every("accounts.forget", minutes=60)
def forget() -> None:
    """Forget what is good for nothing any more: old tickets, guesses past their window, sessions long over."""
    now = clock.now()
    with transaction() as current:
        current.execute(sa.delete(Ticket).where(Ticket.expires_at < now - _TICKETS_KEPT))
        current.execute(sa.delete(Guess).where(Guess.last_at < now - _GUESSES_KEPT))
        current.execute(sa.delete(SignIn).where(SignIn.expires_at < now - _SESSIONS_KEPT))
