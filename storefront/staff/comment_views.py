"""Comments for those who moderate: the queue, one with all that stands beside it, decisions, and the report.

Knows addresses and answers; refuses to decide anything: that is in `comments`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import clock
from storefront.accounts.access import current_actor
from storefront.comments.deciding import Outcome, decide_comments
from storefront.comments.models import CommentState, Verdict
from storefront.comments.moderating import (
    PAGE,
    comments_called,
    looked_at,
    verdicts_by_reason,
    waiting_comments,
    withheld,
)
from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.reports.periods import Period
from storefront.staff import comment_words as said
from storefront.staff.blueprint import blueprint
from storefront.staff.comment_forms import DecisionForm
from storefront.staff.comments_file import comments_file
from storefront.staff.frame import Crumb
from storefront.staff.period_form import PeriodForm, asked
from storefront.staff.thread_views import thread_act
from storefront.web import open_to
from storefront.web.notices import notices

# One form decides about so many at most: what was read on one page.
MOST = PAGE


@blueprint.get("/comments")
@open_to("comments.moderate")
def comments() -> str:
    """Those in one state, those that wait unless another is asked for."""
    state = _state(request.args.get("state", ""))
    after = request.args.get("after", "")
    found = waiting_comments(
        state, after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    )
    shown = found[:PAGE]
    return render_template(
        "staff/comments.html",
        rows=[said.row(each) for each in shown],
        state=state,
        views=[
            {"label": title, "url": url_for("staff.comments", state=each), "current": each == state}
            for each, title in said.STATES.items()
        ],
        verdicts=[(verdict, said.VERDICTS[verdict]) for verdict in _verdicts(state)],
        next_url=url_for("staff.comments", state=state, after=shown[-1].comment.id)
        if len(found) > PAGE
        else "",
        form=DecisionForm(formdata=None),
        crumbs=[Crumb(_("Comments"), "")],
        notices=notices(),
    )


def _state(text: str) -> CommentState:
    return CommentState(text) if text in set(CommentState) else CommentState.HELD


def _verdicts(state: CommentState) -> list[Verdict]:
    """What may be decided about comments in a state."""
    if state in {CommentState.REJECTED, CommentState.SPAM}:
        return [Verdict.RESTORE]
    both = [Verdict.REJECT, Verdict.SPAM]
    return both if state == CommentState.PUBLISHED else [Verdict.PUBLISH, *both]


@blueprint.post("/comments/decisions")
@open_to("comments.moderate")
def decide_many() -> Any:
    """The question before many are decided about; with `sure`, the decision."""
    form, verdict, ids = DecisionForm(), _verdict(), _ids(request.form.getlist("comment"))
    if not ids:
        flash(_("Choose at least one comment."), "bad")
        return redirect(url_for("staff.comments"), 303)
    if not form.validate() or "sure" not in request.form:
        return _question(form, verdict, ids), 422 if form.errors else 200
    try:
        outcome = decide_comments(ids, verdict, reason=form.reason.data, by=current_actor())
    except Refused as refusal:
        form.reason.errors = [refusal.message]
        return _question(form, verdict, ids), 422
    _tell(outcome)
    return redirect(url_for("staff.comments"), 303)


def _verdict() -> Verdict:
    text = request.form.get("verdict", "")
    if text not in set(Verdict):
        abort(400)
    return Verdict(text)


def _ids(texts: Sequence[str]) -> list[int]:
    return [int(text) for text in texts[:MOST] if text.isascii() and text.isdigit() and len(text) < 19]


def _question(form: DecisionForm, verdict: Verdict, ids: Sequence[int]) -> str:
    # Whoever came here by a key goes on by keys.
    form.reason.render_kw = {"autofocus": not form.errors}
    return render_template(
        "staff/comments_sure.html",
        form=form,
        verdict=verdict,
        title=said.VERDICTS[verdict],
        asks_reason=verdict == Verdict.REJECT,
        rows=[said.row(each) for each in comments_called(ids)],
        crumbs=[Crumb(_("Comments"), url_for("staff.comments")), Crumb(str(said.VERDICTS[verdict]), "")],
    )


def _tell(outcome: Outcome) -> None:
    if outcome.changed:
        flash(ngettext("%(num)s comment decided.", "%(num)s comments decided.", outcome.changed), "good")
    for sentence in outcome.kept:
        flash(sentence, "bad")


@blueprint.get("/comments/<int:comment_id>")
@open_to("comments.moderate")
def comment(comment_id: int) -> str:
    """One comment, its copies beside it, and what else its writer said."""
    return _page(comment_id, DecisionForm(formdata=None))


@blueprint.post("/comments/<int:comment_id>/decision")
@open_to("comments.moderate")
def decide_one(comment_id: int) -> Any:
    """Decide about one, and go on to the next that waits."""
    form, verdict = DecisionForm(), _verdict()
    if not form.validate():
        return _page(comment_id, form), 422
    following = _looked(comment_id).next_id
    try:
        _tell(decide_comments([comment_id], verdict, reason=form.reason.data, by=current_actor()))
    except Refused as refusal:
        form.reason.errors = [refusal.message]
        return _page(comment_id, form), 422
    return redirect(
        url_for("staff.comment", comment_id=following) if following else url_for("staff.comments"), 303
    )


def _looked(comment_id: int) -> Any:
    try:
        return looked_at(comment_id)
    except NotFound:
        abort(404)


def _page(comment_id: int, form: DecisionForm) -> str:
    found = _looked(comment_id)
    return render_template(
        "staff/comment.html",
        comment=said.commented(found.comment, found.subject),
        parent=said.commented(found.parent, None) if found.parent else None,
        copies=[said.commented(each, None) for each in found.copies],
        others=[said.commented(each, None) for each in found.others],
        counts=[(title, found.counts.get(state, 0)) for state, title in said.STATES.items()],
        decisions=[said.decided(each, name) for each, name in found.decisions],
        verdicts=[(verdict, said.VERDICTS[verdict]) for verdict in _verdicts(found.comment.state)],
        next_url=url_for("staff.comment", comment_id=found.next_id) if found.next_id else "",
        form=form,
        thread=thread_act(found.comment.subject_kind, found.comment.subject_id),
        action=url_for("staff.decide_one", comment_id=comment_id),
        crumbs=[
            Crumb(_("Comments"), url_for("staff.comments")),
            Crumb(found.comment.name or _("Erased"), ""),
        ],
        notices=notices(),
    )


@blueprint.get("/comments/report")
@open_to("comments.moderate")
def comments_report() -> str:
    """What was not published in a period, by whom and why."""
    form = PeriodForm(request.args)
    first, end = _instants(form)
    return render_template(
        "staff/comments_report.html",
        form=form,
        rows=[said.reported(each) for each in withheld(first, end)],
        counts=[
            (said.VERDICTS[verdict], said.reason_words(reason), number)
            for verdict, reason, number in verdicts_by_reason(first, end)
        ],
        action=url_for("staff.comments_report"),
        file_url=url_for(
            "staff.comments_csv",
            span=request.args.get("span"),
            first=request.args.get("first"),
            last=request.args.get("last"),
        ),
        crumbs=[Crumb(_("Comments"), url_for("staff.comments")), Crumb(_("What was not published"), "")],
    )


def _instants(form: PeriodForm) -> tuple[datetime, datetime]:
    zone = settings().timezone
    period: Period = asked(form, clock.today(zone)).period
    return period.bounds(zone)


@blueprint.get("/comments/report.csv")
@open_to("comments.moderate")
def comments_csv() -> Response:
    """The same as a file."""
    first, end = _instants(PeriodForm(request.args))
    response = Response(
        comments_file([said.reported(each) for each in withheld(first, end)]), mimetype="text/csv"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="comments-not-published.csv"'
    return response
