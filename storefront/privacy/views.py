"""Asking about oneself without an account: the form, and the two pages that its mails lead to.

Knows addresses and answers; refuses to show whether anybody is known before the address is proved.
"""

from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.answers import limited
from storefront.privacy import own_views
from storefront.privacy.actions import NotYet, erase_person
from storefront.privacy.asking import Wish, address_in, ask
from storefront.privacy.blueprint import blueprint
from storefront.privacy.copying import as_file, shown
from storefront.privacy.forms import AskForm, EraseForm
from storefront.privacy.queries import copy_of
from storefront.web import csrf, no_store, open_to

# The module named beside it hangs its pages on the same blueprint.
__all__ = ["blueprint", "own_views"]


@blueprint.get("/your-data")
@open_to("everyone")
@no_store
def your_data() -> str:
    """The form."""
    return _ask_page(AskForm(formdata=None))


@blueprint.post("/your-data")
@open_to("everyone")
@limited
@no_store
def ask_for_data() -> Any:
    """The same answer for every address."""
    form = AskForm()
    if not form.validate_on_submit():
        return _ask_page(form), 422
    wish = Wish.ERASE if request.form.get("wish") == Wish.ERASE else Wish.COPY
    ask(form.email.data, wish)
    return _ask_page(AskForm(formdata=None), sent=True)


@blueprint.get("/your-data/copy/<token>")
@open_to("everyone")
@no_store
def copy_by_link(token: str) -> str:
    """The page with the button: reading a link shows nothing yet."""
    email = _proved(token, Wish.COPY)
    return render_template(
        "privacy/copy_button.html", email=email, action=url_for("privacy.show_by_link", token=token)
    )


@blueprint.post("/your-data/copy/<token>")
@open_to("everyone")
@no_store
def show_by_link(token: str) -> Any:
    """All that is known, as a page or, with `file`, as JSON."""
    csrf.protect()
    copy = copy_of(_proved(token, Wish.COPY))
    if "file" in request.form:
        return as_file(copy)
    return render_template(
        "privacy/copy.html", copy=shown(copy), action=url_for("privacy.show_by_link", token=token)
    )


@blueprint.get("/your-data/erase/<token>")
@open_to("everyone")
@no_store
def erase_by_link(token: str) -> str:
    """The page with the tick and the button."""
    return _erase_page(_proved(token, Wish.ERASE), EraseForm(formdata=None), token)


@blueprint.post("/your-data/erase/<token>")
@open_to("everyone")
@no_store
def erased_by_link(token: str) -> Any:
    """Gone; or the reason why it has to wait."""
    email, form = _proved(token, Wish.ERASE), EraseForm()
    if not form.validate_on_submit():
        return _erase_page(email, form, token), 422
    try:
        erase_person(email, by=("customer", None))
    except NotYet as refusal:
        return _erase_page(email, form, token, reasons=refusal.reasons), 409
    return render_template("privacy/erased.html")


def _proved(token: str, wish: Wish) -> str:
    """The address that the link proves; 404 for every link that proves none."""
    return address_in(token, wish) or abort(404)


def _ask_page(form: AskForm, *, sent: bool = False) -> str:
    messages = (
        [_("This page was open for too long. Please send it once more.")] if form.csrf_token.errors else []
    )
    return render_template("privacy/ask.html", form=form, messages=messages, sent=sent)


def _erase_page(email: str, form: EraseForm, token: str, *, reasons: tuple[str, ...] = ()) -> str:
    return render_template(
        "privacy/erase.html",
        email=email,
        form=form,
        reasons=reasons,
        action=url_for("privacy.erased_by_link", token=token),
        back_url=url_for("shop.home"),
    )
