"""What our mails about personal data say; each link opens a page with one button.

Knows words and links; refuses to say what is known.
"""

from flask import url_for
from flask_babel import gettext as _

from storefront.config import settings
from storefront.mail.letters import Way, letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.privacy.asking import Wish, token_for


@renders("privacy_copy")
def privacy_copy(mail: OutgoingMail) -> Letter:
    """To whoever asked what is known of them."""
    return _letter(
        mail,
        Wish.COPY,
        title=_("Your data at %(shop)s", shop=settings().shop_name),
        said=_("Somebody, we hope you, asked for a copy of what we know about this address."),
        button=_("Show my data"),
    )


@renders("privacy_erase")
def privacy_erase(mail: OutgoingMail) -> Letter:
    """To whoever asked to be forgotten."""
    return _letter(
        mail,
        Wish.ERASE,
        title=_("Erase your data at %(shop)s", shop=settings().shop_name),
        said=_("Somebody, we hope you, asked us to erase what we know about this address."),
        button=_("Go on to erase"),
    )


def _letter(mail: OutgoingMail, wish: Wish, *, title: str, said: str, button: str) -> Letter:
    token = token_for(mail.recipient, wish, asked_at=mail.facts["asked_at"])
    way = Way(button, url_for(f"privacy.{wish}_by_link", token=token, _external=True))
    rest = _("The link works for a day. If you did not ask for it, do nothing: nothing happens then.")
    return letter(
        "mail/notice",
        title=title,
        preheader=said,
        paragraphs=[said, rest],
        link=way,
        demo=settings().is_sandbox,
    )
