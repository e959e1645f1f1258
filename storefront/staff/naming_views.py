"""Authors and tags for staff: added, renamed, described.

Knows addresses and answers; refuses to know rules.
"""

from dataclasses import asdict
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.catalogue.stale import fingerprint
from storefront.content import actions, desk, naming
from storefront.pictures.plates import plate
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.goods_words import ID, may
from storefront.staff.post_forms import AuthorForm, PortraitForm, TagForm
from storefront.staff.saving import refusing
from storefront.web import open_to
from storefront.web.notices import notices

AUTHOR, TAG = ID % "author_id", ID % "tag_id"


@blueprint.get("/posts/authors")
@open_to("content.view")
def authors() -> str:
    """Who writes. One statement."""
    return _authors_page(AuthorForm(formdata=None), [])


@blueprint.post("/posts/authors")
@open_to("content.edit")
def add_author() -> Any:
    """Add somebody who writes."""
    form, messages = AuthorForm(), list[str]()
    if form.validate():
        with refusing(form, messages):
            actions.add_author(form.name.data, form.bio.data or "", by=current_actor())
            flash(_("They can be named as author now."), "good")
            return redirect(url_for("staff.authors"), 303)
    return _authors_page(form, messages), 400


@blueprint.get(f"/posts/authors/{AUTHOR}")
@open_to("content.edit")
def author(author_id: int) -> str:
    """What is said of an author, to be said in other words, and their picture. Up to two statements."""
    found = desk.author_desk(author_id)
    return author_editor(found, opened_author(found), [])


@blueprint.post(f"/posts/authors/{AUTHOR}")
@open_to("content.edit")
def save_author(author_id: int) -> Any:
    """Save what is said of an author."""
    form, messages = AuthorForm(), list[str]()
    if form.validate():
        with refusing(form, messages):
            actions.change_author(author_id, form.texts, seen=form.seen.data or "", by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for("staff.authors"), 303)
    return author_editor(desk.author_desk(author_id), form, messages), 400


def opened_author(found: desk.AuthorDesk) -> AuthorForm:
    """The form of what stands."""
    form, texts = AuthorForm(formdata=None), found.texts
    for name, value in asdict(texts).items():
        form[name].data = value
    form.seen.data = fingerprint(texts)
    return form


def author_editor(
    found: desk.AuthorDesk,
    form: AuthorForm,
    messages: list[str],
    *,
    portrait: PortraitForm | None = None,
) -> str:
    """The page of an author's words and picture."""
    if portrait is None:
        portrait = PortraitForm(formdata=None)
        portrait.alt.data = found.picture.alt if found.picture else ""
    return _naming_page(
        found.texts.name,
        [form.name, form.slug, form.bio, form.account],
        form,
        messages,
        action=url_for("staff.save_author", author_id=found.id),
        back=url_for("staff.authors"),
        crumbs=[Crumb(_("Authors"), url_for("staff.authors")), Crumb(found.texts.name, "")],
        portrait=portrait,
        plate=plate(found.picture, alt=""),
        picture_url=url_for("staff.save_portrait", author_id=found.id),
        remove_url=url_for("staff.remove_portrait", author_id=found.id),
    )


@blueprint.get("/posts/tags")
@open_to("content.view")
def tags() -> str:
    """What posts are about. One statement."""
    return render_template(
        "staff/tags.html",
        rows=naming.tags(),
        may_edit=may("content.edit"),
        crumbs=[Crumb(_("Posts"), url_for("staff.posts")), Crumb(_("Tags"), "")],
        notices=notices(),
    )


@blueprint.get(f"/posts/tags/{TAG}")
@open_to("content.edit")
def tag(tag_id: int) -> str:
    """What a tag is called, to be called something else. One statement."""
    found, form = naming.tag_by_id(tag_id), TagForm(formdata=None)
    form.title.data, form.seen.data = found.title, fingerprint(naming.TagTexts(found.title))
    return _tag_page(tag_id, found.title, form, [])


@blueprint.post(f"/posts/tags/{TAG}")
@open_to("content.edit")
def save_tag(tag_id: int) -> Any:
    """Call a tag something else."""
    form, messages = TagForm(), list[str]()
    if form.validate():
        with refusing(form, messages):
            actions.rename_tag(tag_id, form.texts, seen=form.seen.data or "", by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for("staff.tags"), 303)
    return _tag_page(tag_id, naming.tag_by_id(tag_id).title, form, messages), 400


def _authors_page(form: AuthorForm, messages: list[str]) -> str:
    return render_template(
        "staff/authors.html",
        rows=desk.authors(),
        form=form,
        messages=messages,
        may_edit=may("content.edit"),
        crumbs=[Crumb(_("Posts"), url_for("staff.posts")), Crumb(_("Authors"), "")],
        notices=notices(),
    )


def _tag_page(tag_id: int, title: str, form: TagForm, messages: list[str]) -> str:
    return _naming_page(
        title,
        [form.title],
        form,
        messages,
        action=url_for("staff.save_tag", tag_id=tag_id),
        back=url_for("staff.tags"),
        crumbs=[Crumb(_("Tags"), url_for("staff.tags")), Crumb(title, "")],
    )


def _naming_page(title: str, typed: list[Any], form: Any, messages: list[str], **said: Any) -> str:
    crumbs = [Crumb(_("Posts"), url_for("staff.posts")), *said.pop("crumbs")]
    return render_template(
        "staff/naming.html", title=title, fields=typed, form=form, messages=messages, crumbs=crumbs, **said
    )
