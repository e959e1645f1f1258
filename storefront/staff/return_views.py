"""Returns for staff: the queue with what is to be done next, one request, and every way to decide about it.

Knows addresses and answers; refuses to decide anything: that is in `refunds`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor, current_customer
from storefront.errors import NotFound, Refused
from storefront.refunds.destinations import will_go
from storefront.refunds.granting import reckoned_of
from storefront.refunds.judging import (
    approve_return,
    approve_without_goods,
    decline_return,
    end_return,
    goods_come_first,
    preview_return_refund,
    receive_goods,
    refund_return,
    to_come,
)
from storefront.refunds.reckoning import Reckoned
from storefront.refunds.return_records import (
    PAGE,
    Pile,
    ReturnRecord,
    pile_sizes,
    return_record,
    sought_returns,
)
from storefront.refunds.withdrawal_records import withdrawal_of_return
from storefront.staff import return_words as said
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import MOST_COUNTED, Crumb
from storefront.staff.order_facts import people
from storefront.staff.order_views import ID
from storefront.staff.refund_page import Question, Subject, plain
from storefront.staff.return_forms import (
    JudgeForm,
    PayBackForm,
    ReturnFilters,
    amount_of,
    by_stripe_of,
    came,
    chips,
    shown_of,
    sought,
)
from storefront.staff.withdrawal_words import row as withdrawal_row
from storefront.web import open_to
from storefront.web.notices import notices
from storefront.web.text import money_text

_ONE = f"/returns/{ID}return_id>"
Wrong = tuple[tuple[str, str], ...]


@blueprint.get("/returns")
@open_to("orders.view")
def returns() -> str:
    """The requests of one pile, those that wait for staff unless another is asked for."""
    pile, form = _pile(request.args.get("pile", "")), ReturnFilters(request.args)
    past = request.args.get("past", "")
    found = sought_returns(
        sought(form, pile), past=int(past) if past.isascii() and past.isdigit() and len(past) < 19 else 0
    )
    rows, sizes = found[:PAGE], pile_sizes(most=MOST_COUNTED + 1)
    kept = {"q": form.q.data or None, "reason": form.reason.data or None}
    return render_template(
        "staff/returns.html",
        rows=[said.row(each) for each in rows],
        pile=pile,
        views=[
            {
                "label": said.pile_words(each),
                "count": sizes.get(each, 0),
                "url": url_for("staff.returns", pile=each, **kept),
                "current": each == pile,
            }
            for each in Pile
        ],
        form=form,
        chips=chips(form, pile),
        clear_url=url_for("staff.returns", pile=pile),
        next_url=url_for("staff.returns", pile=pile, past=rows[-1].request.id, **kept)
        if len(found) > PAGE
        else "",
        crumbs=[Crumb(_("Returns"), "")],
        notices=notices(),
    )


def _pile(text: str) -> Pile:
    return Pile(text) if text in set(Pile) else Pile.TO_DO


@blueprint.get(_ONE)
@open_to("orders.view")
def one_return(return_id: int) -> str:
    """One request: what is to be done next, what was asked for, and everything that was decided."""
    return _page(return_record(return_id))


@blueprint.post(f"{_ONE}/approval")
@open_to("refunds.make", fresh=True)
def approve_one_return(return_id: int) -> Any:
    """Approve it as its policy says: goods first, or its money at once."""
    return _approved(return_id, approve_return, _("Approved. The shopper is written to."))


@blueprint.post(f"{_ONE}/approval-without-goods")
@open_to("refunds.make", fresh=True)
def approve_one_without_goods(return_id: int) -> Any:
    """Approve it, and send its money: nothing has to come back."""
    return _approved(
        return_id, approve_without_goods, _("Approved. The shopper need not send anything back.")
    )


@blueprint.post(f"{_ONE}/refusal")
@open_to("refunds.make", fresh=True)
def decline_one_return(return_id: int) -> Any:
    """Decline it, with the explanation that the shopper reads."""
    return _judged(return_id, decline_return, _("Declined. The shopper reads why."))


@blueprint.post(f"{_ONE}/end")
@open_to("refunds.make", fresh=True)
def end_one_return(return_id: int) -> Any:
    """End it without money, with the explanation that the shopper reads."""
    return _judged(return_id, end_return, _("Ended without money. The shopper reads why."))


def _approved(return_id: int, do: Callable[..., None], done: str) -> Any:
    """Approve it with the amount that stood on the button, if one did, going where the page said."""
    record = return_record(return_id)
    try:
        shown = shown_of(request.form, record.request.currency)
    except Refused as refusal:
        return _page(record, wrong=(("", refusal.message),)), 400
    return _judged(return_id, partial(do, shown=shown), done)


def _judged(return_id: int, do: Callable[..., None], done: str) -> Any:
    form = JudgeForm()
    if not form.validate():
        return _page(return_record(return_id), form=form, wrong=_faults(form)), 400
    try:
        do(return_id, why=form.why.data or "", by=current_actor())
    except Refused as refusal:
        return _page(return_record(return_id), form=form, wrong=_wrong(refusal)), 409
    return _on(return_id, done)


@blueprint.post(f"{_ONE}/goods")
@open_to("returns.receive")
def receive_one_return(return_id: int) -> Any:
    """Record what came back, and put on the shelf what is fit for it."""
    form, record = JudgeForm(), return_record(return_id)
    if not form.validate():
        return _page(record, wrong=_faults(form)), 400
    try:
        lines = [each.line.order_line_id for each in record.lines]
        receive_goods(return_id, came(request.form, line_ids=lines), by=current_actor())
    except Refused as refusal:
        return _page(return_record(return_id), wrong=_wrong(refusal)), 409
    return _on(return_id, _("Recorded. Its money can go back now."))


@blueprint.post(f"{_ONE}/refund/preview")
@open_to("refunds.make", fresh=True)
def check_return_refund(return_id: int) -> Any:
    """What goes back, as a question with the exact amount."""
    form, record = PayBackForm(), return_record(return_id)
    if not form.validate():
        return _page(record, pay=form, wrong=_faults(form)), 400
    try:
        amount = amount_of(form, record.request.currency)
        reckoned, waits = preview_return_refund(return_id, amount=amount)
        whole, _waits = preview_return_refund(return_id)
        if reckoned.amount < whole.amount and not form.why.data:
            raise Refused(_("Say why it is less: the shopper reads it."), field="why")
    except Refused as refusal:
        return _page(return_record(return_id), pay=form, wrong=_wrong(refusal)), 409
    return render_template(
        "staff/return_refund.html",
        confirm=_question(record, reckoned, form, waits=waits),
        why=form.why.data,
        crumbs=_crumbs(record, _("Refund")),
    )


def _question(record: ReturnRecord, reckoned: Reckoned, form: PayBackForm, *, waits: bool) -> Question:
    amount = money_text(reckoned.amount)
    subjects = [
        Subject(f"{part.pieces} × {part.line.title}", money_text(part.amount)) for part in reckoned.parts
    ]
    if reckoned.shipping:
        subjects.append(Subject(_("Shipping"), money_text(reckoned.shipping)))
    subjects += [Subject(_("Goes back"), said) for said in _goes(record, reckoned)]
    return Question(
        action=url_for("staff.refund_one_return", return_id=record.request.id),
        lead=_("%(amount)s waits for another person, who approves or declines it.", amount=amount)
        if waits
        else _("%(amount)s goes back as is said below. This cannot be undone.", amount=amount)
        if reckoned.credit
        else _("%(amount)s goes back the way it was paid. This cannot be undone.", amount=amount),
        subjects=tuple(subjects),
        more=_("Left to refund afterwards: %(left)s.", left=money_text(reckoned.left_after)),
        kept=(
            ("amount", plain(reckoned.amount)),
            ("by-stripe", plain(reckoned.by_stripe)),
            ("why", form.why.data or ""),
        ),
        button=_("Ask to refund %(amount)s", amount=amount)
        if waits
        else _("Refund %(amount)s", amount=amount),
        bad=not waits,
        back_url=url_for("staff.one_return", return_id=record.request.id),
    )


def _goes(record: ReturnRecord, reckoned: Reckoned) -> list[str]:
    going = will_go(record.request.order_id, by_stripe=reckoned.by_stripe, credit=reckoned.credit)
    return [each.said for each in going]


@blueprint.post(f"{_ONE}/refund")
@open_to("refunds.make", fresh=True)
def refund_one_return(return_id: int) -> Any:
    """Send its money, or ask for it; the same once more changes nothing."""
    form, record = PayBackForm(), return_record(return_id)
    if not form.validate():
        return _page(record, pay=form, wrong=_faults(form)), 400
    try:
        currency = record.request.currency
        amount, by_stripe = amount_of(form, currency), by_stripe_of(request.form, currency)
        why = form.why.data or ""
        refund_return(return_id, amount=amount, by_stripe=by_stripe, why=why, by=current_actor())
    except Refused as refusal:
        return _page(return_record(return_id), pay=form, wrong=_wrong(refusal)), 409
    after = return_record(return_id)
    return _on(
        return_id,
        _("%(amount)s waits for another person.", amount=money_text(amount))
        if after.waits_for_second
        else _("%(amount)s is on its way back.", amount=money_text(amount)),
    )


def _wrong(refusal: Refused) -> Wrong:
    # What is not there has no sentence: the page answers 404.
    if isinstance(refusal, NotFound):
        raise refusal
    return ((refusal.field or "", refusal.message),)


def _faults(form: JudgeForm) -> Wrong:
    if form.csrf_token.errors:
        return (("", _("This page was open for too long. Please send it once more.")),)
    return tuple((name or "", errors[0]) for name, errors in form.errors.items())


def _on(return_id: int, done: str) -> Any:
    flash(done, "good")
    return redirect(url_for("staff.one_return", return_id=return_id), 303)


def _crumbs(record: ReturnRecord, *more: str) -> list[Crumb]:
    here = url_for("staff.one_return", return_id=record.request.id) if more else ""
    ways = [Crumb(_("Returns"), url_for("staff.returns")), Crumb(record.request.number, here)]
    return [*ways, *(Crumb(each, "") for each in more)]


def _page(
    record: ReturnRecord,
    *,
    form: JudgeForm | None = None,
    pay: PayBackForm | None = None,
    wrong: Wrong = (),
) -> str:
    person, comes_to, problem = current_customer(), None, ""
    if record.request.waits_for_refund or record.request.state == "open":
        comes_to, problem = _worth(record)
    whole = comes_to.amount if comes_to else None
    if pay is None:
        pay = PayBackForm(formdata=None)
        pay.amount.data = plain(whole) if whole is not None else ""
    ids = {each.actor_id for each in record.decisions if each.actor_id}
    withdrawn = withdrawal_of_return(record.request.id)
    return render_template(
        "staff/return.html",
        withdrawn=withdrawal_row(withdrawn) if withdrawn else None,
        back=said.shown(record, to_come=to_come(record.request), people=people(ids)),
        typed=request.form,
        form=form or JudgeForm(formdata=None),
        pay=pay,
        whole=whole,
        shown=plain(comes_to.amount) if comes_to else "",
        by_stripe=plain(comes_to.by_stripe) if comes_to else "",
        goes=_goes(record, comes_to) if comes_to and comes_to.credit else [],
        problem=problem,
        goods_first=goods_come_first(record.request),
        may_judge=person.may("refunds.make"),
        may_receive=person.may("returns.receive"),
        wrong=wrong,
        crumbs=_crumbs(record),
        notices=notices(),
    )


def _worth(record: ReturnRecord) -> tuple[Reckoned | None, str]:
    """What its pieces come to now, or why nothing can go back."""
    try:
        return reckoned_of(record.request)[1], ""
    except Refused as refusal:
        return None, refusal.message
