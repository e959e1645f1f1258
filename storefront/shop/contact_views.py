"""Writing to the shop: the page with its form, and the receipt.

Knows addresses and answers; refuses to know how a message travels.
"""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from storefront.config import settings
from storefront.content.models import PostKind
from storefront.content.post_page import post_page
from storefront.errors import NotFound
from storefront.shop import journal as told
from storefront.shop.actions import write_to_us
from storefront.shop.blueprint import blueprint
from storefront.shop.forms import ContactForm
from storefront.shop.frame import Link
from storefront.web import limiter, no_store, open_to, sign, unsign

# The page of this address, if one is written, stands above the form.
SLUG = "contact"
_RECEIPT = "shop.contact"
# So much of a message's key tells it from others when somebody asks for it.
_REFERENCE = 8


@blueprint.get("/contact")
@open_to("everyone")
@no_store
def contact() -> str:
    """What staff wrote of how to reach them, and the form. Three statements."""
    return _page(ContactForm(formdata=None))


@blueprint.post("/contact")
@open_to("everyone")
@no_store
def write() -> Any:
    """Pass a message on, then its receipt; the form with all that was typed where something is missing."""
    form = ContactForm()
    if not form.validate():
        return _page(form), 422
    key = str(form.key.data)
    try:
        # Not around the view: who wrote too often is told so beside what was typed.
        with limiter.limit(settings().limit_contact):
            write_to_us(
                key, name=form.name.data or "", email=form.email.data or "", text=form.text.data or ""
            )
    except RateLimitExceeded:
        return _page(form, [_("That were many messages in a short time. Please send this one later.")]), 429
    return redirect(url_for("shop.contact_sent", token=sign(_RECEIPT, key)), 303)


@blueprint.get("/contact/sent/<token>")
@open_to("everyone")
@no_store
def contact_sent(token: str) -> str:
    """The receipt of a message, for whoever sent it."""
    key = unsign(_RECEIPT, token)
    if not isinstance(key, str):
        abort(404)
    crumbs = [Link(_("Contact"), url_for("shop.contact")), Link(_("Sent"), "")]
    return render_template("shop/contact_sent.html", reference=key[:_REFERENCE].upper(), crumbs=crumbs)


def _page(form: ContactForm, messages: Sequence[str] = ()) -> str:
    try:
        written = told.shown(post_page(SLUG, kind=PostKind.PAGE))
    except NotFound:
        written = None
    stale = (
        [_("This page was open for too long. Please send it once more.")] if form.csrf_token.errors else []
    )
    return render_template(
        "shop/contact.html",
        title=written.title if written else _("Contact"),
        lead=written.summary if written else _("A person reads what you write, and answers."),
        pieces=written.pieces if written else (),
        notes=written.notes if written else None,
        form=form,
        messages=[*messages, *stale],
        action=url_for("shop.write"),
        crumbs=[Link(written.title if written else _("Contact"), "")],
    )
