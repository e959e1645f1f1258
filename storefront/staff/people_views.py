"""Those who work here: the list, invitations, and what each may do.

Knows forms and answers; refuses to decide who may stay owner.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, get_flashed_messages, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField

from storefront.accounts import people
from storefront.accounts.access import current_actor, current_customer
from storefront.accounts.forms import ButtonForm, email_field
from storefront.accounts.models import Customer, Ticket
from storefront.accounts.queries import open_invitations, staff, staff_member, staff_with_passkeys
from storefront.accounts.roles import ROLE_WORDS, titles_of
from storefront.errors import Refused
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.web import open_to
from storefront.web.text import moment_text

_AN_ID = "<int(max=9223372036854775807):number>"


@dataclass(frozen=True, slots=True)
class Tick:
    """A role with its checkbox."""

    name: str
    title: str
    hint: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Somebody who works here, in a row."""

    email: str
    name: str
    roles: str
    guard: str
    url: str


@dataclass(frozen=True, slots=True)
class InvitationShown:
    """An invitation that nobody has accepted yet."""

    email: str
    roles: str
    until: str
    withdraw_url: str


class RolesForm(FlaskForm):
    """What somebody may do."""

    roles = SelectMultipleField(_l("Roles"), choices=list(ROLE_WORDS))


class InviteForm(RolesForm):
    """Who is invited, and to what."""

    email = email_field(autocomplete="off")


@blueprint.get("/people")
@open_to("staff.manage")
def people_list() -> str:
    """Everybody who works here, and who is invited."""
    with_passkeys = staff_with_passkeys()
    return render_template(
        "staff/people.html",
        people=[_person(each, with_passkeys) for each in staff()],
        invitations=[_invitation(each) for each in open_invitations()],
        form=ButtonForm(formdata=None),
        notices=_notices(),
        crumbs=[Crumb(_("People"), "")],
    )


@blueprint.get("/people/invite")
@open_to("staff.manage", fresh=True)
def invite_form() -> str:
    """The form of an invitation."""
    return _invite_page(InviteForm(formdata=None), [])


@blueprint.post("/people/invite")
@open_to("staff.manage", fresh=True)
def invite() -> Any:
    """Invited, by mail."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _invite_page(form, []), 422
    try:
        people.invite(form.email.data, form.roles.data or [], by=current_actor())
    except Refused as refusal:
        return _invite_page(form, [refusal.message]), 422
    flash(_("An invitation is on its way to %(email)s.", email=form.email.data), "good")
    return redirect(url_for("staff.people_list"), 303)


@blueprint.post(f"/people/invitations/{_AN_ID}/withdraw")
@open_to("staff.manage", fresh=True)
def withdraw_invitation(number: int) -> Any:
    """Good for nothing any more."""
    if ButtonForm().validate_on_submit():
        people.withdraw_invitation(number, by=current_actor())
        flash(_("The invitation is withdrawn."), "good")
    return redirect(url_for("staff.people_list"), 303)


@blueprint.get(f"/people/{_AN_ID}")
@open_to("staff.manage", fresh=True)
def person(number: int) -> str:
    """What one person may do."""
    return _person_page(_member(number), None, [])


@blueprint.post(f"/people/{_AN_ID}")
@open_to("staff.manage", fresh=True)
def change_roles(number: int) -> Any:
    """They may do exactly this from now on; without any role they no longer work here."""
    form, member = RolesForm(), _member(number)
    if not form.validate_on_submit():
        return _person_page(member, form.roles.data or [], [_("Please send it once more.")]), 422
    wanted = form.roles.data or []
    try:
        people.change_roles(number, wanted, by=current_actor())
    except Refused as refusal:
        return _person_page(_member(number), wanted, [refusal.message]), 422
    if number == current_customer().id:
        return redirect(url_for("accounts.sign_in"), 303)
    flash(_("What %(email)s may do is changed; they sign in anew.", email=member.email), "good")
    return redirect(url_for("staff.people_list"), 303)


def _member(number: int) -> Customer:
    found = staff_member(number)
    return found if found is not None else abort(404)


def _person_page(member: Customer, wanted: list[str] | None, messages: list[str]) -> str:
    return render_template(
        "staff/person.html",
        email=member.email,
        name=member.name,
        ticks=_ticks(list(member.role_names) if wanted is None else wanted),
        messages=messages,
        action=url_for("staff.change_roles", number=member.id),
        crumbs=[Crumb(_("People"), url_for("staff.people_list")), Crumb(member.email, "")],
    )


def _invite_page(form: InviteForm, messages: list[str]) -> str:
    return render_template(
        "staff/invite.html",
        form=form,
        ticks=_ticks(form.roles.data or []),
        messages=messages,
        crumbs=[Crumb(_("People"), url_for("staff.people_list")), Crumb(_("Invite somebody"), "")],
    )


def _ticks(chosen: list[str]) -> list[Tick]:
    return [Tick(name, str(title), str(hint), name in chosen) for name, (title, hint) in ROLE_WORDS.items()]


def _person(row: Customer, with_passkeys: set[int]) -> PersonShown:
    guards = [_("app")] if row.has_codes else []
    guards += [_("passkey")] if row.id in with_passkeys else []
    return PersonShown(
        row.email,
        row.name,
        titles_of(list(row.role_names)),
        ", ".join(guards) or _("none yet"),
        url_for("staff.person", number=row.id),
    )


def _invitation(row: Ticket) -> InvitationShown:
    return InvitationShown(
        row.email or "",
        titles_of(row.facts["roles"]),
        moment_text(row.expires_at),
        url_for("staff.withdraw_invitation", number=row.id),
    )


def _notices() -> list[dict[str, str]]:
    said: list[Any] = get_flashed_messages(with_categories=True)
    return [{"text": text, "kind": kind} for kind, text in said]
