"""What the passkeys' script asks for and sends.

Knows requests of a browser that has passkeys; refuses to judge a signature.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from storefront.accounts import passkeys
from storefront.accounts.access import current_actor, current_customer, current_sign_in
from storefront.accounts.answers import entered, limited
from storefront.accounts.blueprint import blueprint
from storefront.accounts.entering import go_on, this_device
from storefront.accounts.forms import ButtonForm, PasskeyForm
from storefront.accounts.returning import destination
from storefront.errors import Refused
from storefront.web import no_store, open_to, request_origin


@blueprint.post("/sign-in/passkey/challenge")
@open_to("everyone")
@limited
@no_store
def passkey_challenge() -> Any:
    """A challenge for any passkey of this shop."""
    if not ButtonForm().validate_on_submit():
        return _refused(_old_page())
    return _challenge(passkeys.ask_for_one(host=_host()))


@blueprint.post("/sign-in/passkey")
@open_to("everyone")
@limited
@no_store
def sign_in_by_passkey() -> Any:
    """In, proved twice: where to, the script is told."""
    form = PasskeyForm()
    try:
        _check(form)
        opened = passkeys.sign_in_by_passkey(
            form.token.data, form.answer.data, host=_host(), device=this_device()
        )
    except Refused as refusal:
        return _refused(refusal.message)
    return _led(entered(opened))


@blueprint.post("/sign-in/again/passkey")
@open_to("customers")
@limited
@no_store
def prove_by_passkey() -> Any:
    """Fresh again, and proved twice."""
    form = PasskeyForm()
    try:
        _check(form)
        key = passkeys.prove_by_passkey(
            current_customer().id, current_sign_in().id, form.token.data, form.answer.data, host=_host()
        )
    except Refused as refusal:
        return _refused(refusal.message)
    go_on(key)
    following = destination(request.form.get("next"), otherwise=url_for("accounts.security"))
    return _led(redirect(following, 303))


@blueprint.post("/account/security/passkeys/challenge")
@open_to("customers", fresh=True)
@limited
@no_store
def new_passkey_challenge() -> Any:
    """A challenge for a passkey that is to be made."""
    if not ButtonForm().validate_on_submit():
        return _refused(_old_page())
    return _challenge(passkeys.ask_to_make(current_customer().id, host=_host()))


@blueprint.post("/account/security/passkeys")
@open_to("customers", fresh=True)
@limited
@no_store
def add_passkey() -> Any:
    """The passkey that the device made, kept."""
    form = PasskeyForm()
    try:
        _check(form)
        key = passkeys.add_passkey(
            current_customer().id,
            form.token.data,
            form.answer.data,
            name=form.name.data,
            host=_host(),
            sign_in_id=current_sign_in().id,
            by=current_actor(),
        )
    except Refused as refusal:
        return _refused(refusal.message)
    go_on(key)
    following = destination(request.form.get("next"), otherwise=url_for("accounts.security"))
    return _led(redirect(following, 303))


@blueprint.post("/account/security/passkeys/<int(max=9223372036854775807):passkey_id>/remove")
@open_to("customers", fresh=True)
@limited
@no_store
def remove_passkey(passkey_id: int) -> Any:
    """Believed no more."""
    if ButtonForm().validate_on_submit():
        passkeys.remove_passkey(current_customer().id, passkey_id, by=current_actor())
    return redirect(url_for("accounts.security"), 303)


def _host() -> str:
    """The name of the shop that this browser shows: what passkeys are bound to."""
    return urlsplit(request_origin()).hostname or ""


def _check(form: FlaskForm) -> None:
    """Raises Refused where what the script sent is not whole."""
    if not form.validate_on_submit():
        raise Refused(_old_page())


def _old_page() -> str:
    return _("This page was open for too long. Please load it once more.")


def _challenge(asked: passkeys.Asked) -> Response:
    return jsonify(token=asked.token, options=asked.options)


def _led(answer: Any) -> Response:
    return jsonify(url=answer.location)


def _refused(message: str) -> Any:
    return jsonify(message=message), 422
