"""Finding a person for their own sake: what is known of them, a copy of it, and erasing it.

Knows the form and its answers; refuses to put an address into a URL, where browsers and proxies keep it.
"""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.privacy.actions import NotYet, erase_person, hand_out_copy
from storefront.privacy.copying import as_file, shown
from storefront.privacy.forms import AskForm, EraseForm
from storefront.privacy.queries import Copy
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.web import open_to
from storefront.web.notices import notices


@blueprint.get("/privacy")
@open_to("privacy.manage", fresh=True)
def privacy() -> str:
    """The form."""
    return _page(AskForm(formdata=None))


@blueprint.post("/privacy")
@open_to("privacy.manage", fresh=True)
def find_person() -> Any:
    """Who is meant, with all that is known, or the same as a file."""
    form = AskForm()
    if not form.validate_on_submit():
        return _page(form, messages=_token(form)), 422
    copy = hand_out_copy(form.email.data, by=current_actor())
    return as_file(copy) if "file" in request.form else _page(form, copy=copy)


@blueprint.post("/privacy/erase")
@open_to("privacy.manage", fresh=True)
def erase() -> Any:
    """The question; with the tick, gone, or the reason why it has to wait."""
    asked, form = AskForm(), EraseForm()
    if not asked.validate_on_submit():
        return _page(asked, messages=_token(asked)), 422
    if "sure" not in request.form and "asked" not in request.form:
        return _question(asked.email.data, EraseForm(formdata=None))
    if not form.validate_on_submit():
        return _question(asked.email.data, form), 422
    try:
        code = erase_person(asked.email.data, by=current_actor())
    except NotYet as refusal:
        return _question(asked.email.data, form, reasons=refusal.reasons), 409
    flash(_("Erased. In the books and in the record the person is now %(code)s.", code=code), "good")
    return redirect(url_for("staff.privacy"), 303)


def _page(form: AskForm, *, messages: Sequence[str] = (), copy: Copy | None = None) -> str:
    return render_template(
        "staff/privacy.html",
        form=form,
        messages=messages,
        copy=shown(copy) if copy else None,
        crumbs=[Crumb(_("Privacy"), "")],
        notices=notices(),
    )


def _question(email: str, form: EraseForm, *, reasons: Sequence[str] = ()) -> str:
    return render_template(
        "staff/privacy_erase.html",
        email=email,
        form=form,
        reasons=reasons,
        crumbs=[Crumb(_("Privacy"), url_for("staff.privacy")), Crumb(_("Erase"), "")],
    )


def _token(form: AskForm) -> list[str]:
    return [_("This page was open for too long. Please send it once more.")] if form.csrf_token.errors else []
