"""A post to its subscribers: to how many, a letter to oneself first, the button, and how far it has come.

Knows addresses and answers; refuses to send: `newsletter` does, by jobs.
"""

import secrets
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor, current_customer
from storefront.errors import NotFound
from storefront.newsletter import queries, sending
from storefront.staff import subscriber_words as said
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.goods_words import ID, done, may
from storefront.web import open_to
from storefront.web.notices import notices

POST = ID % "post_id"


@blueprint.get(f"/posts/{POST}/letters")
@open_to("content.view")
def post_letters(post_id: int) -> str:
    """The question before a post is sent; once it is on its way, how far it has come. Five statements at most."""
    found = queries.post_to_send(post_id)
    return render_template(
        "staff/post_letters.html",
        post=found,
        mailing=said.mailing(found.progress) if found.progress else None,
        email=current_customer().email,
        may_edit=may("content.edit"),
        crumbs=[
            Crumb(_("Posts"), url_for("staff.posts")),
            Crumb(found.title, url_for("staff.post", post_id=post_id)),
            Crumb(_("To subscribers"), ""),
        ],
        notices=notices(),
    )


@blueprint.post(f"/posts/{POST}/letters")
@open_to("content.edit")
def move_letters(post_id: int) -> Any:
    """Send a post to subscribers, stop that, go on, or send one letter to oneself."""
    by, email = current_actor(), current_customer().email
    ways: dict[str, tuple[Any, str]] = {
        "send": (lambda: sending.send_post(post_id, by=by), _("It is on its way to the subscribers.")),
        "stop": (lambda: sending.stop_sending(post_id, by=by), _("No further letter leaves.")),
        "go_on": (
            lambda: sending.go_on(post_id, by=by),
            _("It is on its way to all who have no letter yet."),
        ),
        "preview": (
            lambda: sending.owe_preview(post_id, to=email, key=secrets.token_hex(8)),
            _("The letter is on its way to %(email)s.", email=email),
        ),
    }
    if (way := ways.get(request.form.get("to", ""))) is None:
        raise NotFound()
    return done(*way, url_for("staff.post_letters", post_id=post_id))
