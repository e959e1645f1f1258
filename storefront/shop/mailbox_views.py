"""What the shop would have sent, to be read on this machine: only where mail is kept and payments are a sandbox's.

Knows kept mails; refuses to exist anywhere else.
"""

from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from storefront.config import settings
from storefront.mail.models import OutgoingMail
from storefront.mail.queries import PAGE, kept_mail, kept_mails
from storefront.mail.rendering import sender
from storefront.shop.blueprint import blueprint
from storefront.shop.frame import Link
from storefront.shop.shelf_page import Pager
from storefront.web import no_store, open_to
from storefront.web.text import moment_text

_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A mail in the list."""

    url: str
    subject: str
    to: str
    when: str


@dataclass(frozen=True, slots=True)
class MailShown:
    """A mail as text. Its HTML needs inline styles, which no page of ours may have."""

    subject: str
    to: str
    sender: str
    when: str
    text: str


@blueprint.get("/mailbox")
@open_to("everyone")
@no_store
def mailbox() -> str:
    """The kept mails, newest first. 404 where there is no mailbox."""
    _require_mailbox()
    before = request.args.get("before", type=_an_id)
    mails = kept_mails(before=before)
    following = url_for("shop.mailbox", before=mails[PAGE - 1].id) if len(mails) > PAGE else None
    return render_template(
        "shop/mailbox.html",
        mail=None,
        mails=[_entry(mail) for mail in mails[:PAGE]],
        pager=Pager(previous_url=url_for("shop.mailbox") if before else None, next_url=following),
        crumbs=[Link(_("Mailbox"), "")],
    )


@blueprint.get(f"/mailbox/<int(max={_LARGEST_ID}):mail_id>")
@open_to("everyone")
@no_store
def kept(mail_id: int) -> str:
    """One kept mail. 404 where there is no mailbox."""
    _require_mailbox()
    mail = kept_mail(mail_id)
    shown = MailShown(
        subject=mail.title or "",
        to=mail.recipient,
        sender=sender(),
        when=moment_text(mail.created_at),
        text=mail.text or "",
    )
    crumbs = [Link(_("Mailbox"), url_for("shop.mailbox")), Link(shown.subject, "")]
    return render_template("shop/mailbox.html", mail=shown, crumbs=crumbs)


def _require_mailbox() -> None:
    if not settings().shows_mailbox:
        abort(404)


def _an_id(text: str) -> int:
    """A whole number of ASCII digits that fits a column."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(text)
    return int(text)


def _entry(mail: OutgoingMail) -> Entry:
    return Entry(
        url=url_for("shop.kept", mail_id=mail.id),
        subject=mail.title or mail.kind,
        to=mail.recipient,
        when=moment_text(mail.created_at),
    )
