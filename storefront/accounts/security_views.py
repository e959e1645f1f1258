"""What guards one's account, on one page, and the forms that change it.

Knows that changes want a fresh sign-in; refuses to know anybody else's account.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, get_flashed_messages, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts import keeping
from storefront.accounts.access import current_actor, current_customer, current_sign_in
from storefront.accounts.answers import limited, no_token, too_often
from storefront.accounts.blueprint import blueprint
from storefront.accounts.entering import go_on, leave
from storefront.accounts.forms import AskForm, ButtonForm, NewAppForm, NewPasswordForm, PasskeyForm
from storefront.accounts.guesses import TooOften
from storefront.accounts.queries import guards_of
from storefront.accounts.returning import destination
from storefront.accounts.second_factor import new_secret, setup_of
from storefront.accounts.shown import passkey_shown, sign_in_shown
from storefront.errors import Refused
from storefront.web import no_store, open_to, sign, unsign

_SECRET = "accounts.new_app"


@dataclass(frozen=True, slots=True)
class Security:
    """All that `accounts/security.html` prints."""

    email: str
    has_password: bool
    has_codes: bool
    recovery_codes: int
    passkeys: list[Any]
    sign_ins: list[Any]


@blueprint.get("/account/security")
@open_to("customers")
@no_store
def security() -> str:
    """Ways in, the second factor, and every standing sign-in."""
    person, here = current_customer(), current_sign_in().id
    guards = guards_of(person.id)
    shown = Security(
        email=person.email,
        has_password=person.password is not None,
        has_codes=person.has_codes,
        recovery_codes=guards.recovery_codes,
        passkeys=[passkey_shown(each) for each in guards.passkeys],
        sign_ins=[sign_in_shown(each, here=here) for each in guards.sign_ins],
    )
    said: list[Any] = get_flashed_messages(with_categories=True)
    notices = [{"text": text, "kind": kind} for kind, text in said]
    said_too = {"notices": notices} if notices else {}
    return render_template("accounts/security.html", security=shown, crumbs=_crumbs(), **said_too)


@blueprint.get("/account/security/password")
@open_to("customers", fresh=True)
@no_store
def password() -> Any:
    """The form for another password."""
    return _password_page(NewPasswordForm(formdata=None), [])


@blueprint.post("/account/security/password")
@open_to("customers", fresh=True)
@limited
@no_store
def change_password() -> Any:
    """Another password; all other sessions end."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _password_page(form, no_token(form)), 422
    here = current_sign_in().id
    try:
        keeping.change_password(
            current_customer().id, form.password.data, sign_in_id=here, by=current_actor()
        )
    except Refused as refusal:
        form.password.errors = [refusal.message]
        return _password_page(form, []), 422
    return _done(_("Your password is another now. Everywhere else you are signed out."))


@blueprint.get("/account/security/app")
@open_to("customers", fresh=True)
@no_store
def app() -> str:
    """The code to be scanned, and the field for the first code."""
    return _app_page(NewAppForm(formdata=None), [], secret=new_secret())


@blueprint.post("/account/security/app")
@open_to("customers", fresh=True)
@limited
@no_store
def add_app() -> Any:
    """Codes are asked for from now on; the recovery codes are shown this once."""
    form, person = NewAppForm(), current_customer()
    secret = unsign(_SECRET, form.secret.data)
    whose, kept = secret if isinstance(secret, list) and len(secret) == 2 else (0, "")
    if whose != person.id:
        return redirect(url_for("accounts.app"), 303)
    if not form.validate_on_submit():
        return _app_page(form, no_token(form), secret=kept), 422
    try:
        codes, key = keeping.add_app(
            person.id, kept, form.code.data, sign_in_id=current_sign_in().id, by=current_actor()
        )
    except Refused as refusal:
        form.code.errors = [refusal.message]
        return _app_page(form, [], secret=kept), 422
    go_on(key)
    return _codes_page(codes)


