"""Coming in and going out, inside the caller's transaction.

Knows how a session begins and ends; refuses to know why somebody was believed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storefront import audit, clock, mail
from storefront.accounts.access import digest, new_key
from storefront.accounts.models import Customer, Role, SignIn, TicketKind
from storefront.accounts.roles import ROLES
from storefront.accounts.tickets import issue, token_of
from storefront.database import insert_ignore, lock, require_transaction
from storefront.errors import NotFound

SHOPPING_LASTS, WORK_LASTS = timedelta(days=30), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Device:
    """What a browser says of itself, and where it asks from; `key` is that of the session it already has."""

    user_agent: str = ""
    address: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has begun: whose, its row's id, and the key that the cookie holds."""

    customer_id: int
    sign_in_id: int
    key: str


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The first factor was right; the second is asked for against this token."""

    token: str


def open_sign_in(
    person: Customer, *, method: str, device: Device, second_factor: bool, lasts: timedelta | None = None
) -> Opened:
    """Begin a session; the one this browser had ends, so that no key outlives a sign-in. A step."""
    session, now, key = require_transaction(), clock.now(), new_key()
    if device.key:
        end_sign_ins(SignIn.key_digest == digest(device.key), at=now)
    row = SignIn(
        customer_id=person.id,
        key_digest=digest(key),
        method=method,
        created_at=now,
        proved_at=now,
        second_factor_at=now if second_factor else None,
        expires_at=now + (lasts or (WORK_LASTS if person.is_staff else SHOPPING_LASTS)),
        user_agent=device.user_agent[:300],
        address=device.address,
    )
    session.add(row)
    session.flush()
    audit.record("sign_in", subject=("customer", person.id), actor=("customer", person.id), code=method)
    return Opened(person.id, row.id, key)


def believe(person: Customer, *, method: str, device: Device) -> Opened | HalfWay:
    """After the first factor: a session, or the question for the second where there is an app. A step."""
    if not person.has_codes:
        return open_sign_in(person, method=method, device=device, second_factor=False)
    ticket = issue(TicketKind.SECOND_FACTOR, customer_id=person.id, facts={"method": method})
    return HalfWay(token_of(TicketKind.SECOND_FACTOR, ticket.id))


def renew(sign_in_id: int, *, second_factor: bool) -> str:
    """The session's new key: it is fresh, and proved twice where `second_factor`. A step."""
    row: SignIn = lock(SignIn, sign_in_id)
    if row.ended_at is not None:
        raise NotFound()
    key, now = new_key(), clock.now()
    row.key_digest, row.proved_at = digest(key), now
    row.second_factor_at = now if second_factor else row.second_factor_at
    by = ("customer", row.customer_id)
    audit.record("sign_in.proved", subject=by, actor=by, code="second_factor" if second_factor else None)
    return key


def end_sign_ins(*which: sa.ColumnElement[bool], at: datetime) -> int:
    """End the sessions to which `which` applies; how many there were. A step."""
    ended = sa.update(SignIn).where(*which, SignIn.ended_at.is_(None)).values(ended_at=at)
    return int(require_transaction().execute(ended).rowcount)  # type: ignore[attr-defined]


def role_called(name: str) -> Role:
    """The role of that name; raises NotFound where there is none. A step: its row is made when first asked for."""
    session = require_transaction()
    if name not in ROLES:
        raise NotFound()
    insert_ignore(Role, {"name": name}, unique=("name",))
    found: Role = session.scalars(sa.select(Role).where(Role.name == name)).one()
    return found


def add_person(email: str, name: str, *, roles: tuple[str, ...] = ()) -> Customer:
    """Somebody whose address is known to be theirs, with these roles; who is there already stays as they are.

    A step.
    """
    session, now = require_transaction(), clock.now()
    found = customer_of(email)
    if found is not None:
        return found
    made = Customer(email=email, name=name, confirmed_at=now, created_at=now)
    made.roles = [role_called(each) for each in roles]
    session.add(made)
    session.flush()
    audit.record("account.made", subject=("customer", made.id))
    return made


def new_person(
    email: str, *, name: str = "", password: str | None = None, confirmed_at: datetime | None = None
) -> Customer | None:
    """A person with this address, None where there is one: of two links pressed at once the second finds the
    first's. A step."""
    values = {
        "email": email,
        "name": name,
        "password": password,
        "confirmed_at": confirmed_at,
        "created_at": clock.now(),
    }
    return customer_of(email) if insert_ignore(Customer, values, unique=("email",)) else None


def customer_of(email: str) -> Customer | None:
    """The person with this address (as `tidy_email` leaves it), locked until the commit. A step."""
    session = require_transaction()
    found: Customer | None = session.scalars(
        sa.select(Customer).where(Customer.email == email).with_for_update()
    ).first()
    return found


def change_guard(
    person: Customer, verb: str, *, tell: str, by: tuple[str, object], to: str = "", **facts: str
) -> None:
    """Record that something which guards the account was changed, and owe a mail about it. A step.

    `tell` is what the mail says; it goes `to` another address where the person's own is not meant.
    """
    entry = audit.record(verb, subject=("customer", person.id), actor=by)
    said = {"what": tell, **facts}
    mail.owe("account_changed", subject=f"audit:{entry}", recipient=to or person.email, facts=said)
