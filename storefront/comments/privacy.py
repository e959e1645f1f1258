"""What comments know of a person: what they wrote and under which address. That something was decided stays.

A comment that was answered leaves an empty place, so that the answers still stand beneath something.
"""

import secrets

import sqlalchemy as sa

from storefront import people
from storefront.comments.models import Comment, Decision, Likeness, MutedAddress


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Comments under their address or by their account; the marks of their texts; what was decided; their wish."""
    theirs = sa.or_(
        people.is_one_of(Comment.email, person.emails), Comment.customer_id.in_(person.customer_ids)
    ) & (Comment.created_at <= person.until)
    ids = sa.select(Comment.id).where(theirs)
    return (
        people.Holding(people.table_of(Likeness), Likeness.comment_id.in_(ids), told=False),
        people.Holding(people.table_of(MutedAddress), people.is_one_of(MutedAddress.email, person.emails)),
        people.Holding(
            people.table_of(Decision),
            Decision.comment_id.in_(ids),
            forget={},
            keeps=("verdict", "reason", "actor_kind", "actor_id"),
            # Who works here is not about the person.
            hidden=("actor_kind", "actor_id"),
        ),
        people.Holding(
            people.table_of(Comment),
            theirs,
            forget={
                "name": "",
                "text": "",
                "email": person.pseudonym,
                "text_digest": lambda _old: secrets.token_hex(32),
                "customer_id": None,
                "tells": False,
            },
            keeps=("subject_kind", "state", "insider", "flags"),
            subject="comment",
        ),
    )
