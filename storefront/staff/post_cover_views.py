"""The cover of a post, for staff: taken, replaced, described, removed.

Knows addresses and answers; refuses to decode.
"""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.content import covers, desk
from storefront.staff.blueprint import blueprint
from storefront.staff.goods_words import done
from storefront.staff.picture_views import take_upload
from storefront.staff.post_forms import CoverForm
from storefront.staff.post_views import POST, editor, opened
from storefront.staff.saving import refusing
from storefront.web import open_to


@blueprint.post(f"/posts/{POST}/cover")
@open_to("content.edit")
def save_cover(post_id: int) -> Any:
    """Give a post its cover; without a file, say in other words what the present one shows."""
    take_upload()
    found, form, messages = desk.post_desk(post_id), CoverForm(), list[str]()
    if form.validate():
        content = form.file.data.read() if getattr(form.file.data, "filename", "") else b""
        with refusing(form, messages):
            if content or found.cover is None:
                covers.hang_cover(post_id, content, alt=form.alt.data or "", by=current_actor())
            else:
                covers.describe_cover(post_id, alt=form.alt.data or "", by=current_actor())
            flash(_("The picture is there; its sizes are made now.") if content else _("Saved."), "good")
            return redirect(url_for("staff.post", post_id=post_id), 303)
    return editor(found, opened(found), messages, cover=form), 400


@blueprint.post(f"/posts/{POST}/cover/remove")
@open_to("content.edit")
def remove_cover(post_id: int) -> Any:
    """Take a post's cover away."""
    return done(
        lambda: covers.take_cover_down(post_id, by=current_actor()),
        _("The picture is removed."),
        url_for("staff.post", post_id=post_id),
    )
