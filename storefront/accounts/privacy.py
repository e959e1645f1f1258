"""What accounts know of a person: who, how they come in, when and from where. All of it goes."""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import people
from storefront.accounts.address_book import Address
from storefront.accounts.guesses import account_of
from storefront.accounts.models import (
    Customer,
    Guess,
    Passkey,
    RecoveryCode,
    SignIn,
    Ticket,
    customer_role,
)
from storefront.database import session


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """The account with its keys, codes, sessions and links, and tries at it."""
    ids = person.customer_ids
    mailed = people.is_one_of(Ticket.email, person.emails) & (Ticket.created_at <= person.until)
    return (
        people.Holding(people.table_of(SignIn), SignIn.customer_id.in_(ids), hidden=("key_digest",)),
        people.Holding(people.table_of(Passkey), Passkey.customer_id.in_(ids), hidden=("public_key",)),
        people.Holding(people.table_of(RecoveryCode), RecoveryCode.customer_id.in_(ids), hidden=("digest",)),
        people.Holding(
            people.table_of(Ticket),
            Ticket.customer_id.in_(ids) | mailed,
            hidden=("facts",),
            subject="ticket",
        ),
        people.Holding(
            people.table_of(Guess), Guess.account.in_(sorted(account_of(each) for each in person.emails))
        ),
        people.Holding(people.table_of(Address), Address.customer_id.in_(ids)),
        people.Holding(customer_role, customer_role.c.customer_id.in_(ids)),
        people.Holding(
            people.table_of(Customer),
            Customer.id.in_(ids),
            hidden=("password", "fs_uniquifier", "passkey_handle", "tf_totp_secret", "totp_counter"),
            subject="customer",
        ),
    )


@people.objects
def in_the_way(person: people.Person) -> list[str]:
    """Who works here is known by what they did; their account is ended first."""
    works_here = sa.select(customer_role.c.customer_id).where(
        customer_role.c.customer_id.in_(person.customer_ids)
    )
    if session().scalar(works_here.limit(1)) is None:
        return []
    return [_("This person works here: an owner takes their roles away first.")]
