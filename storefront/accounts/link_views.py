"""Asking for a mail, and what its link opens: a page with one button.

Knows that reading uses nothing up; refuses to say whether an address has an account.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, render_template, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from storefront.accounts import actions, asking, joining, keeping, people
from storefront.accounts.answers import entered, limited, no_token, too_often, used_up
from storefront.accounts.blueprint import blueprint
from storefront.accounts.entering import this_device, this_is_here
from storefront.accounts.forms import AskForm, ButtonForm, JoinForm, NewPasswordForm
from storefront.accounts.guesses import TooOften
from storefront.accounts.models import TicketKind
from storefront.accounts.queries import inviter
from storefront.accounts.roles import ROLE_WORDS
from storefront.accounts.signals import email_verified
from storefront.accounts.steps import Opened
from storefront.accounts.tickets import find_ticket
from storefront.errors import NotFound, Refused
from storefront.web import no_store, open_to
from storefront.web.text import moment_text


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
    _verified(opened.customer_id, email or "")
    flash(_("Your account is made. What you ordered with this address before is in it."), "good")
    return answer


@blueprint.get("/sign-in/link/<token>")
@open_to("everyone")
@no_store
def link_here(token: str) -> Any:
    """One button."""
    return _button_page(
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
    return _button_page(
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
        _verified(changed.customer_id, changed.email)
    return render_template("accounts/agreed.html", changed=changed)


@blueprint.get("/invitation/<token>")
@open_to("everyone")
@no_store
def invitation_here(token: str) -> Any:
    """Who invites to what, and one button."""
    ticket = find_ticket(TicketKind.INVITATION, token)
    if ticket is None:
        return used_up()
    return render_template(
        "accounts/invitation.html",
        form=ButtonForm(formdata=None),
        email=ticket.email,
        by=inviter(ticket),
        until=moment_text(ticket.expires_at, "long"),
        roles=[ROLE_WORDS[name] for name in ROLE_WORDS if name in ticket.facts["roles"]],
        action=url_for("accounts.accept_invitation", token=token),
    )


@blueprint.post("/invitation/<token>")
@open_to("everyone")
@limited
@no_store
def accept_invitation(token: str) -> Any:
    """In, and on to the page where what guards the account is set."""
    if not ButtonForm().validate_on_submit():
        return invitation_here(token)
    email = joining.email_of_ticket(TicketKind.INVITATION, token)
    try:
        came = joining.accept_invitation(token, device=this_device())
    except NotFound:
        return used_up()
    answer = entered(came, otherwise=url_for("accounts.second_factor"))
    if isinstance(came, Opened):
        _verified(came.customer_id, email or "")
    return answer


@blueprint.get("/sign-in/staff/<token>")
@open_to("everyone")
@no_store
def staff_link_here(token: str) -> Any:
    """One button."""
    return _button_page(
        TicketKind.STAFF_LINK,
        token,
        title=_("Sign in to work"),
        button=_("Sign in"),
        action=url_for("accounts.sign_in_by_staff_link", token=token),
    )


@blueprint.post("/sign-in/staff/<token>")
@open_to("everyone")
@limited
@no_store
def sign_in_by_staff_link(token: str) -> Any:
    """In: by both factors on the machine of a demo shop, by the first one anywhere else."""
    if not ButtonForm().validate_on_submit():
        return staff_link_here(token)
    try:
        came = people.sign_in_by_staff_link(token, device=this_device(), is_here=this_is_here())
    except NotFound:
        return used_up()
    return entered(came, otherwise=STAFF_HOME)


STAFF_HOME = "/staff"


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


def _button_page(kind: TicketKind, token: str, *, title: str, button: str, action: str) -> Any:
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


def _verified(customer_id: int, email: str) -> None:
    """Tell other rooms that the address is this person's."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    email_verified.send(app, customer_id=customer_id, email=email)
