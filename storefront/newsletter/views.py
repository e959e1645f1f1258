"""Getting letters, confirming it, and ending them: a form, and what the links in our mails lead to.

Knows addresses and answers; refuses to act on GET, and to say whether an address is known.
"""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _

from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.newsletter import actions
from storefront.newsletter.blueprint import blueprint
from storefront.newsletter.forms import NewsletterForm
from storefront.newsletter.links import Asked, confirming, leaving
from storefront.newsletter.wording import wording
from storefront.web import limiter, no_store, open_to, public_page


@blueprint.get("")
@open_to("everyone")
@public_page
def form() -> str:
    """The form on a page of its own."""
    return _form(NewsletterForm(formdata=None))


@blueprint.post("")
@open_to("everyone")
@limiter.limit(lambda: settings().limit_newsletter, deduct_when=lambda answer: answer.status_code == 303)
@no_store
def ask() -> Any:
    """Take the form in; the answer is the same for every address."""
    typed = NewsletterForm()
    if not typed.validate():
        return _form(typed), 422
    try:
        actions.ask_for_letters(typed.email.data, place=typed.place.data or "", trap=typed.website.data or "")
    except Refused as refusal:
        typed.email.errors = [refusal.message]
        return _form(typed), 422
    return redirect(url_for("newsletter.asked"), 303)


@blueprint.get("/asked")
@open_to("everyone")
@public_page
def asked() -> str:
    """What happens next."""
    return _said(
        _("Please look into your mailbox"),
        _(
            "We have written to the address that you gave us. Press the button behind the link in that mail: only"
            " then do our letters come. If nothing arrives within some minutes, look among the spam too."
        ),
    )


@blueprint.get("/confirm/<token>")
@open_to("everyone")
@no_store
def confirm(token: str) -> Any:
    """The page with the button: programs that look at links in mails subscribe nobody."""
    if confirming(token) is None:
        return _used_up()
    return render_template(
        "newsletter/button.html",
        title=_("Shall we write to you?"),
        lead=wording(),
        button=_("Yes, send me your letters"),
        action=url_for("newsletter.confirmed", token=token),
    )


@blueprint.post("/confirm/<token>")
@open_to("everyone")
@no_store
def confirmed(token: str) -> Any:
    """Subscribed; once more changes nothing."""
    found: Asked | None = confirming(token)
    if found is None:
        return _used_up()
    try:
        actions.confirm(found)
    except NotFound:
        return _used_up()
    return _said(
        _("You get our letters now"),
        _("We write when there is something new to read. Each letter has a link that ends them."),
    )


@blueprint.get("/leave/<token>")
@open_to("everyone")
@no_store
def leave(token: str) -> str:
    """The page with the button that ends letters."""
    _subscriber(token)
    return render_template(
        "newsletter/button.html",
        title=_("No more letters?"),
        lead=_("Press the button, and we send no letter to your address any more."),
        button=_("Send me no more letters"),
        action=url_for("newsletter.left", token=token),
    )


@blueprint.post("/leave/<token>")
@open_to("everyone")
@no_store
def left(token: str) -> str:
    """No more letters; mail programs press this button by themselves (RFC 8058)."""
    try:
        actions.leave(_subscriber(token))
    except NotFound:
        abort(404)
    return render_template("newsletter/left.html", action=url_for("newsletter.again", token=token))


@blueprint.post("/leave/<token>/again")
@open_to("everyone")
@limiter.limit(lambda: settings().limit_newsletter, deduct_when=lambda answer: answer.status_code == 303)
@no_store
def again(token: str) -> Any:
    """It was a mistake: the mail with the link comes once more."""
    try:
        actions.ask_again(_subscriber(token))
    except NotFound:
        abort(404)
    return redirect(url_for("newsletter.asked"), 303)


def _subscriber(token: str) -> int:
    return leaving(token) or abort(404)


def _form(form: NewsletterForm) -> str:
    return render_template("newsletter/form.html", form=form, wording=wording())


def _said(title: str, lead: str) -> str:
    return render_template("newsletter/said.html", title=title, lead=lead)


def _used_up() -> Any:
    """What a link leads to that is too old, was overtaken, or never was one."""
    title = _("This link does not work any more")
    lead = _("It is too old, or letters were ended since. If you want them, ask for them once more.")
    return render_template(
        "newsletter/said.html", title=title, lead=lead, form_url=url_for("newsletter.form")
    ), 404
