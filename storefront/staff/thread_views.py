"""Closing and opening what readers say beneath a text, from its editor and from any comment on it.

Knows the two buttons; refuses to know rules.
"""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.comments.deciding import close_thread, open_thread
from storefront.comments.moderating import is_thread_closed
from storefront.comments.queries import comment_by_id
from storefront.content.commented import KIND
from storefront.errors import NotFound
from storefront.staff.blueprint import blueprint
from storefront.staff.goods_words import ID, done
from storefront.web import open_to

POST, COMMENT = ID % "post_id", ID % "comment_id"


@blueprint.post(f"/posts/{POST}/thread")
@open_to("comments.moderate")
def post_thread(post_id: int) -> Any:
    """Close a post's thread or open it, then the post's editor."""
    return _changed(KIND, post_id, url_for("staff.post", post_id=post_id))


@blueprint.post(f"/comments/{COMMENT}/thread")
@open_to("comments.moderate")
def comment_thread(comment_id: int) -> Any:
    """Close the thread that a comment is in, or open it, then the comment."""
    found = comment_by_id(comment_id)
    back = url_for("staff.comment", comment_id=comment_id)
    return _changed(found.subject_kind, found.subject_id, back)


def thread_act(kind: str, subject_id: int) -> tuple[str, str]:
    """What the button of a thread does now, and its words. One statement."""
    if is_thread_closed(kind, subject_id):
        return "open", _("Open the comments again")
    return "close", _("Close the comments")


def _changed(kind: str, subject_id: int, back: str) -> Any:
    by = current_actor()
    ways = {
        "close": (
            lambda: close_thread(kind, subject_id, by=by),
            _("Nobody can add a comment now; what was said stays."),
        ),
        "open": (lambda: open_thread(kind, subject_id, by=by), _("Readers can comment again.")),
    }
    if (way := ways.get(request.form.get("to", ""))) is None:
        raise NotFound()
    return done(*way, back)
