"""What our mails about accounts say; each link opens a page with one button.

Knows words and links; refuses to send, and to name whom it writes to: whoever has the mailbox is meant.
"""

from flask import url_for
from flask_babel import gettext as _

from storefront.accounts.models import Ticket, TicketKind
from storefront.accounts.queries import inviter
from storefront.accounts.roles import titles_of
from storefront.accounts.tickets import token_of
from storefront.config import settings
from storefront.database import session
from storefront.mail.letters import Way, letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.web.text import moment_text


@renders("account_sign_up")
def account_sign_up(mail: OutgoingMail) -> Letter:
    """To whoever wants an account: the link that makes it."""
    said = [
        _("Somebody, we hope you, wants an account with this address at %(shop)s.", shop=_shop()),
        _("The link works for a day, once. If it was not you, do nothing: there is no account then."),
    ]
    return _notice(_("Make your account"), said, _way(mail, TicketKind.SIGN_UP, "accounts.sign_up_here"))


@renders("account_exists")
def account_exists(mail: OutgoingMail) -> Letter:
    """To whoever has an account and asked for one: how to come in."""
    said = [
        _("Somebody, we hope you, wanted a new account with this address at %(shop)s.", shop=_shop()),
        _("You have one already. Sign in, or have a link sent to you if you forgot your password."),
    ]
    return _notice(
        _("You have an account"), said, Way(_("Sign in"), url_for("accounts.sign_in", _external=True))
    )


@renders("account_link")
def account_link(mail: OutgoingMail) -> Letter:
    """The link that signs in."""
    said = [
        _("Here is the link that signs you in at %(shop)s.", shop=_shop()),
        _("It works for half an hour, once. If you did not ask for it, do nothing."),
    ]
    return _notice(_("Sign in"), said, _way(mail, TicketKind.LINK, "accounts.link_here"))


@renders("account_reset")
def account_reset(mail: OutgoingMail) -> Letter:
    """The link that leads to a new password."""
    said = [
        _("Here is the link to a new password at %(shop)s.", shop=_shop()),
        _("It works for half an hour, once. If you did not ask for it, do nothing: the old one stays."),
    ]
    return _notice(_("Choose a new password"), said, _way(mail, TicketKind.RESET, "accounts.reset_here"))


@renders("account_change_old")
def account_change_old(mail: OutgoingMail) -> Letter:
    """To the old address: another is to take its place."""
    said = [
        _(
            "Your account at %(shop)s is to have the address %(email)s.",
            shop=_shop(),
            email=mail.facts["new"],
        ),
        _("It changes when both addresses agree, this one and the new one, within a day."),
        _("If it was not you, do nothing, and change your password."),
    ]
    way = _way(mail, TicketKind.CHANGE_OLD, "accounts.change_here", end="old")
    return _notice(_("Agree to your new address"), said, way)


@renders("account_change_new")
def account_change_new(mail: OutgoingMail) -> Letter:
    """To the new address: it is to belong to an account."""
    said = [
        _("This is to be the address of an account at %(shop)s.", shop=_shop()),
        _("It changes when both addresses agree, this one and the old one, within a day."),
        _("If it was not you, do nothing."),
    ]
    way = _way(mail, TicketKind.CHANGE_NEW, "accounts.change_here", end="new")
    return _notice(_("Agree to your new address"), said, way)


@renders("account_invitation")
def account_invitation(mail: OutgoingMail) -> Letter:
    """To whoever is to work here: who invites, as what, and until when."""
    ticket = session().get(Ticket, mail.facts["ticket_id"])
    if ticket is None:
        # Tickets are forgotten some time after their end.
        said = [_("You were invited to help run %(shop)s; the invitation has ended.", shop=_shop())]
        return _notice(_("Your invitation"), said, None)
    by, roles = inviter(ticket), titles_of(ticket.facts["roles"])
    said = [
        _("%(person)s invites you to help run %(shop)s.", person=by, shop=_shop())
        if by
        else _("You are invited to help run %(shop)s.", shop=_shop()),
        _("What you are to do there: %(roles)s.", roles=roles),
        _(
            "The link works once, until %(until)s. It asks you to add a passkey or an authenticator app.",
            until=moment_text(ticket.expires_at, "long"),
        ),
        _("If you do not know why you get this, do nothing: nobody works here by it then."),
    ]
    return _notice(_("Your invitation"), said, _way(mail, TicketKind.INVITATION, "accounts.invitation_here"))


@renders("account_changed")
def account_changed(mail: OutgoingMail) -> Letter:
    """To the person: something that guards the account is another now."""
    what = {
        "password": _("Your password was changed."),
        "codes_on": _("An authenticator app was added to your account."),
        "codes_off": _("The authenticator app was removed from your account."),
        "recovery": _("New recovery codes were made; the old ones are good for nothing."),
        "passkey_added": _("A passkey was added to your account."),
        "passkey_removed": _("A passkey was removed from your account."),
        "email": _("Your account has a new address: %(email)s.", email=mail.facts.get("new", "")),
        "roles": _("What you may do in the shop was changed."),
    }[mail.facts["what"]]
    said = [what, _("If it was not you, write to us at once, and choose a new password.")]
    way = Way(_("Your sign-ins"), url_for("accounts.security", _external=True))
    return _notice(_("Your account was changed"), said, way)


def _notice(title: str, said: list[str], way: Way | None) -> Letter:
    return letter(
        "mail/notice",
        title=title,
        preheader=said[0],
        paragraphs=said,
        link=way,
        demo=settings().is_sandbox,
    )


def _way(mail: OutgoingMail, kind: TicketKind, endpoint: str, **values: str) -> Way:
    token = token_of(kind, mail.facts["ticket_id"])
    return Way(_("Go on"), url_for(endpoint, token=token, _external=True, **values))


def _shop() -> str:
    return settings().shop_name
