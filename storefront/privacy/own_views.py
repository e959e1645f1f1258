"""The same from the account: a copy and erase for whoever is signed in, after a fresh sign-in.

Knows who is signed in; refuses to act on any other address than theirs.
"""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor, current_customer
from storefront.accounts.entering import leave
from storefront.privacy.actions import NotYet, erase_person
from storefront.privacy.blueprint import blueprint
from storefront.privacy.copying import as_file, shown
from storefront.privacy.forms import EraseForm
from storefront.privacy.queries import copy_of
from storefront.shop.frame import Link
from storefront.web import csrf, no_store, open_to


@blueprint.get("/account/privacy")
@open_to("customers", fresh=True)
@no_store
def own() -> str:
    """What can be done: be told, or be forgotten."""
    return render_template(
        "privacy/own.html",
        email=current_customer().email,
        copy_action=url_for("privacy.show_own"),
        erase_url=url_for("privacy.erase_own"),
        crumbs=_crumbs(),
    )


@blueprint.post("/account/privacy/copy")
@open_to("customers", fresh=True)
@no_store
def show_own() -> Any:
    """All that is known, as a page or, with `file`, as JSON."""
    csrf.protect()
    copy = copy_of(current_customer().email)
    if "file" in request.form:
        return as_file(copy)
    return render_template(
        "privacy/copy.html", copy=shown(copy), action=url_for("privacy.show_own"), crumbs=_crumbs()
    )


@blueprint.get("/account/privacy/erase")
@open_to("customers", fresh=True)
@no_store
def erase_own() -> str:
    """The page with the tick and the button."""
    return _erase_page(EraseForm(formdata=None))


@blueprint.post("/account/privacy/erase")
@open_to("customers", fresh=True)
@no_store
def erased_own() -> Any:
    """Gone, and signed out everywhere with it; or the reason why it has to wait."""
    form = EraseForm()
    if not form.validate_on_submit():
        return _erase_page(form), 422
    try:
        erase_person(current_customer().email, by=current_actor())
    except NotYet as refusal:
        return _erase_page(form, reasons=refusal.reasons), 409
    leave()
    return render_template("privacy/erased.html")


def _erase_page(form: EraseForm, *, reasons: tuple[str, ...] = ()) -> str:
    return render_template(
        "privacy/erase.html",
        email=current_customer().email,
        form=form,
        reasons=reasons,
        action=url_for("privacy.erased_own"),
        back_url=url_for("privacy.own"),
        crumbs=_crumbs(),
    )


def _crumbs() -> list[Link]:
    return [Link(_("Your account"), url_for("shop.account")), Link(_("Your data"), "")]
