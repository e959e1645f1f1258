"""Commenting: the form's answer, where a comment stands, and the page to answer one.

Knows addresses and answers; refuses to decide what is published.
"""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from flask_babel import gettext as _

from storefront.accounts.access import find_customer
from storefront.comments import own_views
from storefront.comments.actions import Words, submit_comment
from storefront.comments.blueprint import blueprint
from storefront.comments.forms import CommentForm
from storefront.comments.models import Comment
from storefront.comments.moderating import is_thread_closed
from storefront.comments.queries import page_of, published_comment
from storefront.comments.subjects import Subject, public_subject
from storefront.comments.thread import page_url
from storefront.comments.verdicts import own_token
from storefront.comments.wording import shown
from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.web import limiter, no_store, open_to

# The module named beside it hangs its pages on the same blueprint.
__all__ = ["blueprint", "own_views"]


@blueprint.post("/about/<kind>/<int:subject_id>")
@open_to("everyone")
@limiter.limit(lambda: settings().limit_comments, deduct_when=lambda answer: answer.status_code == 303)
@no_store
def submit(kind: str, subject_id: int) -> Any:
    """Take in a comment and lead to its own page."""
    subject = _public(kind, subject_id)
    form = CommentForm()
    person = find_customer()
    if person is not None:
        form.email.data = person.email
    if not form.validate():
        return _again(subject, form), 422
    words = Words(
        name=form.name.data,
        email=form.email.data,
        text=form.text.data,
        tells=form.tells.data,
        parent_id=_id_in(form.parent.data),
        customer_id=None if person is None else person.id,
        trap=form.website.data or "",
    )
    try:
        comment_id = submit_comment(kind, subject_id, words)
    except NotFound:
        abort(404)
    except Refused as refusal:
        return _again(subject, form, refusal), 422
    return redirect(url_for("comments.own", token=own_token(comment_id)), 303)


def _id_in(text: str | None) -> int | None:
    """The id in a hidden field; what is none is the id of nothing."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _public(kind: str, subject_id: int) -> Subject:
    try:
        return public_subject(kind, subject_id)
    except NotFound:
        abort(404)


def _again(subject: Subject, form: CommentForm, refusal: Refused | None = None) -> str:
    """The form with what was typed, and what to mend; with the comment that is answered, while it stands."""
    if refusal is not None and refusal.field:
        form[refusal.field].errors = [refusal.message]
    loose = refusal.message if refusal is not None and not refusal.field else ""
    answered = _answered(subject, form)
    if answered is None:
        # Sent once more it stands by itself.
        form.parent.data = ""
    return _page(subject, form, answered, messages=[loose] if loose else [])


def _answered(subject: Subject, form: CommentForm) -> Comment | None:
    try:
        found = published_comment(_id_in(form.parent.data) or 0)
    except NotFound:
        return None
    return found if (found.subject_kind, found.subject_id) == (subject.kind, subject.id) else None


def _page(
    subject: Subject, form: CommentForm, answered: Comment | None, *, messages: Sequence[str] = ()
) -> str:
    name = answered.name or _("Erased") if answered else ""
    return render_template(
        "comments/form.html",
        form=form,
        action=url_for("comments.submit", kind=subject.kind, subject_id=subject.id),
        messages=messages,
        title=_("Reply to %(name)s", name=name) if answered else _("Share your thoughts"),
        subject=subject,
        answered=shown(answered.text) if answered else None,
        is_signed_in=find_customer() is not None,
        is_closed=is_thread_closed(subject.kind, subject.id),
    )


@blueprint.get("/<int:comment_id>")
@open_to("everyone")
@no_store
def place(comment_id: int) -> Response:
    """Where a comment stands now: its page may be another one tomorrow, this address stays."""
    try:
        kind, subject_id, page = page_of(comment_id)
    except NotFound:
        abort(404)
    made: Response = redirect(page_url(_public(kind, subject_id), page, anchor=f"comment-{comment_id}"), 302)  # type: ignore[assignment]
    return made


@blueprint.get("/<int:comment_id>/reply")
@open_to("everyone")
@no_store
def reply(comment_id: int) -> str:
    """The form to answer a comment, with the comment above it; where the thread is closed, that it is."""
    try:
        answered = published_comment(comment_id)
    except NotFound:
        abort(404)
    form = CommentForm(formdata=None)
    # The one that is answered: it goes beneath the first of its thread.
    form.parent.data = str(comment_id)
    return _page(_public(answered.subject_kind, answered.subject_id), form, answered)
