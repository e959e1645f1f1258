"""The picture of an author, for staff: taken, replaced, described, removed.

Knows addresses and answers; refuses to decode.
"""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.content import covers, desk
from storefront.staff.blueprint import blueprint
from storefront.staff.goods_words import done
from storefront.staff.naming_views import AUTHOR, author_editor, opened_author
from storefront.staff.picture_views import take_upload
from storefront.staff.post_forms import PortraitForm
from storefront.staff.saving import refusing
from storefront.web import open_to


@blueprint.post(f"/posts/authors/{AUTHOR}/picture")
@open_to("content.edit")
def save_portrait(author_id: int) -> Any:
    """Give an author their picture; without a file, say in other words what the present one shows."""
    take_upload()
    found, form, messages = desk.author_desk(author_id), PortraitForm(), list[str]()
    if form.validate():
        content = form.file.data.read() if getattr(form.file.data, "filename", "") else b""
        words, by = form.alt.data or "", current_actor()
        with refusing(form, messages):
            if content or found.picture is None:
                covers.hang_portrait(author_id, content, alt=words, by=by)
            else:
                covers.describe_portrait(author_id, alt=words, by=by)
            flash(_("The picture is there; its sizes are made now.") if content else _("Saved."), "good")
            return redirect(url_for("staff.author", author_id=author_id), 303)
    return author_editor(found, opened_author(found), messages, portrait=form), 400


@blueprint.post(f"/posts/authors/{AUTHOR}/picture/remove")
@open_to("content.edit")
def remove_portrait(author_id: int) -> Any:
    """Take an author's picture away."""
    return done(
        lambda: covers.take_portrait_down(author_id, by=current_actor()),
        _("The picture is removed."),
        url_for("staff.author", author_id=author_id),
    )