@blueprint.post("/account/security/app/remove")
@open_to("customers", fresh=True)
@limited
@no_store
def remove_app() -> Any:
    """Codes are asked for no more."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for("accounts.security"), 303)
    keeping.remove_app(current_customer().id, by=current_actor())
    return _done(_("Codes are asked for no more."))


@blueprint.post("/account/security/recovery-codes")
@open_to("customers", fresh=True)
@limited
@no_store
def recovery_codes() -> Any:
    """Ten new ones, shown this once."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for("accounts.security"), 303)
    return _codes_page(keeping.renew_recovery_codes(current_customer().id, by=current_actor()))


@blueprint.get("/account/security/passkey")
@open_to("customers", fresh=True)
@no_store
def passkey() -> str:
    """The page whose script makes a passkey."""
    following = request.args.get("next", "")
    return render_template("accounts/passkey.html", form=PasskeyForm(formdata=None), following=following)


@blueprint.get("/account/security/email")
@open_to("customers", fresh=True)
@no_store
def email() -> str:
    """The form for another address."""
    return _email_page(AskForm(formdata=None), [])


@blueprint.post("/account/security/email")
@open_to("customers", fresh=True)
@limited
@no_store
def ask_to_change_email() -> Any:
    """Both addresses are asked."""
    form = AskForm()
    if not form.validate_on_submit():
        return _email_page(form, no_token(form)), 422
    try:
        keeping.ask_to_change_email(current_customer().id, form.email.data, by=current_actor())
    except TooOften as refusal:
        return too_often(lambda text: _email_page(form, [text]), refusal)
    return _done(_("Both addresses have a mail from us. The new one counts once both have agreed."))


@blueprint.post("/account/security/sign-ins/<int(max=9223372036854775807):sign_in_id>/end")
@open_to("customers")
@limited
@no_store
def end_sign_in(sign_in_id: int) -> Any:
    """One session ends."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for("accounts.security"), 303)
    keeping.end_sign_in(current_customer().id, sign_in_id, by=current_actor())
    return _done(_("That device is signed out."))


@blueprint.post("/account/security/sign-ins/end")
@open_to("customers")
@limited
@no_store
def end_all_sign_ins() -> Any:
    """Every session ends, this one too."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for("accounts.security"), 303)
    keeping.end_all_sign_ins(current_customer().id, by=current_actor())
    leave()
    return redirect(url_for("accounts.sign_in"), 303)


def _crumbs(title: str = "") -> list[dict[str, str]]:
    """The way to this page: the account, what guards it, and the one thing that is changed."""
    way = [(_("Your account"), url_for("shop.account")), (_("Sign-in and security"), "")]
    if title:
        way = [way[0], (way[1][0], url_for("accounts.security")), (title, "")]
    return [{"title": words, "url": url} for words, url in way]


def _done(text: str) -> Any:
    flash(text, "good")
    return redirect(destination(request.form.get("next"), otherwise=url_for("accounts.security")), 303)


def _password_page(form: NewPasswordForm, messages: list[str]) -> str:
    return render_template(
        "accounts/password.html",
        form=form,
        messages=messages,
        email=current_customer().email,
        crumbs=_crumbs(_("Your password")),
    )


def _email_page(form: AskForm, messages: list[str]) -> str:
    return render_template(
        "accounts/email.html",
        form=form,
        messages=messages,
        email=current_customer().email,
        crumbs=_crumbs(_("Your e-mail address")),
    )


def _app_page(form: NewAppForm, messages: list[str], *, secret: str) -> str:
    person = current_customer()
    drawn, typed = setup_of(secret, email=person.email)
    return render_template(
        "accounts/app.html",
        form=form,
        messages=messages,
        drawn=drawn,
        typed=typed,
        kept=sign(_SECRET, [person.id, secret]),
        has_codes=person.has_codes,
    )


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/codes.html", codes=codes)
