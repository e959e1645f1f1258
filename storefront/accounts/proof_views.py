"""Proving again who one is, and twice for those who work here.

Knows how somebody comes back to what they wanted; refuses to know what that was.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts import actions, kept_forms
from storefront.accounts.access import current_customer, current_sign_in
from storefront.accounts.answers import limited, no_token, too_often, used_up
from storefront.accounts.blueprint import blueprint
from storefront.accounts.entering import go_on
from storefront.accounts.forms import CodeForm, PasswordForm
from storefront.accounts.guesses import TooOften
from storefront.accounts.queries import guards_of
from storefront.accounts.returning import destination
from storefront.web import no_store, open_to


@blueprint.get("/sign-in/again")
@open_to("customers")
@no_store
def again() -> str:
    """Password, passkey or code once more; then on to `next`."""
    return _again_page(PasswordForm(formdata=None), CodeForm(formdata=None), [])


@blueprint.post("/sign-in/again")
@open_to("customers")
@limited
@no_store
def prove_again() -> Any:
    """Fresh again, by the one of the two that was filled in."""
    password, code = PasswordForm(), CodeForm()
    form = code if "code" in request.form else password
    forms = (PasswordForm(formdata=None), code) if form is code else (password, CodeForm(formdata=None))
    if not form.validate_on_submit():
        return _again_page(*forms, no_token(form)), 422
    typed = {"password": "", "code": ""} | {
        name: form[name].data for name in form.data if name != "csrf_token"
    }
    try:
        key = actions.prove_again(current_sign_in().id, password=typed["password"], code=typed["code"])
    except TooOften as refusal:
        return too_often(lambda text: _again_page(*forms, [text]), refusal)
    if key is None:
        return _again_page(*forms, [_("That is not right. Nothing was changed.")]), 422
    go_on(key)
    return redirect(destination(request.form.get("next"), otherwise=url_for("accounts.security")), 303)


@blueprint.get("/sign-in/second")
@open_to("customers")
@no_store
def second_factor() -> Any:
    """Use the second factor; who works here and has none sets one up before anything else."""
    person, following = current_customer(), request.args.get("next", "")
    if current_sign_in().second_factor_at is not None:
        return redirect(destination(following, otherwise=url_for("accounts.security")), 303)
    return render_template(
        "accounts/second.html",
        has_codes=person.has_codes,
        has_passkeys=bool(guards_of(person.id).passkeys),
        form=CodeForm(formdata=None),
        following=following,
    )


@blueprint.get("/sign-in/kept/<token>")
@open_to("customers")
@no_store
def kept(token: str) -> Any:
    """What somebody had filled in before they were asked who they are, with the button that sends it."""
    form = kept_forms.find_kept(token, customer_id=current_customer().id)
    if form is None:
        return used_up()
    return render_template("accounts/kept.html", path=form.path, fields=form.fields)


def _again_page(password: PasswordForm, code: CodeForm, messages: list[str]) -> str:
    person = current_customer()
    guards = guards_of(person.id)
    return render_template(
        "accounts/again.html",
        password=password if person.password else None,
        code=code if person.has_codes else None,
        has_passkeys=bool(guards.passkeys),
        email=person.email,
        messages=messages,
        following=request.values.get("next", ""),
    )
