"""Coming in by password or link, proving it twice or again, and going out.

Knows one transaction per act, and that hashing takes none; refuses to know cookies.
"""

from typing import Any

import sqlalchemy as sa

from storefront import audit, clock
from storefront.accounts import passwords
from storefront.accounts.access import digest
from storefront.accounts.asking import answer
from storefront.accounts.guesses import count_guess, forget_guesses
from storefront.accounts.models import Customer, SignIn, TicketKind
from storefront.accounts.second_factor import takes_code, takes_recovery_code
from storefront.accounts.steps import Device, HalfWay, Opened, believe, end_sign_ins, open_sign_in, renew
from storefront.accounts.tickets import find_ticket, use_ticket
from storefront.database import lock, release, session, transaction
from storefront.errors import NotFound

# Naming `answer` here registers the job that writes the mails asked for.
__all__ = [
    "HalfWay",
    "answer",
    "prove_again",
    "sign_in_by_code",
    "sign_in_by_link",
    "sign_in_by_password",
    "sign_out",
]


def sign_in_by_password(email: str, password: str, *, device: Device) -> Opened | HalfWay | None:
    """A session for whoever knows the password, or None; known and unknown addresses take the same time.

    Raises TooOften.
    """
    with transaction():
        count_guess("sign_in", email)
    found = _password_of(email)
    if not passwords.is_right(password, found.password if found else None) or found is None:
        _write_failure(found.id if found else None, "password")
        return None
    with transaction():
        person: Customer | None = lock(Customer, found.id)
        # Changed, closed or erased meanwhile: what was right is so no longer.
        if person is None or person.password != found.password or not person.active:
            return None
        forget_guesses("sign_in", email)
        return believe(person, method="password", device=device)


def sign_in_by_link(token: str, *, device: Device) -> Opened | HalfWay:
    """A session for whoever has the mailbox; raises NotFound where the link is used or too old."""
    with transaction():
        ticket = use_ticket(TicketKind.LINK, token)
        person = lock(Customer, ticket.customer_id) if ticket.customer_id else None
        if person is None or not person.active or person.email != ticket.email:
            raise NotFound()
        return believe(person, method="link", device=device)


def sign_in_by_code(token: str, code: str, *, device: Device) -> Opened | None:
    """The second half of a sign-in: a code of the app, or a recovery code; None where it is neither.

    Raises TooOften, and NotFound where the first half is too old.
    """
    half = _half(token)
    with transaction():
        count_guess("code", half.email)
    with transaction():
        person: Customer | None = lock(Customer, half.id)
        if person is not None and person.active and _takes(person, code):
            ticket = use_ticket(TicketKind.SECOND_FACTOR, token)
            forget_guesses("code", half.email)
            return open_sign_in(person, method=ticket.facts["method"], device=device, second_factor=True)
    _write_failure(half.id, "code")
    return None


def prove_again(sign_in_id: int, *, password: str = "", code: str = "") -> str | None:
    """The session's new key where password or code is right, else None; it is fresh from now on.

    Raises TooOften.
    """
    row = session().get_one(SignIn, sign_in_id)
    customer_id = row.customer_id
    person = session().get_one(Customer, customer_id)
    email, kept = person.email, person.password
    # Counted apart: the right password must not give those who guess codes a new hour.
    kind = "code" if code else "sign_in"
    with transaction():
        count_guess(kind, email)
    if code:
        with transaction():
            is_right = _takes(lock(Customer, customer_id), code)
    else:
        is_right = passwords.is_right(password, kept)
    if is_right:
        return _renewed(sign_in_id, email, kind=kind)
    _write_failure(customer_id, "again")
    return None


def sign_out(key: str | None) -> None:
    """End the session of this key, wherever its cookie still is."""
    with transaction() as current:
        found = current.scalars(sa.select(SignIn).where(SignIn.key_digest == digest(key or ""))).first()
        if found is not None and end_sign_ins(SignIn.id == found.id, at=clock.now()):
            by = ("customer", found.customer_id)
            audit.record("sign_out", subject=by, actor=by)


def _password_of(email: str) -> Any:
    """Id and password of the active person with this address, the connection given back: hashing takes a while."""
    known = sa.select(Customer.id, Customer.password).where(Customer.email == email, Customer.active)
    found = session().execute(known).first()
    release()
    return found


def _half(token: str) -> Any:
    """Id and address of the person whose first factor was right; raises NotFound."""
    ticket = find_ticket(TicketKind.SECOND_FACTOR, token)
    if ticket is None or ticket.customer_id is None:
        raise NotFound()
    return (
        session()
        .execute(sa.select(Customer.id, Customer.email).where(Customer.id == ticket.customer_id))
        .one()
    )


def _renewed(sign_in_id: int, email: str, *, kind: str) -> str:
    with transaction():
        forget_guesses(kind, email)
        return renew(sign_in_id, second_factor=kind == "code")


def _takes(person: Customer, code: str) -> bool:
    """Whether it is a code of the app, or one of the recovery codes. A step."""
    return takes_code(person, code) or takes_recovery_code(person, code, at=clock.now())


def _write_failure(customer_id: int | None, code: str) -> None:
    with transaction():
        audit.record("sign_in.failed", subject=("customer", customer_id or "unknown"), code=code)
