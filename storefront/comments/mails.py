"""What our mails about comments say.

Knows titles and links; refuses to repeat what anybody typed: it would be sent to whatever address was typed with it.
"""

from flask import url_for
from flask_babel import gettext as _

from storefront.comments.models import Comment
from storefront.comments.queries import comment_by_id
from storefront.comments.subjects import find_subject
from storefront.comments.verdicts import own_token, prove_url, stop_url
from storefront.config import settings
from storefront.mail.letters import Way, letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders, unsubscribes

_KINDS = ("comment_received", "comment_published", "comment_reply")


@renders("comment_received")
def comment_received(mail: OutgoingMail) -> Letter:
    """To the writer: we have it, and with this link the address is proved."""
    made = comment_by_id(mail.facts["comment_id"])
    paragraphs = [
        _("Thank you for your comment on “%(title)s”.", title=_title(made)),
        _("A person reads every comment before it appears, usually within a day."),
    ]
    title = _("We have your comment")
    if made.verified_at is not None:
        url = url_for("comments.own", token=own_token(made.id), _external=True)
        return _said(title, paragraphs, Way(_("See your comment"), url), made)
    paragraphs += [
        _(
            "Please confirm that this is your address: only then do we write to you about replies,"
            " and can say that you bought what you write about."
        ),
        _("If you wrote no comment, somebody typed your address by mistake. You need not do anything."),
    ]
    return _said(title, paragraphs, Way(_("Confirm my address"), prove_url(made.id)), made)


@renders("comment_published")
def comment_published(mail: OutgoingMail) -> Letter:
    """To the writer: everybody can read it now."""
    made = comment_by_id(mail.facts["comment_id"])
    paragraphs = [_("Everybody can read your comment on “%(title)s” now.", title=_title(made))]
    return _said(_("Your comment is published"), paragraphs, _place(made.id), made)


@renders("comment_reply")
def comment_reply(mail: OutgoingMail) -> Letter:
    """To the writer of the comment that was answered."""
    made = comment_by_id(mail.facts["comment_id"])
    paragraphs = [_("Somebody replied to your comment on “%(title)s”.", title=_title(made))]
    return _said(_("A reply to your comment"), paragraphs, _place(mail.facts["reply_id"]), made)


def stopped_at(mail: OutgoingMail) -> str:
    """Where a mail about comments is stopped, for good and by one click."""
    return stop_url(mail.facts["comment_id"])


for _kind in _KINDS:
    unsubscribes(_kind)(stopped_at)


def _place(comment_id: int) -> Way:
    return Way(_("Read it"), url_for("comments.place", comment_id=comment_id, _external=True))


def _title(made: Comment) -> str:
    subject = find_subject(made.subject_kind, made.subject_id)
    return settings().shop_name if subject is None else subject.title


def _said(title: str, paragraphs: list[str], way: Way, made: Comment) -> Letter:
    return letter(
        "mail/comment",
        title=title,
        preheader=paragraphs[0],
        paragraphs=paragraphs,
        link=way,
        stop_url=stop_url(made.id),
        demo=settings().is_sandbox,
    )
