"""One's own comment, and what the links in our mails about it lead to: a page with one button each.

Knows signed addresses; refuses to show anybody's address, or to act on GET.
"""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _

from storefront.comments.actions import prove_address, stop_mails
from storefront.comments.blueprint import blueprint
from storefront.comments.models import Comment
from storefront.comments.queries import comment_by_id, last_decision
from storefront.comments.subjects import find_subject
from storefront.comments.thread import page_url
from storefront.comments.verdicts import own_token, owned, proving, state_title, state_words, stopping
from storefront.comments.wording import shown
from storefront.errors import NotFound
from storefront.web import no_store, open_to
from storefront.web.text import day_text


@blueprint.get("/<token>")
@open_to("everyone")
@no_store
def own(token: str) -> str:
    """Your words, what became of them, and the way back."""
    made = _comment(owned(token))
    decided = last_decision(made.id)
    return render_template(
        "comments/own.html",
        comment_id=made.id,
        name=made.name,
        html=shown(made.text),
        day=day_text(made.created_at, "medium"),
        state=made.state,
        state_title=state_title(made.state),
        state_words=state_words(made.state, decided.reason if decided else ""),
        back=_back(made),
    )


@blueprint.get("/<token>/address")
@open_to("everyone")
@no_store
def prove(token: str) -> str:
    """The page with the button that proves an address."""
    made = _comment(proving(token))
    return _button(
        made,
        title=_("Is this your address?"),
        lead=_(
            "Press the button, and we know that you wrote under it. We write to you when someone replies."
        ),
        button=_("Yes, confirm my address"),
        action=url_for("comments.proved", token=token),
    )


@blueprint.post("/<token>/address")
@open_to("everyone")
@no_store
def proved(token: str) -> Any:
    """The address is proved."""
    made = _comment(proving(token))
    try:
        prove_address(made.id)
    except NotFound:
        abort(404)
    return redirect(url_for("comments.own", token=own_token(made.id)), 303)


@blueprint.get("/<token>/mails")
@open_to("everyone")
@no_store
def stop(token: str) -> str:
    """The page with the button that stops mails."""
    made = _comment(stopping(token))
    return _button(
        made,
        title=_("No more mails about comments?"),
        lead=_("We will not write to you about any comment again. Your comments stay where they are."),
        button=_("Stop these mails"),
        action=url_for("comments.stopped", token=token),
    )


@blueprint.post("/<token>/mails")
@open_to("everyone")
@no_store
def stopped(token: str) -> str:
    """No more mails; mail programs press this button by themselves (RFC 8058)."""
    made = _comment(stopping(token))
    stop_mails(made.id)
    return render_template(
        "comments/said.html",
        title=_("No more mails about comments"),
        lead=_("We will not write to you about comments again."),
        back=_back(made),
    )


def _comment(comment_id: int | None) -> Comment:
    if comment_id is None:
        abort(404)
    try:
        return comment_by_id(comment_id)
    except NotFound:
        abort(404)


def _back(made: Comment) -> tuple[str, str] | None:
    """Title and address of what the comment is about, where anybody may read it."""
    subject = find_subject(made.subject_kind, made.subject_id)
    return (subject.title, page_url(subject, 1)) if subject is not None and subject.is_public else None


def _button(made: Comment, *, title: str, lead: str, button: str, action: str) -> str:
    return render_template(
        "comments/button.html", title=title, lead=lead, button=button, action=action, back=_back(made)
    )
