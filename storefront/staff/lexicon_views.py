"""The lexicon for staff: its categories, one of them with its phrases, and switches.

Knows addresses and answers; refuses to know rules.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.claims import actions
from storefront.claims.models import ClaimCategory, Endings
from storefront.claims.queries import categories, category_by_id, phrase_by_id, phrase_counts, phrases_of
from storefront.staff.blueprint import blueprint
from storefront.staff.claim_forms import ENDINGS, CategoryForm, NewCategoryForm, PhraseForm
from storefront.staff.frame import Crumb
from storefront.staff.goods_words import ID, done, may
from storefront.staff.saving import refusing
from storefront.web import open_to
from storefront.web.notices import notices

CATEGORY, PHRASE = ID % "category_id", ID % "phrase_id"


@blueprint.get("/claims/lexicon")
@open_to("claims.view")
def lexicon() -> str:
    """All categories. Two statements."""
    return _lexicon_page(NewCategoryForm(formdata=None), [])


@blueprint.post("/claims/lexicon")
@open_to("claims.lexicon")
def add_category() -> Any:
    """Add a category, then its page."""
    form, messages = NewCategoryForm(), list[str]()
    if form.validate():
        with refusing(form, messages):
            category_id = actions.add_category(form.title.data or "", by=current_actor())
            flash(_("Now add its phrases."), "good")
            return redirect(url_for("staff.lexicon_category", category_id=category_id), 303)
    return _lexicon_page(form, messages), 422


def _lexicon_page(form: NewCategoryForm, messages: list[str]) -> str:
    counts = phrase_counts()
    return render_template(
        "staff/lexicon.html",
        rows=[(each, counts.get(each.id, 0)) for each in categories()],
        form=form,
        messages=messages,
        may_edit=may("claims.lexicon"),
        crumbs=[Crumb(_("Claims"), url_for("staff.claims")), Crumb(_("Lexicon"), "")],
        notices=notices(),
    )


@blueprint.get(f"/claims/lexicon/{CATEGORY}")
@open_to("claims.view")
def lexicon_category(category_id: int) -> str:
    """A category and its phrases. Two statements."""
    category = category_by_id(category_id)
    form = CategoryForm(formdata=None, obj=category)
    return _category_page(category, form, PhraseForm(formdata=None), [])


@blueprint.post(f"/claims/lexicon/{CATEGORY}")
@open_to("claims.lexicon")
def change_category(category_id: int) -> Any:
    """Save what is said of a category."""
    form, messages = CategoryForm(), list[str]()
    if form.validate():
        with refusing(form, messages):
            changed = actions.change_category(
                category_id,
                form.title.data or "",
                form.disclaimer.data or "",
                is_on=form.is_on.data,
                by=current_actor(),
            )
            flash(_("Saved.") if changed else _("Nothing was changed."), "good")
            return redirect(url_for("staff.lexicon_category", category_id=category_id), 303)
    return _category_page(category_by_id(category_id), form, PhraseForm(formdata=None), messages), 422


@blueprint.post(f"/claims/lexicon/{CATEGORY}/phrases")
@open_to("claims.lexicon")
def add_phrase(category_id: int) -> Any:
    """Add a phrase to a category."""
    form, messages = PhraseForm(), list[str]()
    if form.validate():
        with refusing(form, messages):
            actions.add_phrase(
                category_id,
                form.text.data or "",
                Endings(form.endings.data),
                harmless=form.harmless.data,
                by=current_actor(),
            )
            flash(_("It counts from now on; texts that stand are looked at again in a moment."), "good")
            return redirect(url_for("staff.lexicon_category", category_id=category_id), 303)
    category = category_by_id(category_id)
    return _category_page(category, CategoryForm(formdata=None, obj=category), form, messages), 422


@blueprint.post(f"/claims/lexicon/phrases/{PHRASE}")
@open_to("claims.lexicon")
def switch_phrase(phrase_id: int) -> Any:
    """Let a phrase count, or no longer."""
    by, on = current_actor(), request.form.get("to") == "on"
    return done(
        lambda: actions.switch_phrase(phrase_id, on=on, by=by),
        _("It counts again.") if on else _("It no longer counts."),
        url_for("staff.lexicon_category", category_id=phrase_by_id(phrase_id).category_id),
    )


def _category_page(
    category: ClaimCategory, form: CategoryForm, phrase: PhraseForm, messages: list[str]
) -> str:
    return render_template(
        "staff/lexicon_category.html",
        category=category,
        phrases=phrases_of(category.id),
        endings=dict(ENDINGS),
        form=form,
        phrase=phrase,
        messages=messages,
        may_edit=may("claims.lexicon"),
        crumbs=[
            Crumb(_("Claims"), url_for("staff.claims")),
            Crumb(_("Lexicon"), url_for("staff.lexicon")),
            Crumb(category.title, ""),
        ],
        notices=notices(),
    )
