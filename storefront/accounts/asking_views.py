"""Asking for a mail with a link: an account, a way in, a new password.

Knows that every address is answered alike; refuses to say whether it has an account.
"""

from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from storefront.accounts import asking
from storefront.accounts.answers import limited, no_token, too_often
from storefront.accounts.blueprint import blueprint
from storefront.accounts.forms import AskForm
from storefront.accounts.guesses import TooOften
from storefront.accounts.models import TicketKind
from storefront.web import no_store, open_to


@dataclass(frozen=True, slots=True)
class Asking:
    """A page that asks for an address and says the same about every one."""

    kind: TicketKind
    endpoint: str
    title: LazyString
    lead: LazyString


SIGN_UP = Asking(
    TicketKind.SIGN_UP,
    "accounts.ask_sign_up",
    _l("Make an account"),
    _l("We send you a link that makes it, so that nobody else can make one with your address."),
)
LINK = Asking(
    TicketKind.LINK,
    "accounts.ask_link",
    _l("Sign in by e-mail"),
    _l("We send you a link that signs you in. It works for half an hour, once."),
)
RESET = Asking(
    TicketKind.RESET,
    "accounts.ask_reset",
    _l("Choose a new password"),
    _l("We send you a link to the page where you choose it. It works for half an hour, once."),
)


@blueprint.get("/sign-up")
@open_to("everyone")
@no_store
def sign_up() -> str:
    """The form that asks for an account."""
    return _ask_page(SIGN_UP, AskForm(formdata=None))


@blueprint.post("/sign-up")
@open_to("everyone")
@limited
@no_store
def ask_sign_up() -> Any:
    """The same answer for every address."""
    return _asked(SIGN_UP)


@blueprint.get("/sign-in/link")
@open_to("everyone")
@no_store
def link() -> str:
    """The form that asks for a link."""
    return _ask_page(LINK, AskForm(formdata=None))


@blueprint.post("/sign-in/link")
@open_to("everyone")
@limited
@no_store
def ask_link() -> Any:
    """The same answer for every address."""
    return _asked(LINK)


@blueprint.get("/reset")
@open_to("everyone")
@no_store
def reset() -> str:
    """The form that asks for a new password."""
    return _ask_page(RESET, AskForm(formdata=None))


@blueprint.post("/reset")
@open_to("everyone")
@limited
@no_store
def ask_reset() -> Any:
    """The same answer for every address."""
    return _asked(RESET)


def _asked(page: Asking) -> Any:
    form = AskForm()
    if not form.validate_on_submit():
        return _ask_page(page, form, no_token(form)), 422
    try:
        asking.ask_for(page.kind, form.email.data)
    except TooOften as refusal:
        return too_often(lambda text: _ask_page(page, form, [text]), refusal)
    return _ask_page(page, form, sent=True)


def _ask_page(page: Asking, form: AskForm, messages: list[str] | None = None, *, sent: bool = False) -> str:
    return render_template(
        "accounts/ask.html",
        form=form,
        messages=messages or [],
        sent=sent,
        title=page.title,
        lead=page.lead,
        action=url_for(page.endpoint),
    )
