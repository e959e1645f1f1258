"""Publishing, within the caller's transaction.

Knows how a version is written; refuses to change one.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.claims.promising import hold, hold_first
from storefront.claims.words import look_again_later
from storefront.config import settings
from storefront.database import require_transaction, savepoint
from storefront.errors import Refused
from storefront.policies.claimed import held_of
from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.models import PolicyVersion
from storefront.policies.queries import current_policy, policy_by_id

LONGEST_NOTE = 500


class PublishedMeanwhile(Refused):
    """Somebody published while the document was written; `version` is in force now."""

    def __init__(self, version: int) -> None:
        super().__init__(
            _(
                "Somebody published version %(number)s while you were writing. Nothing of yours is lost: look at "
                "what would change now, and publish again.",
                number=version,
            )
        )
        self.version = version


def follow(document: PolicyDocument, *, seen: int, author: str, note: str) -> PolicyVersion:
    """Put `document` in force in the place of the version `seen`. Raises Refused, and PublishedMeanwhile where
    another one is in force by now."""
    session = require_transaction()
    newest = sa.select(sa.func.max(PolicyVersion.id))
    stands = session.scalar(newest) or 0
    if stands != seen:
        raise PublishedMeanwhile(stands)
    if policy_by_id(seen).document == document:
        raise Refused(_("Nothing was changed."))
    try:
        with savepoint():
            return publish(document, author=author, note=note, follows=seen)
    except sa.exc.IntegrityError as error:
        raise PublishedMeanwhile(session.scalar(newest) or 0) from error


def publish(document: PolicyDocument, *, author: str, note: str, follows: int | None = None) -> PolicyVersion:
    """Put `document` in force as a new version; `author` is “system” or a kind and id such as “staff:7”.

    Raises Refused, listing all problems, where the document makes no sense or is in another currency, and
    BreaksPromises where what a public text states would no longer be true.
    """
    session = require_transaction()
    if len(note) > LONGEST_NOTE:
        raise Refused(_("The note is too long."), field="note")
    document.check()
    if document.currency != settings().currency:
        raise Refused(_("The shop sells in %(currency)s; its policy must too.", currency=settings().currency))
    version = PolicyVersion(document=document.to_json(), published_at=clock.now(), author=author, note=note)
    version.follows = follows
    session.add(version)
    session.flush()
    hold(held_of(document))
    kind, _colon, number = author.partition(":")
    audit.record(
        "policy.published",
        subject=("policy", version.id),
        actor=(kind, number or None),
        detail={"version": (follows, version.id)} | ({"note": (None, note)} if note else {}),
    )
    return version


def ensure_held() -> None:
    """Let the policy in force count for texts, in a shop that is older than this check, and look at all of them; may
    be run again."""
    require_transaction()
    if hold_first(held_of(current_policy().document)):
        look_again_later()


def ensure_default(currency: str) -> None:
    """Publish the default unless a policy stands already, so that the shop can open; may be run again."""
    session = require_transaction()
    if session.scalar(sa.select(PolicyVersion.id).limit(1)) is None:
        publish(default_document(currency), author="system", note="The first policy")
