"""What the links to people who work here open: an invitation, and a way in.

Knows that reading uses nothing up; refuses to know what a role may do.
"""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from storefront.accounts import joining, people
from storefront.accounts.answers import entered, limited, used_up
from storefront.accounts.blueprint import blueprint
from storefront.accounts.entering import this_device, this_is_here
from storefront.accounts.forms import ButtonForm
from storefront.accounts.link_views import button_page, tell_verified
from storefront.accounts.models import TicketKind
from storefront.accounts.queries import inviter
from storefront.accounts.roles import ROLE_WORDS
from storefront.accounts.steps import Opened
from storefront.accounts.tickets import find_ticket
from storefront.errors import NotFound
from storefront.web import no_store, open_to
from storefront.web.text import moment_text

STAFF_HOME = "/staff"


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
        tell_verified(came.customer_id, email or "")
    return answer


@blueprint.get("/sign-in/staff/<token>")
@open_to("everyone")
@no_store
def staff_link_here(token: str) -> Any:
    """One button."""
    return button_page(
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
