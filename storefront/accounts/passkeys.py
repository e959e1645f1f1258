"""Passkeys: made on a device, asked for a signature, worth both factors since the device asks for its owner.

Knows challenges and what was signed (W3C Web Authentication); refuses to know pages.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.accounts.models import Customer, Passkey, Ticket, TicketKind
from storefront.accounts.steps import Device, Opened, change_guard, open_sign_in, renew
from storefront.accounts.tickets import issue, token_of, use_ticket
from storefront.config import settings
from storefront.database import lock, require_transaction, session, transaction
from storefront.errors import NotFound, Refused

if TYPE_CHECKING:
    # Loaded with the first passkey: what stands below it takes a third of a second and 20 MiB.
    from storefront.accounts.ceremonies import Made

MOST_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge: `token` comes back with the answer, `options` (JSON) is what the browser is given."""

    token: str
    options: str


def ask_to_make(customer_id: int, *, host: str) -> Asked:
    """The challenge for a new passkey of this person, on this name of the shop."""
    from storefront.accounts.ceremonies import question_to_make

    with transaction() as current:
        person = current.get_one(Customer, customer_id)
        challenge, options = question_to_make(
            host=host,
            shop=settings().shop_name,
            handle=bytes.fromhex(person.passkey_handle),
            email=person.email,
            name=person.name or person.email,
            known=[each.credential_id for each in passkeys_of(customer_id)],
        )
        return _asked(challenge, options, customer_id=customer_id)


def add_passkey(
    customer_id: int,
    token: str,
    answer: str,
    *,
    name: str,
    host: str,
    sign_in_id: int,
    by: tuple[str, object],
) -> str:
    """Keep the passkey that the device made; the session's new key. Raises Refused."""
    with transaction() as current:
        person: Customer = lock(Customer, customer_id)
        ticket = _used(token)
        if ticket.customer_id != customer_id or len(passkeys_of(customer_id)) >= MOST_PASSKEYS:
            raise _not_taken()
        made = _verified_making(answer, ticket, host=host)
        if current.scalar(sa.select(Passkey.id).where(Passkey.credential_id == made.credential_id)):
            raise _not_taken()
        current.add(
            Passkey(
                customer_id=customer_id,
                credential_id=made.credential_id,
                public_key=made.public_key,
                sign_count=made.sign_count,
                name=name or _("Passkey"),
                created_at=clock.now(),
            )
        )
        change_guard(person, "account.passkey_added", tell="passkey_added", by=by)
        return renew(sign_in_id, second_factor=True)


def remove_passkey(customer_id: int, passkey_id: int, *, by: tuple[str, object]) -> None:
    """Believe this passkey no more; raises NotFound where it is not the person's."""
    with transaction() as current:
        found: Passkey | None = lock(Passkey, passkey_id)
        if found is None or found.customer_id != customer_id:
            raise NotFound()
        current.delete(found)
        change_guard(
            current.get_one(Customer, customer_id), "account.passkey_removed", tell="passkey_removed", by=by
        )


def ask_for_one(*, host: str) -> Asked:
    """The challenge that any passkey of this shop may answer: whose it is, the answer says."""
    from storefront.accounts.ceremonies import question_for_one

    challenge, options = question_for_one(host=host)
    with transaction():
        return _asked(challenge, options, customer_id=None)


def sign_in_by_passkey(token: str, answer: str, *, host: str, device: Device) -> Opened:
    """A session for whose passkey signed, proved twice. Raises Refused."""
    with _failures_recorded("unknown", "passkey"), transaction():
        person = _person_of(token, answer, host=host)
        return open_sign_in(person, method="passkey", device=device, second_factor=True)


def prove_by_passkey(customer_id: int, sign_in_id: int, token: str, answer: str, *, host: str) -> str:
    """The session's new key: fresh, and proved twice. Raises Refused."""
    with _failures_recorded(customer_id, "again"), transaction():
        if _person_of(token, answer, host=host).id != customer_id:
            raise _not_taken()
        return renew(sign_in_id, second_factor=True)


@contextmanager
def _failures_recorded(who: object, code: str) -> Iterator[None]:
    """What is refused within is on record, as a wrong password is."""
    try:
        yield
    except Refused:
        with transaction():
            audit.record("sign_in.failed", subject=("customer", who), code=code)
        raise


def passkeys_of(customer_id: int) -> list[Passkey]:
    """The person's passkeys, oldest first."""
    theirs = sa.select(Passkey).where(Passkey.customer_id == customer_id).order_by(Passkey.id)
    return list(session().scalars(theirs))


def _asked(challenge: str, options: str, *, customer_id: int | None) -> Asked:
    ticket = issue(TicketKind.PASSKEY, customer_id=customer_id, facts={"challenge": challenge})
    return Asked(token_of(TicketKind.PASSKEY, ticket.id), options)


def _used(token: str) -> Ticket:
    try:
        return use_ticket(TicketKind.PASSKEY, token)
    except NotFound:
        raise _not_taken() from None


def _verified_making(answer: str, ticket: Ticket, *, host: str) -> "Made":
    from storefront.accounts.ceremonies import Unproved, made_by

    try:
        return made_by(answer, ticket.facts["challenge"], host=host, origins=settings().origins)
    except Unproved:
        raise _not_taken() from None


def _person_of(token: str, answer: str, *, host: str) -> Customer:
    """Whose passkey signed the challenge; raises Refused. A step."""
    ticket = _used(token)
    if ticket.customer_id is not None:
        raise _not_taken()
    passkey = _passkey_named(answer)
    sign_count = _verified_count(passkey, answer, ticket, host=host)
    person: Customer = lock(Customer, passkey.customer_id)
    if not person.active:
        raise _not_taken()
    passkey.sign_count, passkey.used_at = sign_count, clock.now()
    return person


def _verified_count(passkey: Passkey, answer: str, ticket: Ticket, *, host: str) -> int:
    from storefront.accounts.ceremonies import Unproved, signatures_after

    try:
        return signatures_after(
            answer,
            ticket.facts["challenge"],
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
            host=host,
            origins=settings().origins,
        )
    except Unproved:
        raise _not_taken() from None


def _passkey_named(answer: str) -> Passkey:
    try:
        named = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _not_taken() from None
    with_id = sa.select(Passkey).where(Passkey.credential_id == str(named)[:1400]).with_for_update()
    found = require_transaction().scalars(with_id).first()
    if found is None:
        raise _not_taken()
    return found


def _not_taken() -> Refused:
    return Refused(
        _("That passkey did not open anything here. Please try once more, or take another way in.")
    )
