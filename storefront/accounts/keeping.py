"""What guards an account, changed by the person whose it is: password, app, address, sessions.

Knows that each change is recorded and written about; refuses to know who is signed in.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail
from storefront.accounts import passwords
from storefront.accounts.guesses import count_guess
from storefront.accounts.models import Customer, RecoveryCode, SignIn, Ticket, TicketKind
from storefront.accounts.second_factor import new_recovery_codes, takes_code
from storefront.accounts.steps import change_guard, customer_of, end_sign_ins, renew
from storefront.accounts.tickets import forget_tickets, issue, use_ticket
from storefront.database import lock, release, require_transaction, savepoint, session, transaction
from storefront.errors import NotFound, Refused

Actor = tuple[str, object]


def change_password(customer_id: int, password: str, *, sign_in_id: int, by: Actor) -> None:
    """Another password; every other session ends. Raises Refused where it will not do."""
    person = session().get_one(Customer, customer_id)
    about = (person.email, person.name)
    release()
    if problem := passwords.problem_with(password, about=about):
        raise Refused(problem, field="password")
    kept = passwords.hashed(password)
    with transaction():
        person = lock(Customer, customer_id)
        person.password = kept
        end_sign_ins(SignIn.customer_id == customer_id, SignIn.id != sign_in_id, at=clock.now())
        # Who came half-way in knew the old one.
        forget_tickets(TicketKind.SECOND_FACTOR, customer_id=customer_id)
        change_guard(person, "account.password", tell="password", by=by)


def add_app(customer_id: int, secret: str, code: str, *, sign_in_id: int, by: Actor) -> tuple[list[str], str]:
    """Ask for codes of this app from now on; the recovery codes and the session's new key.

    The session counts as proved twice. Raises Refused where the code is not the app's.
    """
    with transaction() as current:
        person: Customer = lock(Customer, customer_id)
        person.totp_counter = None
        current.flush()
        if not takes_code(person, code, secret=secret):
            raise _not_the_apps()
        current.refresh(person)
        person.tf_totp_secret = secret
        codes = new_recovery_codes(person)
        change_guard(person, "account.codes_on", tell="codes_on", by=by)
        return codes, renew(sign_in_id, second_factor=True)


def remove_app(customer_id: int, *, by: Actor) -> None:
    """Ask for no codes any more; the recovery codes go with them."""
    with transaction() as current:
        person: Customer = lock(Customer, customer_id)
        person.tf_totp_secret = person.totp_counter = None
        current.execute(sa.delete(RecoveryCode).where(RecoveryCode.customer_id == customer_id))
        change_guard(person, "account.codes_off", tell="codes_off", by=by)


def renew_recovery_codes(customer_id: int, *, by: Actor) -> list[str]:
    """Ten new recovery codes; the old ones are good for nothing. Raises NotFound where no app is asked for."""
    with transaction():
        person: Customer = lock(Customer, customer_id)
        if not person.has_codes:
            raise NotFound()
        codes = new_recovery_codes(person)
        change_guard(person, "account.recovery", tell="recovery", by=by)
        return codes


def end_sign_in(customer_id: int, sign_in_id: int, *, by: Actor) -> None:
    """End one of the person's own sessions; raises NotFound where it is not theirs."""
    with transaction():
        theirs = (SignIn.id == sign_in_id, SignIn.customer_id == customer_id)
        if not end_sign_ins(*theirs, at=clock.now()):
            raise NotFound()
        audit.record("sign_in.ended", subject=("customer", customer_id), actor=by)


def end_all_sign_ins(customer_id: int, *, by: Actor) -> None:
    """End every session of the person, this one too."""
    with transaction():
        end_sign_ins(SignIn.customer_id == customer_id, at=clock.now())
        audit.record("sign_in.all_ended", subject=("customer", customer_id), actor=by)


def ask_to_change_email(customer_id: int, email: str, *, by: Actor) -> None:
    """Ask both addresses whether `email` may take the old one's place; raises TooOften.

    Whether the new one has an account is told to its mailbox alone.
    """
    with transaction():
        person: Customer = lock(Customer, customer_id)
        count_guess("change", person.email)
        taken = customer_of(email)
        old = issue(TicketKind.CHANGE_OLD, customer_id=customer_id, email=person.email, facts={"new": email})
        new = issue(TicketKind.CHANGE_NEW, customer_id=customer_id, email=email, facts={"other": old.id})
        old.facts = {**old.facts, "other": new.id}
        _owe("account_change_old", old, to=person.email, new=email)
        if taken is None:
            _owe("account_change_new", new, to=email, new=email)
        else:
            _owe("account_exists", new, to=email, new=email)
        audit.record("account.email_asked", subject=("customer", customer_id), actor=by)


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose address is another now, and which."""

    customer_id: int
    email: str


def agree_to_change(kind: TicketKind, token: str) -> Changed | None:
    """One of the two addresses agrees; what has changed once both did, else None.

    Raises NotFound where the link is used or too old, and Refused where the new address is not to be had any more:
    both links are used up then, and whether somebody has it is not said.
    """
    with transaction() as current:
        ticket = use_ticket(kind, token)
        person = lock(Customer, ticket.customer_id or 0)
        other: Ticket | None = current.get(Ticket, ticket.facts["other"], populate_existing=True)
        if person is None or other is None:
            raise NotFound()
        old, new = (ticket, other) if kind == TicketKind.CHANGE_OLD else (other, ticket)
        if other.used_at is None:
            return None
        if person.email != old.email or not new.email:
            raise NotFound()
        before, has_it = person.email, _take_address(person, new.email)
        if has_it:
            by = ("customer", person.id)
            change_guard(person, "account.email", tell="email", by=by, to=before, new=new.email)
    if not has_it:
        raise Refused(_("The new address cannot be used. Your account keeps the address that it has."))
    return Changed(person.id, new.email)


def _take_address(person: Customer, email: str) -> bool:
    """Give the person this address, unless somebody has it; whether they have it now. A step.

    Not looked for before: of two who take it at once, only the table's own rule sees both.
    """
    try:
        with savepoint():
            person.email, person.confirmed_at = email, clock.now()
            require_transaction().flush()
    except sa.exc.IntegrityError:
        return False
    return True


def _owe(kind: str, ticket: Ticket, *, to: str, new: str) -> None:
    mail.owe(kind, subject=f"ticket:{ticket.id}", recipient=to, facts={"ticket_id": ticket.id, "new": new})


def _not_the_apps() -> Refused:
    return Refused(
        _("This is not the code that your app shows now. Please take the newest one."), field="code"
    )
