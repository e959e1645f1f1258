"""What is decided about a marked phrase: a source, a second person's word, or neither any more. All are steps.

Knows who may answer for what; refuses to know when a text is public.
"""

from urllib.parse import urlsplit

from flask_babel import gettext as _

from storefront import audit, clock
from storefront.claims.models import Answer, ClaimDecision, ClaimMark, ClaimReason
from storefront.claims.queries import category_by_id
from storefront.claims.writers import has_written
from storefront.database import lock, require_transaction
from storefront.errors import Refused

Actor = tuple[str, object | None]

LONGEST_URL, LONGEST_TITLE, LONGEST_REASON = 500, 200, 500


def substantiate(mark_id: int, url: str, title: str, *, by: Actor) -> None:
    """Give the source that bears a marked phrase out; it is listed under the text. Raises Refused."""
    require_transaction()
    url, title = url.strip(), " ".join(title.split())
    _check_source(url, title)
    _decide(open_mark(mark_id), Answer.SOURCE, by=by, url=url, title=title)


def accept(mark_id: int, reason: str, *, by: Actor) -> None:
    """Answer for a marked phrase, as a second person. Raises Refused, also where it was they who wrote it."""
    require_transaction()
    reason = _checked_reason(reason)
    mark = open_mark(mark_id)
    _refuse_writer(mark, by)
    _decide(mark, Answer.ACCEPT, by=by, reason=reason)


def recall(mark_id: int, reason: str, *, by: Actor) -> None:
    """Take back what was decided about a phrase: it is open again. Raises Refused."""
    require_transaction()
    reason = _checked_reason(reason)
    mark = _mark(mark_id)
    if mark.decision_id is None:
        raise Refused(_("Nothing is decided about this phrase."))
    _decide(mark, Answer.RECALL, by=by, reason=reason)


def take_back(mark: ClaimMark, reason: str) -> None:
    """Let a mark that the caller holds be open again, because of what has happened to its text."""
    require_transaction()
    _decide(mark, Answer.RECALL, by=("system", None), reason=reason)


def open_mark(mark_id: int) -> ClaimMark:
    """A mark about which nothing is decided, held until commit: of two who decide at once one comes too late."""
    mark = _mark(mark_id)
    if mark.decision_id is not None:
        raise Refused(_("Somebody has answered for this phrase already."))
    return mark


def _mark(mark_id: int) -> ClaimMark:
    mark: ClaimMark | None = lock(ClaimMark, mark_id)
    if mark is None:
        raise Refused(_("The text was changed meanwhile: this sentence no longer stands there."))
    return mark


def _refuse_writer(mark: ClaimMark, by: Actor) -> None:
    if has_written(mark, by):
        raise Refused(
            _(
                "You wrote this sentence: a second person has to accept it. You can give its source or rewrite it."
            ),
            field="reason",
        )


# As the record calls them; each has words in `staff/audit_words.py`.
_VERBS = {
    Answer.SOURCE: "claim.source",
    Answer.ACCEPT: "claim.accept",
    Answer.RECALL: "claim.recall",
}


def _decide(
    mark: ClaimMark, answer: Answer, *, by: Actor, url: str = "", title: str = "", reason: str = ""
) -> None:
    current = require_transaction()
    decision = ClaimDecision(
        subject_kind=mark.subject_kind,
        subject_id=mark.subject_id,
        digest=mark.digest,
        category=category_by_id(mark.category_id).code,
        words=mark.words,
        sentence=mark.sentence,
        answer=answer,
        source_url=url,
        source_title=title,
        actor_kind=by[0],
        actor_id=None if by[1] is None else str(by[1]),
        at=clock.now(),
    )
    current.add(decision)
    current.flush()
    if reason:
        current.add(ClaimReason(decision_id=decision.id, text=reason))
    mark.decision_id = None if answer == Answer.RECALL else decision.id
    audit.record(
        _VERBS[answer],
        subject=(mark.subject_kind, mark.subject_id),
        actor=by,
        code=f"claim_decision:{decision.id}",
        detail={"words": (None, mark.words)},
    )


def _check_source(url: str, title: str) -> None:
    if not _is_https(url):
        raise Refused(_("A full address that begins with https:// is wanted."), field="url")
    if len(url) > LONGEST_URL:
        raise Refused(_("At most %(longest)s characters.", longest=LONGEST_URL), field="url")
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise Refused(_("A title of 1 to %(most)s characters is wanted.", most=LONGEST_TITLE), field="title")


def _is_https(url: str) -> bool:
    """Whether this is an address on the web, without name and password in it."""
    if not url.isprintable() or any(map(str.isspace, url)) or any(sign in url for sign in "\"'<>`\\"):
        return False
    try:
        parts = urlsplit(url)
        named = parts.hostname or ""
    except ValueError:
        return False
    return url.startswith("https://") and "." in named.strip(".") and parts.username is None


def _checked_reason(reason: str) -> str:
    reason = " ".join("".join(each if each.isprintable() else " " for each in reason).split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused(
            _("A reason of 1 to %(most)s characters is wanted.", most=LONGEST_REASON), field="reason"
        )
    return reason
