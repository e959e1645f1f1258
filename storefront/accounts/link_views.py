"""What the link of a mail opens: a page with one button.

Knows that reading uses nothing up; refuses to know how the mail was asked for.
"""

from typing import Any

from flask import current_app, flash, render_template, url_for
from flask_babel import gettext as _

from storefront.accounts import actions, joining, keeping
from storefront.accounts.answers import entered, limited, no_token, used_up
from storefront.accounts.blueprint import blueprint
from storefront.accounts.entering import this_device
from storefront.accounts.forms import ButtonForm, JoinForm, NewPasswordForm
from storefront.accounts.models import TicketKind
from storefront.accounts.signals import email_verified
from storefront.accounts.tickets import find_ticket
from storefront.errors import NotFound, Refused
from storefront.web import no_store, open_to


@blueprint.get("/sign-up/<token>")
@open_to("everyone")
@no_store
def sign_up_here(token: str) -> Any:
    """Name and password, if one is wanted, and the button that makes the account."""
    return _join_page(token, JoinForm(formdata=None), [])


@blueprint.post("/sign-up/<token>")
@open_to("everyone")
@limited
@no_store
def make_account(token: str) -> Any:
    """The account, and its first session."""
    form = JoinForm()
    if not form.validate_on_submit():
        return _join_page(token, form, no_token(form), status=422)
    email = joining.email_of_ticket(TicketKind.SIGN_UP, token)
    try:
        opened = joining.make_account(
            token, name=form.name.data, password=form.password.data or "", device=this_device()
        )
    except NotFound:
        return used_up()
    except Refused as refusal:
        form.password.errors = [refusal.message]
        return _join_page(token, form, [], status=422)
    answer = entered(opened, otherwise=url_for("accounts.security"))
    tell_verified(opened.customer_id, email or "")
    flash(_("Your account is made. What you ordered with this address before is in it."), "good")
    return answer


@blueprint.get("/sign-in/link/<token>")
@open_to("everyone")
@no_store
def link_here(token: str) -> Any:
    """One button."""
    return button_page(
        TicketKind.LINK,
        token,
        title=_("Sign in"),
        button=_("Sign in"),
        action=url_for("accounts.sign_in_by_link", token=token),
    )


@blueprint.post("/sign-in/link/<token>")
@open_to("everyone")
@limited
@no_store
def sign_in_by_link(token: str) -> Any:
    """In, or half-way in."""
    if not ButtonForm().validate_on_submit():
        return link_here(token)
    try:
        return entered(actions.sign_in_by_link(token, device=this_device()))
    except NotFound:
        return used_up()


@blueprint.get("/reset/<token>")
@open_to("everyone")
@no_store
def reset_here(token: str) -> Any:
    """The form for the new password."""
    return _reset_page(token, NewPasswordForm(formdata=None), [])


@blueprint.post("/reset/<token>")
@open_to("everyone")
@limited
@no_store
def reset_password(token: str) -> Any:
    """The new password, and a session; all others have ended."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _reset_page(token, form, no_token(form), status=422)
    try:
        came = joining.reset_password(token, form.password.data, device=this_device())
    except NotFound:
        return used_up()
    except Refused as refusal:
        form.password.errors = [refusal.message]
        return _reset_page(token, form, [], status=422)
    return entered(came)


@blueprint.get("/account/email/<any(old, new):end>/<token>")
@open_to("everyone")
@no_store
def change_here(end: str, token: str) -> Any:
    """One button, for each of the two addresses."""
    return button_page(
        _change_kind(end),
        token,
        title=_("Agree to the new address"),
        button=_("I agree"),
        action=url_for("accounts.agree_to_change", end=end, token=token),
    )


@blueprint.post("/account/email/<any(old, new):end>/<token>")
@open_to("everyone")
@limited
@no_store
def agree_to_change(end: str, token: str) -> Any:
    """Agreed; the address changes once both ends did."""
    if not ButtonForm().validate_on_submit():
        return change_here(end, token)
    try:
        changed = keeping.agree_to_change(_change_kind(end), token)
    except NotFound:
        return used_up()
    except Refused as refusal:
        return render_template("accounts/unchanged.html", message=refusal.message), 409
    if changed is not None:
        tell_verified(changed.customer_id, changed.email)
    return render_template("accounts/agreed.html", changed=changed)


def button_page(kind: TicketKind, token: str, *, title: str, button: str, action: str) -> Any:
    """The page of a link that still holds: whose it is, and its button."""
    ticket = find_ticket(kind, token)
    if ticket is None:
        return used_up()
    return render_template(
        "accounts/button.html",
        form=ButtonForm(formdata=None),
        title=title,
        lead=ticket.email,
        button=button,
        action=action,
    )


def _join_page(token: str, form: JoinForm, messages: list[str], *, status: int = 200) -> Any:
    email = joining.email_of_ticket(TicketKind.SIGN_UP, token)
    if email is None:
        return used_up()
    action = url_for("accounts.make_account", token=token)
    page = render_template("accounts/join.html", form=form, messages=messages, email=email, action=action)
    return page, status


def _reset_page(token: str, form: NewPasswordForm, messages: list[str], *, status: int = 200) -> Any:
    email = joining.email_of_ticket(TicketKind.RESET, token)
    if email is None:
        return used_up()
    action = url_for("accounts.reset_password", token=token)
    page = render_template("accounts/reset.html", form=form, messages=messages, email=email, action=action)
    return page, status


def _change_kind(end: str) -> TicketKind:
    return TicketKind.CHANGE_OLD if end == "old" else TicketKind.CHANGE_NEW


def tell_verified(customer_id: int, email: str) -> None:
    """Tell other rooms that the address is this person's."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    email_verified.send(app, customer_id=customer_id, email=email)
