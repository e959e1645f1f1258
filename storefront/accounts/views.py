"""Signing in by password and code, and signing out.

Knows forms and answers; refuses to know how anybody is believed.
"""

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from storefront.accounts import (
    actions,
    asking_views,
    link_views,
    passkey_views,
    proof_views,
    security_views,
    staff_link_views,
)
from storefront.accounts.access import KEY, current_customer
from storefront.accounts.answers import entered, limited, no_token, too_often
from storefront.accounts.blueprint import blueprint
from storefront.accounts.entering import leave, this_device
from storefront.accounts.forms import ButtonForm, CodeForm, SignInForm
from storefront.accounts.guesses import TooOften
from storefront.accounts.models import TicketKind
from storefront.accounts.tickets import find_ticket
from storefront.errors import NotFound
from storefront.web import no_store, open_to

# Naming the modules here puts their pages on the blueprint.
__all__ = [
    "asking_views",
    "blueprint",
    "link_views",
    "passkey_views",
    "proof_views",
    "security_views",
    "staff_link_views",
]


@blueprint.get("/sign-in")
@open_to("everyone")
@no_store
def sign_in() -> str:
    """The ways in; `next` is where they lead."""
    return _sign_in_page(SignInForm(formdata=None), [])


@blueprint.post("/sign-in")
@open_to("everyone")
@limited
@no_store
def sign_in_by_password() -> Any:
    """In, or half-way in, or the same sentence whatever was wrong."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, no_token(form)), 422
    try:
        came = actions.sign_in_by_password(form.email.data, form.password.data, device=this_device())
    except TooOften as refusal:
        return too_often(lambda text: _sign_in_page(form, [text]), refusal)
    if came is None:
        return _sign_in_page(form, [_("This address and this password do not belong together.")]), 422
    return entered(came)


@blueprint.get("/sign-in/code")
@open_to("everyone")
@no_store
def code() -> Any:
    """The second question, for whoever answered the first in the last ten minutes."""
    return _code_page(CodeForm(formdata=None), [])


@blueprint.post("/sign-in/code")
@open_to("everyone")
@limited
@no_store
def sign_in_by_code() -> Any:
    """In, by a code of the app or a recovery code."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(form, no_token(form), status=422)
    token = request.form.get("half", "")
    try:
        opened = actions.sign_in_by_code(token, form.code.data, device=this_device())
    except TooOften as refusal:
        return too_often(lambda text: _code_page(form, [text])[0], refusal)
    except NotFound:
        return redirect(url_for("accounts.sign_in", next=request.form.get("next")), 303)
    if opened is None:
        wrong = _("This is no code that is good now. An app shows a new one every half minute.")
        return _code_page(form, [wrong], status=422)
    return entered(opened)


@blueprint.get("/sign-out")
@open_to("customers")
@no_store
def leaving() -> str:
    """The page with the button, since a link changes nothing."""
    return render_template(
        "accounts/button.html",
        form=ButtonForm(formdata=None),
        title=_("Sign out"),
        lead=_("You are signed in as %(email)s.", email=current_customer().email),
        button=_("Sign out"),
        action=url_for("accounts.sign_out"),
    )


@blueprint.post("/sign-out")
@open_to("customers")
@no_store
def sign_out() -> Any:
    """Out, on the server too."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for("accounts.leaving"), 303)
    actions.sign_out(session.get(KEY))
    leave()
    return redirect(url_for("shop.home"), 303)


def _sign_in_page(form: SignInForm, messages: list[str]) -> str:
    following = request.values.get("next", "")
    return render_template("accounts/sign_in.html", form=form, messages=messages, following=following)


def _code_page(form: CodeForm, messages: list[str], *, status: int = 200) -> Any:
    half, following = request.values.get("half", ""), request.values.get("next", "")
    if find_ticket(TicketKind.SECOND_FACTOR, half) is None:
        return redirect(url_for("accounts.sign_in", next=following or None), 303)
    page = render_template("accounts/code.html", form=form, messages=messages, half=half, following=following)
    return page, status
