"""Comments, flags and verdicts in words, as moderators read them.

Knows what is printed; refuses to decide, and to change anybody's words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from storefront.claims.marking import words_marked
from storefront.claims.queries import the_lexicon
from storefront.comments.deciding import OTHER_REASONS, REASONS
from storefront.comments.models import Comment, CommentState, Decision, Verdict
from storefront.comments.moderating import Reported, Waiting
from storefront.comments.subjects import Subject
from storefront.comments.wording import shown
from storefront.web.text import moment_text

STATES: Mapping[CommentState, object] = {
    CommentState.HELD: _l("Waiting"),
    CommentState.PUBLISHED: _l("Published"),
    CommentState.REJECTED: _l("Rejected"),
    CommentState.SPAM: _l("Spam"),
}
VERDICTS: Mapping[Verdict, object] = {
    Verdict.PUBLISH: _l("Publish"),
    Verdict.REJECT: _l("Reject"),
    Verdict.SPAM: _l("Spam"),
    Verdict.RESTORE: _l("Bring back"),
}
FLAGS: Mapping[str, object] = {
    "trap": _l("Filled in the hidden field"),
    "blocked": _l("Has a word of the block list"),
    "copy": _l("Like words before"),
    "namesake": _l("Name like one of ours"),
    "staff_address": _l("Address of somebody who works here, typed by a guest"),
    "links": _l("Has links"),
}


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as moderators see it; `beside` is the first with like words, or None."""

    id: int
    url: str
    name: str
    email: str
    is_proved: bool
    html: Markup
    at: str
    state: str
    about: str
    about_url: str
    flags: tuple[str, ...]
    beside: "CommentRow | None" = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A decision of the report."""

    at: str
    verdict: str
    reason: str
    who: str
    name: str
    text: str
    about: str
    url: str


def row(waiting: Waiting) -> CommentRow:
    """A comment of the queue, with the first of like words beside it."""
    beside = None if waiting.original is None else commented(waiting.original, None)
    return commented(waiting.comment, waiting.subject, beside)


def commented(made: Comment, subject: Subject | None, beside: CommentRow | None = None) -> CommentRow:
    """A comment as it is printed."""
    return CommentRow(
        id=made.id,
        url=url_for("staff.comment", comment_id=made.id),
        name=made.name or _("Erased"),
        email=made.email,
        is_proved=made.verified_at is not None,
        html=shown(made.text),
        at=moment_text(made.created_at, "short"),
        state=str(STATES[made.state]),
        about=subject.title if subject is not None else "",
        about_url=subject.url if subject is not None and subject.is_public else "",
        flags=(*(str(FLAGS.get(code, code)) for code in made.flags.split()), *_marked(made.text)),
        beside=beside,
    )


def _marked(text: str) -> list[str]:
    """The phrases to be careful with: in comments they only tell the moderator, who reads what others wrote."""
    if "lexicon" not in g:
        g.lexicon = the_lexicon()
    return [_("Says “%(words)s”", words=words) for words in words_marked(text, g.lexicon)]


def reason_words(code: str) -> str:
    """Why something was decided."""
    return str(REASONS.get(code) or OTHER_REASONS.get(code) or code)


def decided(decision: Decision, name: str) -> tuple[str, str, str, str]:
    """What was decided, why, by whom and when."""
    title = str(VERDICTS[Verdict(decision.verdict)])
    return title, reason_words(decision.reason), name or _("The shop itself"), moment_text(decision.at)


def reported(found: Reported) -> ReportRow:
    """A decision of the report as it is printed."""
    return ReportRow(
        at=moment_text(found.decision.at, "short"),
        verdict=str(VERDICTS[Verdict(found.decision.verdict)]),
        reason=reason_words(found.decision.reason),
        who=found.who or _("The shop itself"),
        name=found.comment.name or _("Erased"),
        text=found.comment.text,
        about=found.subject.title if found.subject is not None else "",
        url=url_for("staff.comment", comment_id=found.comment.id),
    )
