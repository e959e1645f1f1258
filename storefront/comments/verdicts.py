"""What became of a comment, in words and in the signed addresses that its writer has.

Knows purposes of links and what each state is called; refuses to open anything without its signature.
"""

from flask import url_for
from flask_babel import gettext as _

from storefront.comments.deciding import REASONS
from storefront.comments.models import CommentState
from storefront.web import sign, unsign

_OWN, _PROVE, _STOP = "comments.own", "comments.prove", "comments.stop"


def own_token(comment_id: int) -> str:
    """Opens the page of one's own comment, and nothing else."""
    return sign(_OWN, comment_id)


def prove_url(comment_id: int) -> str:
    """The full address of the page whose button proves the address of a comment; known to its mailbox alone."""
    return url_for("comments.prove", token=sign(_PROVE, comment_id), _external=True)


def stop_url(comment_id: int) -> str:
    """The full address of the page whose button stops mails about comments to that comment's address."""
    return url_for("comments.stop", token=sign(_STOP, comment_id), _external=True)


def owned(token: str) -> int | None:
    """The comment that a token of `own_token` opens."""
    return _id(unsign(_OWN, token))


def proving(token: str) -> int | None:
    """The comment whose address a token proves."""
    return _id(unsign(_PROVE, token))


def stopping(token: str) -> int | None:
    """The comment to whose address no more mails go."""
    return _id(unsign(_STOP, token))


def _id(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def state_title(state: CommentState) -> str:
    """A state in a word or two, as its writer is told."""
    titles = {
        CommentState.HELD: _("Waiting to be read"),
        CommentState.PUBLISHED: _("Published"),
        CommentState.REJECTED: _("Not published"),
        CommentState.SPAM: _("Not published"),
    }
    return titles[state]


def state_words(state: CommentState, reason: str) -> str:
    """What a state means for its writer, and why."""
    if state == CommentState.HELD:
        return _("Only you can see this until we have read it, usually within a day.")
    if state == CommentState.PUBLISHED:
        return _("Everybody can read it.")
    why = REASONS.get(reason)
    if state == CommentState.REJECTED and why:
        return _("We do not publish it. The reason: %(why)s.", why=why)
    return _("It looks like spam to us. If that is wrong, write to us: it can be brought back.")
