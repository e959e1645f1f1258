"""Marked phrases for staff: the queue, one phrase with what can be decided, the record, and marks while writing.

Knows addresses and answers; refuses to decide: that is in `claims`.
"""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.accounts.queries import names_of
from storefront.claims import actions
from storefront.claims.queries import (
    PAGE,
    Standing,
    decisions,
    decisions_about,
    mark_by_id,
    waiting_marks,
)
from storefront.claims.writers import has_written
from storefront.staff import claim_words as said
from storefront.staff.blueprint import blueprint
from storefront.staff.claim_forms import ReasonForm, SourceForm
from storefront.staff.frame import Crumb
from storefront.staff.goods_words import ID, Pager, may, require_token
from storefront.staff.saving import refusing
from storefront.web import open_to
from storefront.web.notices import notices

MARK = ID % "mark_id"


@blueprint.get("/claims")
@open_to("claims.view")
def claims() -> str:
    """What nobody has answered for, the oldest first. Up to five statements."""
    after = _number("after")
    found = waiting_marks(after or 0)
    shown = found[:PAGE]
    following = url_for("staff.claims", after=shown[-1].mark.id) if len(found) > PAGE else None
    return render_template(
        "staff/claims.html",
        rows=[said.stood(each) for each in shown],
        pager=Pager(_("Pages of marked phrases"), "", following, url_for("staff.claims") if after else None),
        crumbs=[Crumb(_("Claims"), "")],
        notices=notices(),
    )


def _number(name: str) -> int | None:
    number = request.args.get(name, type=int)
    return number if number and 0 < number < 2**63 else None


@blueprint.get(f"/claims/{MARK}")
@open_to("claims.view")
def claim(mark_id: int) -> str:
    """One phrase in its sentence, what was decided about it, and what can be."""
    return _page(mark_id, SourceForm(formdata=None), ReasonForm(formdata=None))


@blueprint.post(f"/claims/{MARK}/source")
@open_to("claims.decide")
def give_source(mark_id: int) -> Any:
    """Say what bears the phrase out."""
    form = SourceForm()
    by = current_actor()
    return _decided(
        mark_id,
        form,
        lambda: actions.substantiate(mark_id, form.url.data or "", form.title.data or "", by=by),
        _("The source is kept, and listed under the text."),
    )


@blueprint.post(f"/claims/{MARK}/acceptance")
@open_to("claims.decide")
def accept_claim(mark_id: int) -> Any:
    """Answer for the phrase, as a second person."""
    form, by = ReasonForm(), current_actor()
    return _decided(
        mark_id,
        form,
        lambda: actions.accept(mark_id, form.reason.data or "", by=by),
        _("You have answered for this phrase in this sentence."),
    )


@blueprint.post(f"/claims/{MARK}/recall")
@open_to("claims.decide")
def recall_claim(mark_id: int) -> Any:
    """Take back what was decided."""
    form, by = ReasonForm(), current_actor()
    return _decided(
        mark_id,
        form,
        lambda: actions.recall(mark_id, form.reason.data or "", by=by),
        _("The phrase is open again. A text that is public stays so: it waits in this list."),
    )


def _decided(mark_id: int, form: Any, act: Any, told: str) -> Any:
    messages: list[str] = []
    if form.validate():
        with refusing(form, messages):
            act()
            flash(told, "good")
            return redirect(url_for("staff.claim", mark_id=mark_id), 303)
    source = form if isinstance(form, SourceForm) else SourceForm(formdata=None)
    reason = form if isinstance(form, ReasonForm) else ReasonForm(formdata=None)
    return _page(mark_id, source, reason, messages), 422


def _page(mark_id: int, source: SourceForm, reason: ReasonForm, messages: Any = ()) -> str:
    found: Standing = mark_by_id(mark_id)
    mark = found.mark
    about = decisions_about(mark.subject_kind, mark.subject_id, mark.digest)
    return render_template(
        "staff/claim.html",
        mark=said.stood(found),
        mark_id=mark_id,
        is_open=found.is_open,
        may_decide=may("claims.decide"),
        wrote_it=has_written(mark, current_actor()),
        decisions=said.decided(about, names_of({each.decision.actor_id for each in about})),
        source=source,
        reason=reason,
        messages=messages,
        crumbs=[Crumb(_("Claims"), url_for("staff.claims")), Crumb(f"“{mark.words}”", "")],
        notices=notices(),
    )


@blueprint.get("/claims/record")
@open_to("claims.view")
def claims_record() -> str:
    """Every decision, the newest first. Two statements."""
    before = _number("before")
    found = decisions(before)
    shown = found[:PAGE]
    following = url_for("staff.claims_record", before=shown[-1].decision.id) if len(found) > PAGE else None
    first = url_for("staff.claims_record") if before else None
    return render_template(
        "staff/claims_record.html",
        rows=said.decided(shown, names_of({each.decision.actor_id for each in shown})),
        pager=Pager(_("Pages of the record"), "", following, first),
        crumbs=[Crumb(_("Claims"), url_for("staff.claims")), Crumb(_("Record"), "")],
    )


@blueprint.post("/claims/marks")
@open_to("claims.view")
def claims_marks() -> str:
    """The marks of a text as it is typed, as a part of a page: its fields by name, `?kind=` and, if kept, `?id=`."""
    require_token()
    kind = request.args.get("kind", "")
    if kind not in said.WRITTEN:
        abort(404)
    return render_template("staff/marks.html", marks=said.marks_typed(kind, _number("id"), request.form))
