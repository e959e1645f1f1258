"""Withdrawals for staff: those that wait, one with its dates, and what a person decides.

Knows addresses and answers; refuses to decide anything: that is in `refunds`.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.accounts.access import current_actor, current_customer
from storefront.errors import NotFound, Refused
from storefront.orders.queries import order_record
from storefront.policies.queries import policy_by_id
from storefront.refunds.returnable import returnable_of
from storefront.refunds.timeliness import assessed
from storefront.refunds.withdrawal_records import (
    PAGE,
    Tray,
    WithdrawalRecord,
    withdrawal_record,
    withdrawals_in,
)
from storefront.refunds.withdrawing import accept_withdrawal, match_withdrawal, refuse_withdrawal
from storefront.staff import withdrawal_words as said
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.order_facts import people
from storefront.staff.order_views import ID
from storefront.staff.return_forms import JudgeForm, order_number, pieces_wanted
from storefront.web import open_to
from storefront.web.notices import notices

_ONE = f"/withdrawals/{ID}withdrawal_id>"
Wrong = tuple[tuple[str, str], ...]


@blueprint.get("/withdrawals")
@open_to("orders.view")
def withdrawals() -> str:
    """Statements of one tray, those that nobody has decided about unless another is asked for."""
    asked, past = request.args.get("tray", ""), request.args.get("past", "")
    tray = Tray(asked) if asked in set(Tray) else Tray.OPEN
    found = withdrawals_in(
        tray, past=int(past) if past.isascii() and past.isdigit() and len(past) < 19 else 0
    )
    rows = found[:PAGE]
    return render_template(
        "staff/withdrawals.html",
        rows=[said.row(each) for each in rows],
        views=[
            {
                "label": said.tray_words(each),
                "url": url_for("staff.withdrawals", tray=each),
                "current": each == tray,
            }
            for each in Tray
        ],
        next_url=url_for("staff.withdrawals", tray=tray, past=rows[-1].statement.id)
        if len(found) > PAGE
        else "",
        crumbs=[Crumb(_("Withdrawals"), "")],
        notices=notices(),
    )


@blueprint.get(_ONE)
@open_to("orders.view")
def withdrawal(withdrawal_id: int) -> str:
    """One statement: whether it is in time, with the dates, until when its money is due, and what can be decided."""
    return _page(withdrawal_record(withdrawal_id))


@blueprint.post(f"{_ONE}/order")
@open_to("orders.edit")
def match_one_withdrawal(withdrawal_id: int) -> Any:
    """Say which order it is about."""
    return _done(
        withdrawal_id,
        lambda _why: match_withdrawal(withdrawal_id, number=order_number(request.form), by=current_actor()),
        _("Kept. Below stands whether it is in time."),
    )


@blueprint.post(f"{_ONE}/acceptance")
@open_to("refunds.make", fresh=True)
def accept_one_withdrawal(withdrawal_id: int) -> Any:
    """Accept it: its goods and money become a return."""

    def accept(why: str) -> None:
        pieces, to_credit = pieces_wanted(request.form), "to-credit" in request.form
        accept_withdrawal(withdrawal_id, pieces, to_credit=to_credit, why=why, by=current_actor())

    return _done(withdrawal_id, accept, _("Accepted. The customer is written to."))


@blueprint.post(f"{_ONE}/refusal")
@open_to("refunds.make", fresh=True)
def refuse_one_withdrawal(withdrawal_id: int) -> Any:
    """Say that it has no effect, with the explanation that its sender reads."""
    return _done(
        withdrawal_id,
        lambda why: refuse_withdrawal(withdrawal_id, why=why, by=current_actor()),
        _("Refused. Its sender reads why."),
    )


def _done(withdrawal_id: int, do: Callable[[str], None], sentence: str) -> Any:
    form = JudgeForm()
    if not form.validate():
        stale = _("This page was open for too long. Please send it once more.")
        errors = (
            (("", stale),)
            if form.csrf_token.errors
            else tuple((str(n), e[0]) for n, e in form.errors.items())
        )
        return _page(withdrawal_record(withdrawal_id), wrong=errors), 400
    try:
        do(form.why.data or "")
    except NotFound:
        raise
    except Refused as refusal:
        wrong = ((refusal.field or "", refusal.message),)
        return _page(withdrawal_record(withdrawal_id), wrong=wrong), 409
    flash(sentence, "good")
    return redirect(url_for("staff.withdrawal", withdrawal_id=withdrawal_id), 303)


def _page(record: WithdrawalRecord, *, wrong: Wrong = ()) -> str:
    statement, person = record.statement, current_customer()
    lines: tuple[said.LineShown, ...] = ()
    problem = ""
    if statement.order_id is not None:
        order = order_record(statement.order_id)
        policy = policy_by_id(order.order.policy_version_id)
        judged = assessed(order, policy=policy, at=statement.received_at)
        of = returnable_of(order, at=clock.now())
        lines, problem = said.lines(of, judged), of.problem or ""
    actor = statement.actor_id or ""
    return render_template(
        "staff/withdrawal.html",
        shown=said.shown(record, people=people({actor} if actor else set())),
        lines=lines,
        problem=problem,
        typed=request.form,
        may_match=person.may("orders.edit"),
        may_judge=person.may("refunds.make"),
        wrong=wrong,
        crumbs=[
            Crumb(_("Withdrawals"), url_for("staff.withdrawals")),
            Crumb(statement.reference, ""),
        ],
        notices=notices(),
    )
