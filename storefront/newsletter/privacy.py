"""What the newsletter knows of a person: their address, what they agreed to, and which posts they got.

That somebody agreed stays, under the code that stands in their place: it proves that nobody was written to unasked.
"""

import sqlalchemy as sa

from storefront import people, states
from storefront.database import require_transaction
from storefront.newsletter.models import Letter, OptIn, Subscriber, SubscriberState


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """The subscription under their address, its opt-ins, and the letters that were written to it."""
    ids = sa.select(Subscriber.id).where(_theirs(person))
    said = ("ask", "place", "wording", "ask_request")
    return (
        people.Holding(people.table_of(Letter), Letter.subscriber_id.in_(ids), forget={}, keeps=("state",)),
        people.Holding(
            people.table_of(OptIn),
            OptIn.subscriber_id.in_(ids),
            forget={},
            keeps=(*said, "request_id"),
            # Part of the link that was in the mail.
            hidden=("ask",),
        ),
        people.Holding(
            people.table_of(Subscriber),
            _theirs(person),
            forget={"email": person.pseudonym},
            keeps=("state", *said),
            hidden=("ask",),
            subject="subscriber",
        ),
    )


@people.lets_go
def stop_letters(person: people.Person) -> None:
    """No letter goes to them any more. A step."""
    theirs = sa.select(Subscriber).where(_theirs(person)).with_for_update()
    for each in require_transaction().scalars(theirs):
        if states.may(each, SubscriberState.LEFT):
            states.advance(each, SubscriberState.LEFT)
            each.ended_at = person.until


def _theirs(person: people.Person) -> sa.ColumnElement[bool]:
    # Who asks anew after they were erased begins anew, in a row of its own.
    return people.is_one_of(Subscriber.email, person.emails) & (Subscriber.created_at <= person.until)
